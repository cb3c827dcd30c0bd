"""What the portal already knows of a person, so that no application asks for it twice.

`known` fills forms, `remember` keeps what somebody wrote in one of them, with where it was written. The person sees,
corrects and erases it at /data-saya/. Numbers of identity are kept encrypted, as identity keeps them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ..db import Base
from ..errors import InvalidInput
from ..i18n import N_, current_plugin
from ..identity import Account, Actor, decrypt_nik, encrypt_nik, parse_nik, parse_phone
from . import places

__all__ = ["FACTS", "Fact", "Known", "forget", "known", "known_facts", "remember"]

OWN = "data-saya"  # the source of what somebody wrote at /data-saya/ itself
ACCOUNT = "akun"
MOST = 300


class ProfileValue(Base):
    """One fact of a person. `source`: the plugin in whose form it was written. `cipher` in place of `value` where it is secret."""

    __tablename__ = "core_profile_value"

    account_id: Mapped[int] = mapped_column(ForeignKey("core_account.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text, default="")
    cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    source: Mapped[str] = mapped_column(String(80), default="")
    by_id: Mapped[int | None]
    at: Mapped[datetime]


@dataclass(frozen=True)
class Fact:
    """Something that applications ask of people. `read` makes the kept text of what was written; `show` the value of the text."""

    name: str
    title: str
    read: Callable[[Any], str] = lambda value: " ".join(str(value).split())[:MOST]
    show: Callable[[str], Any] = str
    secret: bool = False
    choices: tuple[tuple[str, str], ...] = ()


def _nik(value: Any) -> str:
    digits = "".join(c for c in str(value) if c.isdigit())
    parse_nik(digits, invented=True)
    return digits


def _sixteen(value: Any) -> str:
    digits = "".join(c for c in str(value) if c.isdigit())
    if len(digits) != 16:
        raise InvalidInput(N_("Nomor KK terdiri dari 16 angka."), field="no_kk")
    return digits


def _day(value: Any) -> str:
    try:
        return (value if isinstance(value, date) else date.fromisoformat(str(value))).isoformat()
    except ValueError as error:
        raise InvalidInput(N_("Tanggal ini tidak dikenal."), field="tanggal_lahir") from error


def _desa(value: Any) -> str:
    place = places.find_place(str(value))
    if place is None or place.kind not in ("desa", "kelurahan"):
        raise InvalidInput(N_("Pilih desa dari daftar."), field="desa_code")
    return place.code


def _digits(most: int) -> Callable[[Any], str]:
    return lambda value: "".join(c for c in str(value) if c.isdigit())[:most]


def _one_of(name: str, choices: tuple[tuple[str, str], ...]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if str(value) not in {key for key, _title in choices}:
            raise InvalidInput(N_("Pilih salah satu dari daftar."), field=name)
        return str(value)

    return read


SEX = (("L", N_("Laki-laki")), ("P", N_("Perempuan")))
RELIGION = (
    ("islam", N_("Islam")), ("kristen", N_("Kristen")), ("katolik", N_("Katolik")), ("hindu", N_("Hindu")), ("buddha", N_("Buddha")),
    ("khonghucu", N_("Khonghucu")), ("kepercayaan", N_("Kepercayaan terhadap Tuhan YME")),
)
MARRIED = (("belum", N_("Belum kawin")), ("kawin", N_("Kawin")), ("cerai_hidup", N_("Cerai hidup")), ("cerai_mati", N_("Cerai mati")))

FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact("nama", N_("Nama sesuai KTP")),
        Fact("nik", N_("NIK"), _nik, secret=True),
        Fact("no_kk", N_("Nomor KK"), _sixteen, secret=True),
        Fact("tempat_lahir", N_("Tempat lahir")),
        Fact("tanggal_lahir", N_("Tanggal lahir"), _day, date.fromisoformat),
        Fact("jk", N_("Jenis kelamin"), _one_of("jk", SEX), choices=SEX),
        Fact("agama", N_("Agama"), _one_of("agama", RELIGION), choices=RELIGION),
        Fact("status_kawin", N_("Status perkawinan"), _one_of("status_kawin", MARRIED), choices=MARRIED),
        Fact("pekerjaan", N_("Pekerjaan")),
        Fact("alamat", N_("Alamat (jalan, kampung, RT/RW)")),
        Fact("desa_code", N_("Desa"), _desa),
        Fact("kode_pos", N_("Kode pos"), _digits(5)),
        Fact("hp", N_("Nomor telepon"), lambda value: parse_phone(str(value))),
        Fact("email", N_("Surel"), lambda value: str(value).strip().lower()[:254]),
        Fact("npwp", N_("NPWP"), _digits(16)),
    )
}


@dataclass(frozen=True)
class Known:
    """One known fact and where it came from: a plugin's name, `akun` or `data-saya`. `proved`: it belongs to the account itself."""

    fact: Fact
    value: Any
    source: str
    at: datetime | None = None
    by_id: int | None = None

    @property
    def proved(self) -> bool:
        return self.source == ACCOUNT


