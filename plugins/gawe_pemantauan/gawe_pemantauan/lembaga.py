"""Bodies that ask for hibah: who they are, who leads them, and the account in their own name."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, InvalidInput, NotFound, PermissionRefused
from pendopo.identity import Actor, mask_nik
from pendopo.kit.places import find_place

from . import secret
from .models import Lembaga, Pengurus
from .rules import CHAIRS, LEMBAGA


@dataclass
class Member:
    """One of the board. An empty `nik` keeps the one that is there."""

    name: str
    nik: str = ""
    phone: str = ""


@dataclass
class NewLembaga:
    """What is written down of a body, checked. `board`: chair -> member. An empty `rekening` keeps the one that is there."""

    name: str
    jenis: str
    desa_code: str
    address: str = ""
    sk_kemenkumham: str = ""
    izin_operasional: str = ""
    npwp: str = ""
    founded_on: date | None = None
    bank: str = ""
    rekening: str = ""
    rekening_name: str = ""
    board: dict[str, Member] = field(default_factory=dict)


def account_digits(text: str) -> str:
    """An account number without blanks. Raises InvalidInput."""
    digits = "".join(c for c in text if c not in " .-")
    if not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 20):
        raise InvalidInput(N_("Nomor rekening terdiri dari 8 sampai 20 angka."), field="rekening")
    return digits


def in_own_name(rekening_name: str, name: str) -> bool:
    """Does the account bear the body's name? Words count, not their order or capitals."""
    words = {word for word in name.casefold().replace(".", " ").split() if len(word) > 2}
    held = set(rekening_name.casefold().replace(".", " ").split())
    return bool(words) and len(words & held) * 2 > len(words)


def save_lembaga(db: Session, actor: Actor, new: NewLembaga, lembaga_id: int | None = None, *, now: datetime) -> Lembaga:
    """Write down a body, new or changed, for the person (or the one for whom is acted). Raises InvalidInput."""
    actor.require_signed_in()
    if new.jenis not in LEMBAGA:
        raise InvalidInput(N_("Pilih jenis dari daftar."), field="jenis")
    if find_place(new.desa_code) is None:
        raise InvalidInput(N_("Pilih desa dari daftar."), field="desa")
    row = (
        own_lembaga(db, actor, lembaga_id)
        if lembaga_id
        else Lembaga(owner_id=actor.citizen_id, made_at=now, rekening_mark="", rekening_tail="", npwp="", bank="")
    )
    if new.rekening:
        digits = account_digits(new.rekening)
        row.rekening_cipher, row.rekening_mark, row.rekening_tail = secret.hide(digits), secret.mark("rekening", digits), digits[-4:]
    if row.rekening_mark and not in_own_name(new.rekening_name, new.name):
        raise InvalidInput(N_("Rekening harus atas nama lembaga, bukan perorangan."), field="rekening_name")
    for name in ("name", "jenis", "desa_code", "address", "sk_kemenkumham", "izin_operasional", "npwp", "founded_on", "bank", "rekening_name"):
        setattr(row, name, getattr(new, name))
    db.add(row)
    db.flush()
    _seat(db, row, new.board)
    return row


def _seat(db: Session, lembaga: Lembaga, board: dict[str, Member]) -> None:
    held = {one.chair: one for one in lembaga.board}
    for chair in CHAIRS:
        member = board.get(chair)
        if member is None or not member.name.strip():
            if chair == "ketua" and chair not in held:
                raise InvalidInput(N_("Isi nama ketua."), field="ketua_name")
            continue
        row = held.get(chair) or Pengurus(lembaga_id=lembaga.id, chair=chair, nik_mark="", phone="")
        row.name, row.phone = member.name.strip(), member.phone
        if member.nik:
            row.nik_cipher, row.nik_mark = secret.hide(member.nik), secret.nik_mark(member.nik)
        if chair not in held:
            lembaga.board.append(row)
    if lembaga.chair is None or not lembaga.chair.nik_mark:
        raise InvalidInput(N_("Isi NIK ketua."), field="ketua_nik")
    db.flush()


def own_lembaga(db: Session, actor: Actor, lembaga_id: int) -> Lembaga:
    """A body that this person keeps. Raises NotFound or PermissionRefused."""
    row = db.get(Lembaga, lembaga_id)
    if row is None:
        raise NotFound()
    if row.owner_id is None or row.owner_id != actor.citizen_id:
        raise PermissionRefused(N_("Lembaga ini dikelola orang lain."))
    return row


def lembaga_of(db: Session, account_id: int | None) -> list[Lembaga]:
    return list(db.scalars(select(Lembaga).where(Lembaga.owner_id == account_id).order_by(Lembaga.name))) if account_id else []


def masked_nik(member: Pengurus) -> str:
    nik = secret.reveal(member.nik_cipher)
    return mask_nik(nik) if nik else ""
