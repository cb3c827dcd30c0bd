"""Who you are: accounts, sessions, roles by position, OPD, the audit trail."""

from .actor import ANONYMOUS, Actor, Post, as_system
from .audit import record, verify_audit
from .loading import load_actor, open_session, regency_day, touch
from .models import Account, Jabatan, Opd, Penugasan, Session
from .numbers import clean_digits, mask_nik, parse_nik, parse_nip, parse_npwp, parse_phone
from .offices import find_opd, holder_of, holders_of, people_with
from .secrecy import decrypt_nik, encrypt_nik, nik_lookup

__all__ = [
    "ANONYMOUS", "Account", "Actor", "Jabatan", "Opd", "Penugasan", "Post", "Session", "as_system", "clean_digits", "decrypt_nik", "encrypt_nik", "find_opd",
    "holder_of", "holders_of", "load_actor", "mask_nik", "nik_lookup", "open_session", "parse_nik", "parse_nip", "parse_npwp", "parse_phone", "people_with",
    "record", "regency_day", "touch", "verify_audit",
]
