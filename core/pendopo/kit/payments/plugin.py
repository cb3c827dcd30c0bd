"""Bills and money, through the same door as every plugin."""

from __future__ import annotations

import os

from pendopo import N_, Job, PluginCard, Service, Topic, hookimpl

from . import receipts as _receipts  # noqa: F401  registers the outbox's handler
from . import reconciling as _reconciling  # noqa: F401  registers the outbox's senders, as does
from . import ways as _ways  # noqa: F401
from .billing import count_unpaid


@hookimpl
def plugin_card():
    return PluginCard("tagihan", N_("Tagihan"), "gawe", N_("Bayar pajak, retribusi, dan tagihan lain di satu tempat."), "receipt-text")


@hookimpl
def routes():
    from .bank_routes import routes as bank_routes
    from .routes import routes

    return [*routes, *bank_routes]


@hookimpl
def settings():
    from .options import SETTINGS

    return SETTINGS


@hookimpl
def commands():
    from .commands import bank_simulator

    return [bank_simulator]


@hookimpl
def services():
    """A demo house has a bank to play with, unless it was given another."""
    if os.environ.get("PENDOPO_DEMO", "") not in ("1", "true") or os.environ.get("PENDOPO_SNAP_URL"):
        return []
    return [Service("bank_simulator", N_("SIMULATOR bank"), ("{python}", "-m", "pendopo.cli", "bank-simulator", "--port", "0"))]


@hookimpl
def topics():
    return [
        Topic("tagihan.baru", N_("Tagihan baru untuk Anda"), ("inbox",), audience="warga"),
        Topic("tagihan.tempo", N_("Tagihan yang akan jatuh tempo"), audience="warga"),
        Topic("tagihan.lunas", N_("Pembayaran Anda diterima"), audience="warga"),
    ]


@hookimpl
def jobs():
    from . import chores

    return [
        Job("tagihan_kedaluwarsa", N_("Tutup tagihan yang kedaluwarsa"), chores.expire, cron="*/10 * * * *"),
        Job("tagihan_ingatkan", N_("Ingatkan tagihan yang akan jatuh tempo"), chores.remind, cron="0 8 * * *"),
        Job("tagihan_rapikan", N_("Buang catatan panggilan bank yang lama"), chores.tidy, cron="50 3 * * *"),
    ]


@hookimpl
def badge_counts(db, actor):
    return [("tagihan", count_unpaid(db, actor.citizen_id))]


# ------------------------------------------------------------------------------------- the bank that speaks SNAP, if any


def _bank():
    from ...pages import current_pages
    from .snap_keys import snap_of

    return snap_of(current_pages().portal.settings)


@hookimpl
def payment_providers():
    from .snap_bank import WAYS

    return WAYS if _bank() is not None else []


@hookimpl
def start_payment(order):
    from . import snap_bank

    bank = _bank()
    return snap_bank.start_payment(bank, order) if order.provider == snap_bank.PROVIDER and bank is not None else None


@hookimpl
def find_payment(order):
    from . import snap_bank

    bank = _bank()
    return snap_bank.find_payment(bank, order) if order.provider == snap_bank.PROVIDER and bank is not None else None
