"""A kind of bill of no plugin, with the penalty of the tax law: 1 % for each month begun, 24 at most."""

from __future__ import annotations

from itertools import count

import pytest

from pendopo.kit.payments import BillKind, bill
from pendopo.registry import current


def penalty(db, one, on):
    if one.due is None or on <= one.due:
        return 0
    months = (on.year - one.due.year) * 12 + on.month - one.due.month + (on.day > one.due.day)
    return one.amount * min(months, 24) // 100


KIND = BillKind("uji_pbb", "gawe_uji", "PBB-P2", account="4.1.01.15", penalty=penalty)
OWN = BillKind("uji_izin", "gawe_uji", "Retribusi", account="4.1.02.03", payable_by="owner")


@pytest.fixture
def kinds(portal):
    current().bill_kinds.update({KIND.slug: KIND, OWN.slug: OWN})


@pytest.fixture
def make_bill(db, kinds, now):
    """`make_bill(amount=97_600)`: an unpaid bill, another one each time unless a `key` is given."""
    numbers = count(1)

    def make(kind=KIND, *, amount=97_600, key="", payer_name="Siti Aminah", desc="PBB 2026", at=None, **more):
        number = next(numbers)
        return bill(db, kind, ref=number, amount=amount, payer_name=payer_name, desc=desc, key=key or f"uji:{number}", now=at or now, **more)

    return make
