"""SPTPD: what a business declares each month. A later one corrects it: more is paid on top, less is examined and given back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, PermissionRefused
from pendopo.identity import Actor
from pendopo.kit import attachments as files
from pendopo.kit.berkas import move_berkas, receive_berkas
from pendopo.kit.dates import regency_day

from . import overpaid
from .business import computed, get_business, month_end, previous_month, working_days_after
from .models import SPTPD, Ketetapan, Usaha
from .paying import KINDS, SYSTEM, BillClosed, bill_of, is_settled, opd_id, withdraw
from .taxes import DECLARED, TAX

FILES = "gawe_pajak.sptpd"


def last_of_month(db: Session, usaha_id: int, masa: date) -> SPTPD | None:
    return db.scalar(select(SPTPD).where(SPTPD.usaha_id == usaha_id, SPTPD.masa == masa).order_by(SPTPD.pembetulan.desc()).limit(1))


def declared_by(db: Session, usaha_id: int, limit: int = 24) -> list[SPTPD]:
    return list(db.scalars(select(SPTPD).where(SPTPD.usaha_id == usaha_id).order_by(SPTPD.masa.desc(), SPTPD.pembetulan.desc()).limit(limit)))


def missing_months(db: Session, usaha: Usaha, today: date, most: int = 12) -> list[date]:
    """Months that are over and not declared, oldest first."""
    by_office = select(Ketetapan.masa).where(Ketetapan.kunci.startswith(f"jabatan:{usaha.id}:"), Ketetapan.status != "diganti")
    there = set(db.scalars(select(SPTPD.masa).where(SPTPD.usaha_id == usaha.id).union(by_office)))
    masa, found = previous_month(today), []
    while masa >= usaha.sejak.replace(day=1) and len(found) < most:
        if masa not in there:
            found.append(masa)
        masa = previous_month(masa)
    return found[::-1]


def declare(db: Session, actor: Actor, usaha_id: int, masa: date, base: int, papers: Sequence[files.Attachment] = (), *, now: datetime) -> SPTPD:
    """File the SPTPD of a month: computed, with a bill when there is something to pay. A second one corrects the first.

    What the first had paid counts; when it was more than the new one owes, an officer examines what goes back.
    Raises Conflict while the first is examined or was assessed by the office.
    """
    actor.require_signed_in()
    usaha = get_business(db, actor, usaha_id)
    if usaha.wp.account_id != actor.citizen_id:
        raise PermissionRefused(N_("SPTPD dilaporkan oleh wajib pajaknya."))
    if usaha.jenis not in DECLARED:
        raise Conflict(N_("Pajak ini ditetapkan Bapenda, tidak dilaporkan sendiri."))
    masa, today = masa.replace(day=1), regency_day(now)
    if not usaha.sejak.replace(day=1) <= masa < today.replace(day=1):
        raise InvalidInput(N_("Masa pajak ini belum selesai atau sebelum usaha terdaftar."), field="masa")
    if db.scalar(select(Ketetapan.id).where(Ketetapan.kunci == f"jabatan:{usaha.id}:{masa}")) is not None:
        raise Conflict(N_("Masa ini sudah ditetapkan Bapenda secara jabatan. Hubungi Bapenda bila tidak sesuai."), field="masa")
    before = last_of_month(db, usaha.id, masa)
    paid, paid_opsen = _close_earlier(db, before, now) if before is not None else (0, 0)
    berkas = receive_berkas(
        db, actor, _sptpd_kind(), title=f"{TAX[usaha.jenis].title} {masa:%m/%Y} · {usaha.nama}", register_code="SPT", applicant_id=actor.citizen_id,
        opd_id=opd_id(db), desa_code=usaha.desa_code, channel="loket" if actor.on_behalf_of else "web", now=now,
    )  # fmt: skip
    found = computed(db, usaha.jenis, usaha.kelas, base, month_end(masa))
    row = SPTPD(
        berkas_id=berkas.id, usaha_id=usaha.id, masa=masa, pembetulan=before.pembetulan + 1 if before else 0, dasar=base, pajak=found.tax, kredit=paid,
        opsen=found.opsen, opsen_kredit=paid_opsen, hitungan=found.as_data(), batas_bayar=working_days_after(db, masa, "bayar_hk"),
        batas_lapor=working_days_after(db, masa, "lapor_hk"), dilaporkan_at=now,
    )  # fmt: skip
    row.berkas, row.usaha = berkas, usaha
    db.add(row)
    db.flush()
    files.claim(db, list(papers), owner=FILES, ref=berkas.id)
    _bill_or_close(db, row, now)
    db.flush()
    return row


def _bill_or_close(db: Session, row: SPTPD, now: datetime) -> None:
    """Bills for what is still to be paid; without any the matter closes, or goes to an officer when money is to go back."""
    if row.pajak > row.kredit:
        row.bill_id = bill_of(db, row, now=now).id
    if row.opsen > row.opsen_kredit:
        bill_of(db, row, kind=KINDS["opsen_mblb"], now=now)
    if row.pajak < row.kredit:
        move_berkas(db, SYSTEM, row.berkas_id, "periksa_lebih", now=now)
    elif is_settled(row):
        move_berkas(db, SYSTEM, row.berkas_id, "bayar" if row.pajak else "nihil", now=now)


def _sptpd_kind():
    from .kinds import SPTPD_KIND

    return SPTPD_KIND


def _close_earlier(db: Session, before: SPTPD, now: datetime) -> tuple[int, int]:
    """The declaration that is corrected closes; rupiah of tax and of opsen that were paid for the month, interest left out."""
    state = before.berkas.state
    if state not in ("dilaporkan", "lunas", "nihil", "sesuai"):
        raise Conflict(N_("Masa ini sedang atau sudah diperiksa Bapenda; pembetulannya lewat pemeriksaan itu."), field="masa")
    for kind, paid_at in ((before.usaha.jenis, before.paid_at), ("opsen_mblb", before.opsen_paid_at)):
        if paid_at is None:
            _withdraw(db, kind, before, now)
    if state == "dilaporkan":
        move_berkas(db, SYSTEM, before.berkas_id, "dibetulkan", now=now)
    return (before.pajak if before.paid_at else before.kredit, before.opsen if before.opsen_paid_at else before.opsen_kredit)


def _withdraw(db: Session, kind: str, before: SPTPD, now: datetime) -> None:
    try:
        withdraw(db, kind, before.berkas_id, now=now)
    except BillClosed as error:
        raise Conflict(N_("Masa ini baru saja dibayar. Muat ulang halaman."), field="masa") from error


def give_back(db: Session, actor: Actor, row: SPTPD, way: str, *, now: datetime) -> None:
    """A declaration that owes less than was paid for its month: the rest goes back from the bill that was paid, or is compensated."""
    too_much = row.kredit - row.pajak
    if too_much <= 0:
        raise InvalidInput(N_("Tidak ada kelebihan bayar pada masa ini."))
    paid = select(SPTPD).where(SPTPD.usaha_id == row.usaha_id, SPTPD.masa == row.masa, SPTPD.paid_at.is_not(None), SPTPD.dibayar >= too_much)
    source = db.scalar(paid.order_by(SPTPD.pembetulan.desc()).limit(1))
    overpaid.settle(
        db, actor, way=way, amount=too_much, wp_id=row.usaha.wp_id, origin=("sptpd", row.berkas_id), bill_id=source.bill_id if source else None,
        reason=row.berkas.title, now=now,
    )  # fmt: skip
    if source is not None and way == overpaid.BACK:
        source.dibayar -= too_much
    db.flush()
