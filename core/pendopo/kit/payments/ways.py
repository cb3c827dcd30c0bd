"""Ways to pay a bill: chosen by the payer, prepared by a bank, looked up again when its call was lost.

The bank is asked by the outbox, outside of any transaction: a bank that hangs keeps nobody waiting but its own page.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ... import outbox
from ...contract import PaymentOrder, PaymentWay
from ...db import insert_into
from ...i18n import current_zone
from ...identity.loading import regency_day
from ...plugins import current_host
from .. import settings
from . import billing, qris
from .codes import va_number
from .errors import BillClosed, WayUnavailable
from .models import OPEN, BankContact, Bill, PaymentRequest

if TYPE_CHECKING:
    from ...app import Portal

START = "payment_start"
READY, ASKED, FAILED = "siap", "diminta", "gagal"
LEAST_LEFT = timedelta(minutes=1)  # a code that is over sooner is not handed out again


def offered() -> list[PaymentWay]:
    """The ways that some provider prepares now; of two providers for one way, the first."""
    found: dict[str, PaymentWay] = {}
    for way in current_host().call_each("payment_providers"):
        found.setdefault(way.way, way)
    return list(found.values())


def choose_way(db: Session, one: Bill, way: str, *, now: datetime) -> PaymentRequest:
    """Have a way to pay the bill prepared, or return the one that is good already.

    Raises BillClosed when there is nothing to pay any more, WayUnavailable when nobody offers the way.
    """
    if one.status != OPEN or (one.expires_at is not None and one.expires_at <= now):
        raise BillClosed()
    offer = next((offer for offer in offered() if offer.way == way), None)
    if offer is None:
        raise WayUnavailable()
    today = regency_day(now)
    due = billing.total_on(db, one, today)
    known = ready_request(db, one, way, due.total, now=now)
    if known is not None:
        return known
    made = PaymentRequest(
        bill_id=one.id, way=way, provider=offer.provider, amount=due.total, penalty=due.penalty, created_at=now, expires_at=_until(db, one, way, due.total, now)
    )
    db.add(made)
    db.flush()
    outbox.put(db, START, key=str(made.id), payload={"request_id": made.id})
    billing.say_changed(db, one)
    return made


def _until(db: Session, one: Bill, way: str, total: int, now: datetime) -> datetime:
    """How long a code is good: minutes for QRIS, the day for an account, and never past a change of the amount."""
    local = now.astimezone(current_zone.get())
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    ends = [midnight]
    if way == "qris":
        minutes = now + timedelta(minutes=settings.value(db, "tagihan.qris_menit"))
        grows = billing.total_on(db, one, regency_day(midnight)).total != total
        ends = [minutes, midnight] if grows else [minutes]
    return min([*ends, *([one.expires_at] if one.expires_at is not None else [])])


def ready_request(db: Session, one: Bill, way: str, total: int, *, now: datetime) -> PaymentRequest | None:
    """The newest code of this way that can still be used for `total`, prepared or being prepared."""
    of = select(PaymentRequest).where(
        PaymentRequest.bill_id == one.id, PaymentRequest.way == way, PaymentRequest.amount == total, PaymentRequest.status != FAILED,
        PaymentRequest.expires_at > now + LEAST_LEFT,
    )
    return db.scalars(of.order_by(PaymentRequest.id.desc()).limit(1)).first()


def order_for(db: Session, one: Bill, request: PaymentRequest) -> PaymentOrder:
    """What a provider is told."""
    return PaymentOrder(
        provider=request.provider, way=request.way, number=number_of(request), kode_bayar=one.kode_bayar, amount=request.amount, title=one.desc,  # type: ignore[arg-type]
        expires_at=request.expires_at, reference=request.reference, va=va_number(settings.value(db, "tagihan.va_prefix"), one.kode_bayar),
        merchant=settings.value(db, "tagihan.qris"),
    )


def number_of(request: PaymentRequest) -> str:
    return f"TGH{request.id:09d}"


def request_numbered(db: Session, number: str) -> PaymentRequest | None:
    """The request that a bank calls by our number."""
    digits = number.removeprefix("TGH")
    return db.get(PaymentRequest, int(digits)) if digits.isascii() and digits.isdigit() and len(digits) == 9 and number != digits else None


@outbox.sender(START)
def _start(portal: Portal, row: Any) -> None:
    """Ask the provider, and keep what it answers."""
    with portal.db.session(write=False) as db:
        request = db.get(PaymentRequest, row.payload["request_id"])
        if request is None or request.status != ASKED:
            return
        one = db.get_one(Bill, request.bill_id)
        order = order_for(db, one, request)
    if request.expires_at <= datetime.now(UTC):
        return _keep(portal, request, FAILED)
    try:
        code = portal.host.demand("start_payment", order=order)
        if code is not None and order.way == "qris":
            _look_at(code.content, order)
    except Exception as error:
        note_contact(portal, order.provider, type(error).__name__)
        raise
    if code is None:
        return _keep(portal, request, FAILED)
    note_contact(portal, order.provider, "")
    _keep(portal, request, READY, content=code.content, reference=code.reference)


class WrongCode(Exception):
    """The bank gave a code for another amount or another merchant."""


def _look_at(content: str, order: PaymentOrder) -> None:
    said = qris.read_qris(content)
    if not said.is_dynamic or said.amount != order.amount or said.nmid != str(order.merchant.get("nmid")):
        raise WrongCode(order.number)


def _keep(portal: Portal, request: PaymentRequest, status: str, **values: Any) -> None:
    with portal.db.session() as db:
        db.execute(update(PaymentRequest).where(PaymentRequest.id == request.id, PaymentRequest.status == ASKED).values(status=status, **values))
        billing.say_changed(db, db.get_one(Bill, request.bill_id))


def note_contact(portal: Portal, provider: str, fault: str) -> None:
    """How the last call to a bank went, for operators. `fault` is "" when it went well."""
    values = {"at": datetime.now(UTC), "ok": not fault, "detail": fault[:300]}
    with portal.db.session() as db:
        db.execute(insert_into(db, BankContact).values(provider=provider, **values).on_conflict_do_update(index_elements=["provider"], set_=values))
