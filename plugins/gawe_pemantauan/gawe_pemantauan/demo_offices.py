"""Who works on invented proposals: Bagian Kesra with its chairs, a few offices of desa, and roles for chairs that are there already."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo.identity import Account, Jabatan, Opd, Penugasan, find_opd
from pendopo.kit.places import desa_list, kecamatan_list

KESRA_CHAIRS = (
    (
        "Kepala Bagian Kesejahteraan Rakyat",
        "Hj. Nunung Fatmawati, S.Sos., M.Si.",
        ("pejabat", "pemantauan_kesra", "pemantauan_opd", "pemantauan_penetap"),
        None,
    ),
    ("Verifikator Hibah dan Bansos", "Dadang Sukmana, S.E.", ("pelaksana", "pemantauan_kesra", "pemantauan_opd"), "kesra"),
    ("Bendahara Hibah dan Bansos", "Iis Rosmiati, S.E.", ("pelaksana", "pemantauan_bendahara"), None),
)
FIELD_OPD = ("dpupr", "disdikbud", "dkpp", "dinsos", "bpbd")
MORE_ROLES = {  # by the short name of a demo account
    "admin": ("pemantauan_kesra", "pemantauan_bendahara"),
    "pimpinan": ("pemantauan_tapd", "pemantauan_penetap"),
}


def seat(db: Session, now: datetime) -> None:
    """Make Bagian Kesra and three offices of desa, and give the roles of this application to chairs."""
    example = db.scalar(select(Account).where(Account.handle == "petugas"))
    setda = find_opd(db, "setda")
    if example is None or setda is None:
        return
    if find_opd(db, "kesra") is None:
        kesra = Opd(code="kesra", name="Bagian Kesejahteraan Rakyat", short_name="Bagian Kesra", kind="bagian", parent_id=setda.id)
        db.add(kesra)
        db.flush()
        for number, (chair, name, roles, handle) in enumerate(KESRA_CHAIRS, 1):
            _person(db, example, kesra, chair, name, roles, handle, f"19750101200003{number}000", now)
    kecamatan = kecamatan_list()[0]
    office = db.scalar(select(Opd).where(Opd.place_code == kecamatan.code))
    for number, place in enumerate(desa_list(kecamatan.code)[:3], 1):
        desa = Opd(
            code=f"desa_{place.code}",
            name=f"Pemerintah Desa {place.name}",
            short_name=f"Desa {place.name}",
            kind="desa",
            place_code=place.code,
            parent_id=office.id if office else setda.id,
        )
        db.add(desa)
        db.flush()
        _person(
            db,
            example,
            desa,
            f"Kepala Seksi Kesejahteraan Desa {place.name}",
            f"Petugas Desa {place.name}",
            ("pemantauan_desa",),
            None if number > 1 else "desa",
            f"19800101200503{number}000",
            now,
        )
    _name(db, "inspektorat", Opd.code == "inspektorat", Jabatan.eselon.is_(None))
    _name(db, "bupati", Jabatan.name == "Bupati")
    _add_roles(db)


def _name(db: Session, handle: str, *sits: Any) -> None:
    """Give somebody whom everyone may try a short name: the first that sits there and has none."""
    sitting = select(Penugasan.account_id).join(Jabatan, Jabatan.id == Penugasan.jabatan_id).join(Opd, Opd.id == Jabatan.opd_id).where(*sits)
    one = db.scalars(select(Account).where(Account.id.in_(sitting), Account.handle.is_(None)).order_by(Account.id)).first()
    if one is not None:
        one.handle = handle


def _person(db: Session, example: Account, opd: Opd, chair: str, name: str, roles: tuple[str, ...], handle: str | None, nip: str, now: datetime) -> None:
    email = f"{handle or nip}@kabupaten.example"
    account = Account(
        name=name,
        email=email,
        email_confirmed_at=now,
        password_hash=example.password_hash,
        language="id",
        created_at=example.created_at,
        page_version=0,
        kind="pegawai",
        handle=handle,
        nip=nip,
    )
    jabatan = Jabatan(opd_id=opd.id, name=chair, eselon=None, roles=list(roles), atasan_id=None)
    db.add_all([account, jabatan])
    db.flush()
    db.add(Penugasan(account_id=account.id, jabatan_id=jabatan.id, kind="definitif", starts_on=date(now.year - 1, 1, 2), ends_on=None))


def _add_roles(db: Session) -> None:
    fields = {opd.id for opd in db.scalars(select(Opd).where(Opd.code.in_(FIELD_OPD)))}
    kecamatan = {opd.id for opd in db.scalars(select(Opd).where(Opd.kind == "kecamatan"))}
    by_chair = {}
    query = select(Penugasan.jabatan_id, Account.handle).join(Account, Account.id == Penugasan.account_id).where(Account.handle.in_(MORE_ROLES))
    for jabatan_id, handle in db.execute(query):
        by_chair[jabatan_id] = MORE_ROLES[handle]
    for chair in db.scalars(select(Jabatan)):
        more = list(by_chair.get(chair.id, ()))
        if chair.opd_id in kecamatan:
            more.append("pemantauan_camat" if chair.name.startswith("Camat") else "pemantauan_desa")
        elif chair.opd_id in fields and (chair.eselon == "III.b" or chair.eselon is None):
            more.append("pemantauan_opd")
        if more:
            chair.roles = [*chair.roles, *(role for role in more if role not in chair.roles)]
    db.flush()
