"""Accounts, through the same door as every plugin."""

from sqlalchemy import select

from pendopo import MenuEntry, N_, PersonalData, PluginCard, Topic, _, hookimpl

from .models import Account, AuditEntry, Session
from .numbers import mask_nik
from .roles import PERMISSIONS, ROLES
from .secrecy import decrypt_nik


@hookimpl
def plugin_card():
    return PluginCard("akun", N_("Akun"), "gawe", N_("Masuk, akun, perangkat, dan data pribadi."), "user")


@hookimpl
def routes():
    from .routes import routes

    return routes


@hookimpl
def permissions():
    return PERMISSIONS


@hookimpl
def roles():
    return ROLES


@hookimpl
def topics():
    return [Topic("core.on_behalf", N_("Petugas bertindak atas nama Anda"), audience="warga", mandatory=True, urgent=True)]


@hookimpl
def menu_entries(actor):
    return [MenuEntry(_("Melayani warga"), "/akun/wakil", "kerja", "handshake", _("Bertindak atas nama warga di loket"), permission="core.act_for", rank=30, group=_("Pelayanan"))]


@hookimpl
def commands():
    from .commands import audit_commands, user_commands

    return [audit_commands, user_commands]


@hookimpl
def personal_data(db, account_id):
    account = db.get(Account, account_id)
    if account is None:
        return []
    row = {
        "name": account.name, "email": account.email, "phone": account.phone, "nik": mask_nik(decrypt_nik(account.nik_cipher)) if account.nik_cipher else None,
        "nip": account.nip, "language": account.language, "created_at": account.created_at.isoformat(),
    }
    sessions = [{"device": s.user_agent, "last_seen_at": s.last_seen_at.isoformat()} for s in db.scalars(select(Session).where(Session.account_id == account_id))]
    acts = [
        {"at": entry.at.isoformat(), "officer": entry.actor_name, "action": entry.action}
        for entry in db.scalars(select(AuditEntry).where((AuditEntry.on_behalf_of == account_id) | (AuditEntry.subject == f"account:{account_id}")).order_by(AuditEntry.id))
    ]
    found = [PersonalData(_("Akun"), _("Mengenali Anda di portal"), "UU 27/2022 pasal 20", [row], _("Selama akun ada"))]
    if sessions:
        found.append(PersonalData(_("Perangkat yang masuk"), _("Keamanan akun"), "UU 27/2022 pasal 20", sessions, _("30 hari sesudah dipakai terakhir")))
    if acts:
        found.append(PersonalData(_("Tindakan pada akun Anda"), _("Pertanggungjawaban"), "UU 27/2022 pasal 20", acts, _("Selama akun ada")))
    return found


@hookimpl
def person_erased(db, key, account_id):
    db.query(Session).filter(Session.account_id == account_id).update({"user_agent": "", "address": "", "on_behalf_reason": ""})