def _of_account(account: Account) -> dict[str, str]:
    found = {"nama": account.name, "email": account.email, "hp": account.phone, "desa_code": account.desa_code}
    if account.nik_cipher:
        found["nik"] = decrypt_nik(account.nik_cipher)
    return {name: text for name, text in found.items() if text}


def known_facts(db: Session, account_id: int | None) -> dict[str, Known]:
    """Everything known of a person, with its source. What a form said comes before the account's, except nik and e-mail."""
    account = db.get(Account, account_id) if account_id else None
    if account is None or account.erased_at is not None:
        return {}
    own = _of_account(account)
    found = {name: Known(FACTS[name], FACTS[name].show(text), ACCOUNT) for name, text in own.items()}
    for row in db.scalars(select(ProfileValue).where(ProfileValue.account_id == account.id)):
        fact = FACTS.get(row.name)
        if fact is None or (row.name in ("nik", "email") and row.name in own):
            continue
        text = decrypt_nik(row.cipher) if row.cipher else row.value
        found[row.name] = Known(fact, fact.show(text), row.source, row.at, row.by_id)
    return {name: found[name] for name in FACTS if name in found}


def known(db: Session, account_id: int | None) -> dict[str, Any]:
    """`{"nik": ..., "nama": ..., "tanggal_lahir": date, ...}`: only what is known. For `Form(request, prefill=known(db, id))`.

    `account_id`: whose matter it is (`request.user.citizen_id`); None gives {}.
    """
    return {name: item.value for name, item in known_facts(db, account_id).items()}


def remember(db: Session, actor: Actor, facts: Mapping[str, Any], *, source: str = "", now: datetime | None = None) -> None:
    """Keep what was written of the citizen for whom `actor` acts. Names that are no facts, and empty values, are left out.

    So `remember(db, actor, form.data)` after sending is right. Raises InvalidInput for a value that is none. For a
    visitor without an account it does nothing.
    """
    if actor.citizen_id is None:
        return
    for name, value in facts.items():
        if name in FACTS and value not in (None, ""):
            _keep(db, actor, FACTS[name], value, source or current_plugin.get() or "", now or datetime.now(UTC))
    db.flush()


def _keep(db: Session, actor: Actor, fact: Fact, value: Any, source: str, now: datetime) -> None:
    text = fact.read(value)
    row = db.get(ProfileValue, (actor.citizen_id, fact.name))
    if row is not None and (decrypt_nik(row.cipher) if row.cipher else row.value) == text:
        return
    if row is None:
        account = db.get(Account, actor.citizen_id)
        if account is None or _of_account(account).get(fact.name) == text:
            return
        row = ProfileValue(account_id=actor.citizen_id, name=fact.name)
        db.add(row)
    row.value, row.cipher = ("", encrypt_nik(text)) if fact.secret else (text, None)
    row.source, row.by_id, row.at = source[:80], actor.account_id, now


def forget(db: Session, account_id: int, names: list[str] | None = None) -> None:
    """Erase what is known beside the account: everything, or only `names`."""
    wanted = delete(ProfileValue).where(ProfileValue.account_id == account_id)
    db.execute(wanted if names is None else wanted.where(ProfileValue.name.in_(names)))
