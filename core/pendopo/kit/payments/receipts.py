"""The receipt of a paid bill: issued by the outbox, so that a payment and its receipt are both there in the end, or neither.

It is signed after that by the outbox too, in the name of the office: neither a bank's call nor a lock waits for a provider.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...i18n import N_, _, format_rupiah, format_time, speaking, words_of
from ...identity import as_system
from ...outbox import OutboxRow, handler
from ..documents import Document, DocumentKind, document_of, issue, mask_name
from .kinds import kind_named
from .models import PAID, Bill, Payment
from .spelling import spelled

RECEIPT = "payment_receipt"
WAY_WORDS = {"qris": N_("QRIS"), "va": N_("Virtual account"), "loket": N_("Loket bendahara")}


def _public(document: Document) -> list[tuple[str, str]]:
    """What anyone may see who holds the paper."""
    said = document.data
    fields = (
        (N_("Untuk"), "untuk"), (N_("Jumlah"), "jumlah"), (N_("NTPD"), "ntpd"), (N_("Dibayar pada"), "waktu"), (N_("Kode bayar"), "kode_bayar"),
    )
    return [*((_(label), said[name]) for label, name in fields), (_("Nama"), mask_name(said["nama"]))]


BUKTI_BAYAR = DocumentKind(
    slug="bukti_bayar", plugin="payments", title=N_("Bukti bayar"), template="papers/bukti_bayar.typ", number="BB/{year}/{seq:07}", signed="later",
    permission="tagihan.read",
    public_fields=_public, package=__package__ or "",
)


@handler(RECEIPT)
def issue_receipt(portal: Any, db: Session, row: Any) -> None:
    """Issue the receipt of a paid bill, once: the row of the outbox is done in this very transaction."""
    one = db.get_one(Bill, row.payload["bill_id"])
    if one.status != PAID or receipt_of(db, one) is not None:
        return
    payment = db.scalars(select(Payment).where(Payment.bill_id == one.id, Payment.outcome == PAID)).one()
    issue(
        db, as_system("bukti bayar"), BUKTI_BAYAR, data=_said(one, payment), opd_id=one.opd_id, holder_id=one.payer_id, ref=one.id,
        title=f"{BUKTI_BAYAR.title}: {one.desc}"[:200], now=one.closed_at or row.created_at, quiet=True,
    )


def _said(one: Bill, payment: Payment) -> dict[str, str]:
    """The receipt is Indonesian, whoever pays."""
    kind = kind_named(one.kind)
    total, penalty = one.paid_amount or 0, one.paid_penalty or 0
    with speaking("id"):
        return {
            "untuk": one.desc, "jenis": words_of(one.plugin, kind.title) if kind else one.kind, "nama": one.payer_name, "kode_bayar": one.kode_bayar,
            "ntpd": one.ntpd or "", "waktu": format_time(one.paid_at), "cara": WAY_WORDS[payment.way], "referensi": payment.ref_bank,
            "jumlah": format_rupiah(total), "terbilang": f"{spelled(total)} rupiah", "pokok": format_rupiah(total - penalty), "denda": format_rupiah(penalty),
        }


def receipt_of(db: Session, one: Bill) -> Document | None:
    """The receipt of a bill; None until it is issued, `is_sealed` once it is signed."""
    return document_of(db, BUKTI_BAYAR, one.id)


def is_coming(db: Session, one: Bill) -> bool:
    """Is a receipt asked for that is not there yet? None is for what was paid before this portal made them."""
    return bool(db.scalar(select(select(OutboxRow.id).where(OutboxRow.kind == RECEIPT, OutboxRow.key == asked_as(one)).exists())))


def asked_as(one: Bill) -> str:
    """The key in the outbox of what follows a payment."""
    return f"bill-paid:{one.id}"


def hear_sealed(db: Session, bill_id: int) -> None:
    """Have open pages of the bill show its receipt."""
    from .billing import say_changed

    say_changed(db, db.get_one(Bill, bill_id))
