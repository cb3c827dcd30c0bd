"""What was not used goes back to the treasury: the rest of a report (LPJ) is a bill, and its payment the proof (STS)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from pendopo import N_, _
from pendopo.http import url
from pendopo.identity import Actor, as_system, regency_day
from pendopo.kit.berkas import add_message
from pendopo.kit.payments import Bill, BillClosed, BillKind, bill, bills_for, cancel_bill, refund

from .models import Lpj, Proposal

REST = BillKind(
    "sisa_bantuan",
    "gawe_pemantauan",
    N_("Pengembalian sisa bantuan"),
    account="4.1.04.15",
    home=lambda db, one: url("pemantauan:berkas", id=one.ref),
)
SYSTEM = as_system(N_("Penerimaan kas daerah"))


def open_bill(db: Session, berkas_id: int) -> Bill | None:
    """The bill that still waits to be paid."""
    return next((one for one in bills_for(db, REST, berkas_id) if one.status == "belum_bayar"), None)


def _paid_back(db: Session, berkas_id: int) -> list[Bill]:
    return [one for one in bills_for(db, REST, berkas_id) if one.status == "lunas"]


def withdraw_bill(db: Session, actor: Actor, berkas_id: int, reason: str, *, now: datetime) -> None:
    """Nobody is to pay it any more. Whoever paid it in this moment has paid."""
    one = open_bill(db, berkas_id)
    if one is None:
        return
    try:
        with db.begin_nested():
            cancel_bill(db, actor, one.id, reason=reason, now=now)
    except BillClosed:
        db.refresh(one)


def settle(db: Session, actor: Actor, proposal: Proposal, report: Lpj, *, now: datetime) -> None:
    """Bring the bill in line with a report, also a corrected one: what is still missing is billed, what is too much goes back."""
    withdraw_bill(db, actor, proposal.berkas_id, _("Laporan penggunaan diperbaiki"), now=now)
    paid = _paid_back(db, proposal.berkas_id)
    missing = report.rest - sum(one.paid_amount - one.refunded for one in paid)
    number = len(bills_for(db, REST, proposal.berkas_id)) + 1
    if missing > 0:
        bill(
            db,
            REST,
            ref=proposal.berkas_id,
            amount=missing,
            payer_id=proposal.berkas.applicant_id,
            payer_name=proposal.who,
            desc=_("Sisa bantuan %(register)s") % {"register": proposal.berkas.register},
            key=f"sisa:{proposal.berkas_id}:{number}",
            due=proposal.lpj_due_on,
            opd_id=proposal.berkas.opd_id,
            now=now,
        )
    for one in paid:
        back = min(-missing, one.paid_amount - one.refunded)
        if back > 0:
            refund(db, actor, one.id, back, reason=_("Laporan penggunaan diperbaiki"), key=f"sisa:{one.id}:{one.refunded + back}", now=now)
            missing += back
    note_returned(db, report)


def note_returned(db: Session, report: Lpj) -> None:
    """What came back, by the bills that were paid."""
    paid = _paid_back(db, report.berkas_id)
    report.returned = sum(one.paid_amount - one.refunded for one in paid)
    if paid:
        report.returned_on, report.sts = regency_day(paid[0].paid_at), paid[0].ntpd
    db.flush()


def hear_paid(db: Session, berkas_id: int, paid_at: datetime) -> None:
    """The treasury has the money."""
    report = db.get(Lpj, berkas_id)
    if report is None:
        raise LookupError(f"berkas {berkas_id} paid a rest without a report")
    note_returned(db, report)
    add_message(db, SYSTEM, berkas_id, N_("Sisa bantuan sudah masuk kas daerah."), now=paid_at)
