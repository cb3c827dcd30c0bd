"""What the pages of bills show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request

from ...i18n import _, current_zone, words_of
from ...identity import Actor
from ...identity.loading import regency_day
from ..qr import qr_svg
from . import billing, ways
from .billing import Due
from .codes import read_kode_bayar, show_kode
from .kinds import kind_named
from .models import OPEN, PAID, Bill
from .receipts import is_coming, receipt_of
from .snap_keys import snap_of

CLOSED_SHOWN = 30


@dataclass(frozen=True)
class Item:
    """A bill as it is listed."""

    bill: Bill
    due: Due
    kind: str
    status: str
    tone: str
    late: bool


def kind_title(one: Bill) -> str:
    kind = kind_named(one.kind)
    return words_of(one.plugin, kind.title) if kind is not None else _("Tagihan")


def item(db: Session, one: Bill, today: date) -> Item:
    words, tone = billing.STATUS_WORDS[one.status]
    late = one.status == OPEN and one.due is not None and one.due < today
    return Item(one, billing.total_on(db, one, today), kind_title(one), _(words) if not late else _("Lewat jatuh tempo"), "error" if late else tone, late)


def mine(request: Request) -> dict[str, Any]:
    """The bills of who asks: late ones, those to come, and what is over."""
    db, today, account_id = request.state.db, regency_day(request.state.now), request.user.citizen_id
    unpaid = [item(db, one, today) for one in billing.bills_of(db, account_id, status=OPEN)]
    return {
        "late": [one for one in unpaid if one.late], "coming": [one for one in unpaid if not one.late],
        "closed": [item(db, one, today) for one in billing.closed_bills_of(db, account_id, limit=CLOSED_SHOWN)],
        "total": sum(one.due.total for one in unpaid), "topic": f"tagihan-saya:{account_id}",
    }


def one_bill(request: Request, one: Bill, way: str) -> dict[str, Any]:
    """A bill, the way that was chosen, and how far that is."""
    db, now, actor = request.state.db, request.state.now, request.user
    today = regency_day(now)
    found = item(db, one, today)
    offered = [offer.way for offer in ways.offered()] if one.status == OPEN else []
    way = way if way in (*offered, "loket") else ""
    asked = ways.ready_request(db, one, way, found.due.total, now=now) if way in offered else None
    return {
        "item": found, "bill": one, "due": found.due, "kode": show_kode(one.kode_bayar), "payer": payer_for(actor, one), "offered": offered, "way": way,
        "asked": asked, "receipt": receipt_of(db, one) if one.status == PAID else None, "receipt_comes": is_coming(db, one),
        "knows_payer": billing.knows_payer(actor, one),
        "home": _home(db, actor, one), "simulator": _simulator(request) if offered else "", "qr": _qr(asked, found.due),
    }


def unpaid(db: Session, actor: Actor, *, limit: int) -> list[Item]:
    """What a person has to pay next."""
    today = regency_day(datetime.now(UTC))
    return [item(db, one, today) for one in billing.bills_of(db, actor.citizen_id, status=OPEN, limit=limit)]


def found(db: Session, query: str, actor: Actor, limit: int) -> list[tuple[Bill, str, float]]:
    """Bills for a search, each with words and how well it fits."""
    code = read_kode_bayar(query)
    if code is not None:
        one = db.scalar(select(Bill).where(Bill.kode_bayar == code))
        rows, score = ([one] if one is not None and billing.may_see(actor, one) else []), 1.0
    elif actor.is_signed_in:
        of = select(Bill).where(Bill.payer_id == actor.citizen_id, Bill.desc.icontains(query, autoescape=True)).order_by(Bill.id.desc())
        rows, score = list(db.scalars(of.limit(limit))), 0.5
    else:
        return []
    return [(one, f"{kind_title(one)}: {_(billing.STATUS_WORDS[one.status][0])}", score) for one in rows]


def falling_due(db: Session, actor: Actor, start: datetime, end: datetime) -> list[tuple[Bill, datetime]]:
    """Unpaid bills of a person that fall due in `[start, end)`, with the last moment."""
    if not actor.is_signed_in:
        return []
    days = (Bill.due >= regency_day(start)) & (Bill.due <= regency_day(end))
    of = select(Bill).where(Bill.payer_id == actor.citizen_id, Bill.status == OPEN, days).order_by(Bill.due).limit(50)
    ends = [(one, datetime.combine(one.due, time(23, 59), current_zone.get()).astimezone(UTC)) for one in db.scalars(of) if one.due is not None]
    return [(one, at) for one, at in ends if start <= at < end]


def payer_for(actor: Actor, one: Bill) -> str:
    return one.payer_name if billing.knows_payer(actor, one) else billing.mask_name(one.payer_name)


def _home(db: Session, actor: Actor, one: Bill) -> str:
    """The matter behind the bill, for its payer."""
    kind = kind_named(one.kind)
    return kind.home(db, one) if kind is not None and kind.home is not None and billing.is_payer(actor, one) else ""


def _qr(asked: Any, due: Due) -> Any:
    if asked is None or asked.way != "qris" or asked.status != ways.READY:
        return None
    from ...i18n import format_rupiah

    return qr_svg(asked.content, _("Kode QRIS sebesar %(amount)s") % {"amount": format_rupiah(due.total)})


def _simulator(request: Request) -> str:
    """Where the simulator bank is, in a house that has one."""
    bank = snap_of(request.app.state.portal.settings)
    return bank.url if bank is not None and bank.is_simulator else ""
