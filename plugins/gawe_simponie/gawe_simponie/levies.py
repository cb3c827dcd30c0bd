"""The levy of a permit: computed, set by an SKRD, billed, and heard of when it is paid."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, _
from pendopo.http import url
from pendopo.i18n import speaking
from pendopo.identity import Actor, as_system
from pendopo.kit.berkas import Berkas, get_berkas, move_berkas
from pendopo.kit.calendar import calendar_for
from pendopo.kit.documents import document_of, issue
from pendopo.kit.documents import revoke as revoke_document
from pendopo.kit.forms import plain_values
from pendopo.kit.payments import Bill, BillKind, bill, bill_for, cancel_bill

from . import fees
from .documents import SKRD, facts_of
from .models import Permohonan
from .options import option
from .steps import fee_of, of_berkas, office

TAKE_AFTER_PAYMENT = as_system(N_("Pembayaran retribusi"))


def penalty(db: Session, one: Bill, on: date) -> int:
    """Per cent a month of the levy, a part of a month as a whole one, at most 24 (PP 35/2023)."""
    if one.due is None or on <= one.due:
        return 0
    months = (on.year - one.due.year) * 12 + on.month - one.due.month + (on.day > one.due.day)
    return fees.whole(one.amount * fees.number(option(db, "denda_persen", on)) / 100 * min(24, months))


def matter_of(db: Session, one: Bill) -> str:
    return url("simponie:berkas", id=one.ref)


LEVY = BillKind(
    slug="retribusi_izin",
    plugin="gawe_simponie",
    title=N_("Retribusi perizinan"),
    account="4.1.02.03",
    payable_by="anyone",
    penalty=penalty,
    penalty_account="4.1.04.13",
    home=matter_of,
)


@speaking("id", plugin="gawe_simponie")
def charge(db: Session, actor: Actor, row: Permohonan, *, now: datetime) -> Bill | None:
    """Set the levy: SKRD and bill for what counts now; an earlier one of another amount goes. None when nothing is to be paid."""
    fee = fee_of(row)
    row.fee, row.fee_amount = fee.as_data, fee.amount
    old = bill_for(db, LEVY, row.berkas_id)
    if old is not None and old.status == "belum_bayar" and old.amount != fee.amount:
        cancel_bill(db, actor, old.id, reason=_("Retribusi dihitung kembali"), now=now)
        old_paper = document_of(db, SKRD, row.berkas_id)
        if old_paper is not None and old_paper.status == "berlaku":
            revoke_document(db, actor, old_paper, reason=_("Retribusi dihitung kembali"), now=now)
    if fee.amount == 0:
        row.bill_id = None
        return None
    due = calendar_for(db).local(now).date() + timedelta(days=int(option(db, "bayar_hari")))
    opd = office(db, row.type.data["opd"])
    made = bill(
        db,
        LEVY,
        ref=row.berkas_id,
        amount=fee.amount,
        payer_id=row.berkas.applicant_id,
        payer_name=row.applicant_name,
        desc=f"{row.type.name} {row.berkas.register}",
        due=due,
        opd_id=opd.id,
        key=f"simponie:{row.berkas_id}:{fee.amount}:{row.skrd_id or 0}"
        if old is not None and old.status != "belum_bayar"
        else f"simponie:{row.berkas_id}:{fee.amount}",
        now=now,
    )
    if row.bill_id != made.id:
        row.bill_id = made.id
        row.skrd_id = issue(
            db,
            actor,
            SKRD,
            data=_skrd_data(row, fee, made, due),
            opd_id=opd.id,
            holder_id=row.berkas.applicant_id,
            berkas_id=row.berkas_id,
            ref=row.berkas_id,
            now=now,
        ).id
    return made


def _skrd_data(row: Permohonan, fee: fees.Fee, made: Bill, due: date) -> dict[str, Any]:
    from pendopo.i18n import format_date

    return {
        "jenis": row.type.name,
        "pemegang": row.applicant_name,
        "alamat": row.applicant_address,
        "register": row.berkas.register,
        "isian": facts_of(row),
        "langkah": [[_(step.label), step.working, step.result] for step in fee.steps],
        "jumlah": fees.rupiah(fee.amount),
        "sumber": fee.source,
        "kode_bayar": made.kode_bayar,
        "jatuh_tempo": format_date(due),
        "rekening": str(LEVY.account),
    }


def measure(db: Session, actor: Actor, berkas_id: int, values: dict[str, Any]) -> Permohonan:
    """Put what was measured in place of what was typed, before the levy is set. Raises Conflict once it was."""
    from .kind import CHECK, TECH

    berkas = get_berkas(db, actor, berkas_id)
    if not (actor.can(TECH, berkas.opd_id) or actor.can(CHECK, berkas.opd_id)):
        actor.require(TECH, berkas.opd_id)
    row = of_berkas(db, berkas.id)
    if row.bill_id is not None or not berkas.is_open:
        raise Conflict(N_("Retribusi sudah ditetapkan; ukurannya tidak dapat diubah lagi."))
    found = plain_values(row.type.fee_schema, values)
    row.measured = {name: value for name, value in {**row.measured, **found}.items() if row.data.get(name) != value}
    fee_of(row)  # what can't be computed is refused here, at its field
    db.flush()
    return row


def differences(row: Permohonan) -> list[tuple[str, str, str]]:
    """`(question, typed, measured)` where an officer found something else."""
    typed = dict(row.type.labels(row.data))
    return [(question, typed.get(question, ""), found) for question, found in row.type.labels(row.measured)]


def hear_paid(db: Session, bill_id: int, berkas_id: int, paid_at: datetime, ntpd: str) -> None:
    """The levy arrived: the decision may be written. Doing it twice changes nothing."""
    row = db.get(Permohonan, berkas_id)
    if row is None or row.bill_id != bill_id or row.paid_at is not None:
        return
    row.paid_at, row.ntpd = paid_at, ntpd
    db.flush()
    if row.berkas.state == "menunggu_bayar":
        move_berkas(db, TAKE_AFTER_PAYMENT, berkas_id, "lunas", note=_("Retribusi lunas dengan NTPD %(ntpd)s.") % {"ntpd": ntpd}, now=paid_at)
    elif row.berkas.state == "dianggap_dikabulkan":
        from .deemed import lay_on_desk

        lay_on_desk(db, TAKE_AFTER_PAYMENT, row, now=paid_at)


def unpaid(db: Session, limit: int = 100) -> list[Permohonan]:
    """Applications that wait for their levy, the oldest first."""
    return list(
        db.scalars(
            select(Permohonan).join(Berkas, Berkas.id == Permohonan.berkas_id).where(Berkas.state == "menunggu_bayar").order_by(Berkas.moved_at).limit(limit)
        )
    )


def estimate(permit: Any, values: dict[str, Any]) -> fees.Fee:
    """The fee simulator: what it would cost. Raises InvalidInput at the field that is missing."""
    if permit.fee_rule is None:
        raise InvalidInput(N_("Layanan ini tidak dipungut biaya."))
    return fees.fee_for(permit.fee_rule, values, permit.say)
