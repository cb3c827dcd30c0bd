"""Bills and money, through the same door as every plugin."""

from __future__ import annotations

import os

from pendopo import N_, CalendarEntry, DashboardCard, Job, MenuEntry, Permission, PluginCard, RoleSpec, SearchResult, Service, Topic, _, hookimpl

from . import receipts as _receipts  # noqa: F401  registers a handler of the outbox, as the next two register its senders
from . import reconciling as _reconciling  # noqa: F401
from . import ways as _ways  # noqa: F401

TREASURER = ("tagihan.receive_cash", "tagihan.propose_refund", "tagihan.read")


@hookimpl
def plugin_card():
    return PluginCard("tagihan", N_("Tagihan"), "gawe", N_("Bayar pajak, retribusi, dan tagihan lain di satu tempat."), "receipt-text")


@hookimpl
def routes():
    from .bank_routes import routes as bank_routes
    from .routes import routes

    return [*routes, *bank_routes]


@hookimpl
def staff_routes():
    from .staff_routes import routes

    return routes


@hookimpl
def permissions():
    return [
        Permission("tagihan.read", N_("Membaca tagihan, bukti bayar, dan buku besar")),
        Permission("tagihan.receive_cash", N_("Menerima pembayaran tunai dan menutup kas")),
        Permission("tagihan.reconcile", N_("Membaca rekening koran dan mencocokkannya")),
        Permission("tagihan.propose_refund", N_("Mengusulkan pengembalian dan mencatat transfernya")),
        Permission("tagihan.approve_refund", N_("Menyetujui pengembalian")),
    ]


@hookimpl
def roles():
    return [
        RoleSpec("bendahara", N_("Bendahara penerimaan"), TREASURER),
        RoleSpec("kas_daerah", N_("Pengelola kas daerah"), ("tagihan.reconcile", "tagihan.approve_refund", "tagihan.read"), "regency"),
        RoleSpec("auditor", N_("Pemeriksa (Inspektorat)"), ("tagihan.read",), "regency"),
    ]


@hookimpl
def menu_entries(actor):
    mine = _("Pajak, retribusi, dan tagihan lain"), _("Dengan kode bayar, tanpa akun")
    staff = MenuEntry(_("Kas dan penerimaan"), "/kerja/kas/", "kerja", "landmark", _("Loket, rekonsiliasi, buku besar"), badge="kas", rank=40, group="utama")
    entries = [
        MenuEntry(_("Tagihan saya"), "/tagihan/", "gawe", "receipt-text", mine[0], signed_in=True, badge="tagihan", rank=12, group="utama"),
        MenuEntry(_("Bayar dengan kode"), "/tagihan/cari", "gawe", "hand-coins", mine[1], rank=22, group="utama"),
    ]
    return [*entries, staff] if any(actor.can(permission.name) for permission in permissions()) else entries


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
def document_kinds():
    from .receipts import BUKTI_BAYAR

    return [BUKTI_BAYAR]


@hookimpl
def document_issued(db, plugin, kind, ref):
    from . import receipts

    if (plugin, kind) == (receipts.BUKTI_BAYAR.plugin, receipts.BUKTI_BAYAR.slug):
        receipts.hear_sealed(db, ref)


# --------------------------------------------------------------------------------------------------- on the pages of all


@hookimpl
def badge_counts(db, actor):
    from . import billing, excess

    counts = [("tagihan", billing.count_unpaid(db, actor.citizen_id))]
    if actor.can(excess.PROPOSE) or actor.can(excess.APPROVE):
        counts.append(("kas", excess.count_waiting(db, actor)))
    return counts


@hookimpl
def dashboard_cards(db, actor, face):
    from . import views

    if face != "gawe" or not actor.is_signed_in:
        return []
    rows = views.unpaid(db, actor, limit=3)
    if not rows:
        return []
    return [DashboardCard("tagihan", _("Tagihan saya"), "payments/_card.html", {"rows": rows}, "gawe", 12, 1, f"tagihan-saya:{actor.citizen_id}")]


@hookimpl
def search_results(db, query, actor, limit):
    """A payment code that was typed whole, for whoever may pay it; words of a bill only among one's own."""
    from . import views

    return [SearchResult(one.desc, one.href, _("Tagihan"), words, score, one.created_at) for one, words, score in views.found(db, query, actor, limit)]


@hookimpl
def calendar_entries(db, actor, start, end):
    from . import views

    return [CalendarEntry(_("Jatuh tempo: %(desc)s") % {"desc": one.desc}, at, at, one.href) for one, at in views.falling_due(db, actor, start, end)]


@hookimpl
def may_join(db, topic, actor):
    """Topics only say that something changed; what it is, the page asks for itself."""
    from .billing import may_see
    from .models import Bill

    name, _sep, number = topic.partition(":")
    if name not in ("tagihan", "tagihan-saya"):
        return None
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return False
    if name == "tagihan-saya":
        return actor.citizen_id == int(number)
    one = db.get(Bill, int(number))
    return one is not None and may_see(actor, one)


# ------------------------------------------------------------------------------------------------------- duties of a room


@hookimpl
def health(db):
    from .duties import health

    return health(db)


@hookimpl
def personal_data(db, account_id):
    from .duties import personal_data

    return personal_data(db, account_id)


@hookimpl
def person_erased(db, key, account_id):
    from .duties import erase

    erase(db, account_id)


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
