"""The receipt of a paid bill: issued by the outbox, so that a payment and its receipt are both there in the end, or neither."""

from __future__ import annotations

from ...outbox import handler

RECEIPT = "payment_receipt"


@handler(RECEIPT)
def issue_receipt(portal, db, row) -> None:
    """Issue the receipt of `row.payload["bill_id"]`."""
