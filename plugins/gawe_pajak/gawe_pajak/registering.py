"""Taxpayers and their businesses: how one gets an NPWPD, by asking for it or at the counter, and how a business ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput
from pendopo.db import next_number
from pendopo.identity import Actor, record
from pendopo.kit import attachments as files
from pendopo.kit.berkas import Berkas, receive_berkas
from pendopo.kit.dates import regency_day

from .importing import key_of
from .models import Buku, Pendaftaran, Usaha, WajibPajak
from .options import option
from .paper import issue_npwpd
from .paying import opd_id
from .taxes import TAX

FILES = "gawe_pajak.pendaftaran"
EXAMINE = "pajak.examine"
FORMS = {"pribadi": N_("Perorangan"), "badan": N_("Badan usaha (PT, CV, koperasi, yayasan)")}
REGISTERED = tuple(tax.slug for tax in TAX.values() if tax.monthly)


@dataclass(frozen=True)
class Business:
    """What is to be registered."""

    jenis: str
    bentuk: str
    wajib_pajak: str
    alamat_wp: str
    usaha: str
    alamat: str
    desa_code: str
    sejak: date
    nib: str = ""
    kelas: str = "umum"


def taxpayer(db: Session, name: str, address: str, *, account_id: int | None = None) -> WajibPajak:
    """The taxpayer of this name and address, entered when there is none."""
    key = key_of(name, address)
    wp = db.scalar(select(WajibPajak).where(WajibPajak.kunci == key))
    if wp is None:
        wp = WajibPajak(kunci=key, npwpd=None, nib="", nama=name[:120], alamat=address[:200], account_id=account_id)
        db.add(wp)
        db.flush()
    return wp


def _check(business: Business, today: date) -> None:
    if business.jenis not in REGISTERED:
        raise InvalidInput(N_("Pilih jenis pajak dari daftar."), field="jenis")
    if business.bentuk not in FORMS:
        raise InvalidInput(N_("Pilih bentuk usaha dari daftar."), field="bentuk")
    if business.nib and not (business.nib.isascii() and business.nib.isdigit() and len(business.nib) == 13):
        raise InvalidInput(N_("NIB terdiri dari 13 angka."), field="nib")
    if business.bentuk == "badan" and not business.nib:
        raise InvalidInput(N_("Badan usaha mengisi NIB."), field="nib")
    if business.sejak > today:
        raise InvalidInput(N_("Hari mulai usaha belum tiba."), field="sejak")


def _kind():
    from .kinds import DAFTAR

    return DAFTAR


def ask(db: Session, actor: Actor, business: Business, papers: Sequence[files.Attachment] = (), *, now: datetime) -> Pendaftaran:
    """A person asks for an NPWPD for a business. Raises Conflict while the same is asked or registered already."""
    actor.require_signed_in()
    _check(business, regency_day(now))
    same = select(Pendaftaran.berkas_id).join(Pendaftaran.berkas).where(Berkas.applicant_id == actor.citizen_id, Berkas.is_open)
    if db.scalar(same.where(Pendaftaran.jenis == business.jenis, Pendaftaran.usaha == business.usaha)) is not None:
        raise Conflict(N_("Pendaftaran usaha ini masih diperiksa."))
    _not_yet(db, actor.citizen_id, business)
    berkas = receive_berkas(
        db, actor, _kind(), title=f"{TAX[business.jenis].title} · {business.usaha}", register_code="WPD", applicant_id=actor.citizen_id, opd_id=opd_id(db),
        desa_code=business.desa_code, channel="loket" if actor.on_behalf_of else "web", now=now,
    )  # fmt: skip
    row = Pendaftaran(berkas_id=berkas.id, usaha_id=None, **business.__dict__)
    row.berkas = berkas
    db.add(row)
    db.flush()
    files.claim(db, list(papers), owner=FILES, ref=berkas.id)
    return row


def _not_yet(db: Session, account_id: int | None, business: Business) -> None:
    there = select(Usaha.id).join(Usaha.wp).where(WajibPajak.account_id == account_id, Usaha.jenis == business.jenis, Usaha.nama == business.usaha, Usaha.aktif)
    if account_id is not None and db.scalar(there) is not None:
        raise Conflict(N_("Usaha ini sudah terdaftar."))


def enlist(db: Session, actor: Actor, berkas: Berkas, *, now: datetime) -> Usaha:
    """What was asked for is granted: inside the move of its matter."""
    asked = db.get_one(Pendaftaran, berkas.id)
    business = Business(**{name: getattr(asked, name) for name in Business.__dataclass_fields__})
    usaha = _enter(db, actor, business, berkas.applicant_id)
    asked.usaha_id = usaha.id
    issue_npwpd(db, actor, usaha, berkas_id=berkas.id, now=now)
    return usaha


def register(db: Session, actor: Actor, business: Business, *, now: datetime) -> Usaha:
    """An officer registers a business found in the field. Its owner asks for it later, with its NIB."""
    actor.require(EXAMINE)
    _check(business, regency_day(now))
    usaha = _enter(db, actor, business, None)
    issue_npwpd(db, actor, usaha, now=now)
    return usaha


def _enter(db: Session, actor: Actor, business: Business, account_id: int | None) -> Usaha:
    wp = _holder(db, business, account_id)
    same = select(Usaha).where(Usaha.wp_id == wp.id, Usaha.jenis == business.jenis, Usaha.nama == business.usaha, Usaha.aktif)
    there = db.scalar(same)
    if there is not None:
        return there
    usaha = Usaha(
        wp_id=wp.id, jenis=business.jenis, kelas=business.kelas, nama=business.usaha, alamat=business.alamat, desa_code=business.desa_code,
        sejak=business.sejak, aktif=True,
    )  # fmt: skip
    db.add(usaha)
    db.flush()
    record(db, actor, "pajak.registered", f"usaha:{usaha.id}", {"npwpd": wp.npwpd, "jenis": usaha.jenis})
    return usaha


def _holder(db: Session, business: Business, account_id: int | None) -> WajibPajak:
    """The taxpayer with an NPWPD: one for all businesses of a name and account, or of a name and NIB.

    One that an officer registered without an account becomes the applicant's, whose proof an officer has examined.
    """
    named = select(WajibPajak).where(WajibPajak.npwpd.is_not(None), WajibPajak.nama == business.wajib_pajak).order_by(WajibPajak.id).limit(1)
    found = db.scalar(named.where(WajibPajak.account_id == account_id)) if account_id is not None else None
    if found is None and business.nib:
        found = db.scalar(named.where(WajibPajak.nib == business.nib, WajibPajak.account_id.is_(None)))
    if found is not None:
        found.account_id = found.account_id or account_id
        return found
    npwpd = next_npwpd(db, business.bentuk, business.desa_code)
    wp = WajibPajak(kunci=npwpd, npwpd=npwpd, nib=business.nib, nama=business.wajib_pajak, alamat=business.alamat_wp, account_id=account_id)
    db.add(wp)
    db.flush()
    return wp


def next_npwpd(db: Session, form: str, desa: str) -> str:
    """The next number by the pattern of the regency; numbers that older lists brought are passed over."""
    pattern = str(option(db, "npwpd_pola"))
    while True:
        serial = next_number(db, Buku, surat="NPWPD", tahun=0)
        npwpd = pattern.format(golongan=1 if form == "pribadi" else 2, urut=serial, kecamatan=int(desa[6:8]), desa=int(desa[-2:]))
        if db.scalar(select(WajibPajak.id).where((WajibPajak.npwpd == npwpd) | (WajibPajak.kunci == npwpd))) is None:
            return npwpd


def close(db: Session, actor: Actor, usaha_id: int, reason: str) -> Usaha:
    """A business that has ended declares no more months; what it owes stays."""
    actor.require(EXAMINE)
    if not reason.strip():
        raise InvalidInput(N_("Tuliskan alasan penutupan."), field="sebab")
    closing = update(Usaha).where(Usaha.id == usaha_id, Usaha.aktif).values(aktif=False).returning(Usaha.id)
    if db.scalar(closing.execution_options(synchronize_session=False)) is None:
        raise Conflict(N_("Usaha ini sudah ditutup."))
    record(db, actor, "pajak.business_closed", f"usaha:{usaha_id}", {"sebab": reason.strip()[:200]})
    usaha: Any = db.get_one(Usaha, usaha_id, populate_existing=True)
    return usaha
