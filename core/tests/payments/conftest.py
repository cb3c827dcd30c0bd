"""A kind of bill of no plugin, with the penalty of the tax law: 1 % for each month begun, 24 at most."""

from __future__ import annotations

from itertools import count

import pytest

from pendopo.kit.payments import BillKind, bill, snap_calls, va_number
from pendopo.kit.payments.options import PREFIX
from pendopo.kit.payments.simulator.bank import Bank
from pendopo.kit.payments.simulator.calls import signed, token_headers
from pendopo.kit.payments.snap_keys import simulator_keys
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


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """Both halves of the keys between a portal and its simulator bank."""
    return simulator_keys(tmp_path_factory.mktemp("bank"))


class Wire:
    """Calls of the simulator bank, put straight into the room: signed and checked as over HTTP, without a socket."""

    def __init__(self, keys, now):
        self.keys, self.snap, self.now = keys, keys.ours("http://bank.invalid"), now
        self.token = ""

    def ask_token(self):
        headers = {name.lower(): value for name, value in token_headers(self.keys, self.now).items()}
        call = snap_calls.Call("/bayar/snap/v1.0/access-token/b2b", headers, b"{}")
        answer = snap_calls.answer_token(self.snap, call, window_s=300, now=self.now)
        self.token = answer.body.get("accessToken", "")
        return answer

    def call(self, notice, **headers):
        """The signed call of a notice; `headers` (`x_timestamp="..."`) replace what a bank would send."""
        body, signed_headers = signed(self.keys, notice, self.token, self.now)
        given = {name.lower(): value for name, value in signed_headers.items()} | {name.replace("_", "-"): value for name, value in headers.items()}
        return snap_calls.Call(notice.path, given, body)

    def send(self, db, notice, **headers):
        return snap_calls.answer(db, self.snap, self.call(notice, **headers), now=self.now)


@pytest.fixture
def wire(portal, keys, now):
    wire = Wire(keys, now)
    wire.ask_token()
    return wire


@pytest.fixture
def bank():
    return Bank()


@pytest.fixture
def va():
    return lambda bill: va_number(PREFIX, bill.kode_bayar)
