"""What a plugin bills for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from ...registry import current

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .models import Bill

Penalty = Callable[["Session", "Bill", date], int | None]


@dataclass(frozen=True)
class BillKind:
    """A kind of bill. Give it by the hook `bill_kinds`.

    `account`: the revenue account that its amount is booked to; `penalty_account`: where penalties go.
    `penalty(db, bill, on)`: rupiah on top of the amount when it is paid on the day `on`, or None.
    `payable_by`: "anyone" who knows the code ("bayarkan orang tua"), or only its "owner".
    `home(db, bill)`: the address of the matter behind a bill for its payer, "" for none.
    """

    slug: str
    plugin: str
    title: str
    account: str
    payable_by: Literal["anyone", "owner"] = "anyone"
    penalty: Penalty | None = None
    penalty_account: str = "4.1.04.12"
    home: Callable[[Session, Bill], str] | None = None


def kind_named(slug: str) -> BillKind | None:
    """The kind of this name; None while its plugin is switched off or gone."""
    found: Any = current().bill_kinds.get(slug)
    return found
