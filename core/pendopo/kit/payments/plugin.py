"""Bills and money, through the same door as every plugin."""

from __future__ import annotations

from pendopo import N_, PluginCard, Topic, hookimpl

from . import receipts as _receipts  # noqa: F401  registers the outbox's handler
from .billing import count_unpaid


@hookimpl
def plugin_card():
    return PluginCard("tagihan", N_("Tagihan"), "gawe", N_("Bayar pajak, retribusi, dan tagihan lain di satu tempat."), "receipt-text")


@hookimpl
def routes():
    from .routes import routes

    return routes


@hookimpl
def topics():
    return [
        Topic("tagihan.baru", N_("Tagihan baru untuk Anda"), ("inbox",), audience="warga"),
        Topic("tagihan.tempo", N_("Tagihan yang akan jatuh tempo"), audience="warga"),
        Topic("tagihan.lunas", N_("Pembayaran Anda diterima"), audience="warga"),
    ]


@hookimpl
def badge_counts(db, actor):
    return [("tagihan", count_unpaid(db, actor.citizen_id))]
