"""What is held of a person, and how it is forgotten (UU 27/2022)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pendopo import _
from pendopo.identity import Account, mask_nik
from pendopo.kit.berkas import Berkas
from pendopo.kit.places import place_name

from . import secret
from .kind import KINDS
from .models import Individu, Lembaga, Pengikut, Pengurus, Proposal
from .opening import SORTS
from .rules import JENIS, LEMBAGA

BASIS = "UU 23/2014 Pasal 298; Permendagri 77/2020"


def held_of(db: Session, account_id: int) -> list[tuple[str, str, str, list[dict[str, Any]]]]:
    """`(title, purpose, basis, rows)` of each sort of data that is there."""
    proposals = [
        {
            "nomor": row.berkas.register,
            "program": row.program.title,
            "jenis": _(JENIS[row.program.jenis]),
            "judul": row.berkas.title,
            "tujuan": row.purpose,
            "desa": place_name(row.berkas.desa_code),
            "alamat": row.address,
            "diminta": row.asked,
            "ditetapkan": row.approved,
            "dicairkan": row.paid,
            "keadaan": row.berkas.state,
            "dikirim": row.sent_at.isoformat(),
            "rekening": f"•••• {row.rekening_tail}" if row.rekening_tail else "",
            **_person(row.person),
        }
        for row in db.scalars(select(Proposal).join(Proposal.berkas).where(Berkas.applicant_id == account_id).order_by(Proposal.berkas_id)).unique()
    ]
    bodies = [
        {"nama": row.name, "jenis": _(LEMBAGA[row.jenis]), "desa": place_name(row.desa_code), "pengurus": ", ".join(one.name for one in row.board)}
        for row in db.scalars(select(Lembaga).where(Lembaga.owner_id == account_id))
    ]
    query = select(Pengikut).where(Pengikut.account_id == account_id).order_by(Pengikut.sort)
    followed = [{"jenis": _(SORTS[one.sort]), "sejak": one.since.isoformat()} for one in db.scalars(query)]
    held = [
        (_("Proposal bantuan Anda"), _("Menilai, menyalurkan, dan mempertanggungjawabkan bantuan"), proposals),
        (_("Lembaga yang Anda kelola"), _("Mengenali lembaga penerima hibah"), bodies),
        (_("Kabar program yang Anda ikuti"), _("Memberi tahu bila program dibuka"), followed),
        (_("Jabatan Anda di lembaga"), _("Memastikan satu orang tidak memimpin beberapa penerima"), _seats(db, account_id)),
    ]
    return [(title, purpose, BASIS, rows) for title, purpose, rows in held if rows]


def _person(person: Individu | None) -> dict[str, Any]:
    if person is None:
        return {}
    nik, kk, desil = (secret.reveal(cipher) for cipher in (person.nik_cipher, person.kk_cipher, person.desil_cipher))
    return {"nama": person.name, "nik": mask_nik(nik) if nik else "", "no_kk": mask_nik(kk) if kk else "", "desil_dtsen": desil}


def _seats(db: Session, account_id: int) -> list[dict[str, Any]]:
    account = db.get(Account, account_id)
    if account is None or not account.nik_lookup:
        return []
    query = select(Pengurus.chair, Pengurus.name, Lembaga.name).join(Lembaga, Lembaga.id == Pengurus.lembaga_id).where(Pengurus.nik_mark == account.nik_lookup)
    return [{"jabatan": chair, "nama": name, "lembaga": body} for chair, name, body in db.execute(query)]


def forget(db: Session, account_id: int) -> None:
    """Money that was paid must stay accounted for; what leads to the person goes: name, numbers, account, decile."""
    kinds = tuple(kind.slug for kind in KINDS)
    mine = select(Berkas.id).where(Berkas.applicant_id == account_id, Berkas.kind.in_(kinds))
    gone = {"nik_cipher": None, "kk_cipher": None, "desil_cipher": None, "nik_mark": "", "kk_mark": "", "name": ""}
    db.execute(update(Individu).where(Individu.berkas_id.in_(mine)).values(**gone).execution_options(synchronize_session=False))
    persons = select(Individu.berkas_id).where(Individu.berkas_id.in_(mine))
    db.execute(
        update(Proposal)
        .where(Proposal.berkas_id.in_(persons))
        .values(rekening_cipher=None, rekening_mark="", rekening_name="", rekening_tail="", address="", lat=None, lon=None)
        .execution_options(synchronize_session=False)
    )
    db.execute(delete(Pengikut).where(Pengikut.account_id == account_id))
    account = db.get(Account, account_id)
    if account is not None and account.nik_lookup:
        seats = {"name": "", "nik_cipher": None, "nik_mark": "", "phone": ""}
        db.execute(update(Pengurus).where(Pengurus.nik_mark == account.nik_lookup).values(**seats).execution_options(synchronize_session=False))
    db.execute(update(Lembaga).where(Lembaga.owner_id == account_id).values(owner_id=None).execution_options(synchronize_session=False))
