"""Janji temu, through the same door as every plugin."""

from datetime import UTC, datetime

from sqlalchemy import select, update

from pendopo import (
    N_,
    CalendarEntry,
    DashboardCard,
    Health,
    Job,
    MenuEntry,
    Permission,
    PersonalData,
    PluginCard,
    RoleSpec,
    SearchResult,
    Topic,
    _,
    hookimpl,
)

from ...identity import regency_day
from ..listing import matches
from . import managing, reading
from .models import CANCELLED, OPEN, Appointment, Counter
from .services import MANAGE, SERVE, topic_of


@hookimpl
def plugin_card():
    return PluginCard("janji", N_("Janji temu"), "gawe", N_("Pesan waktu di loket, tanpa menunggu lama."), "calendar-clock")


@hookimpl
def routes():
    from .routes import routes

    return routes


@hookimpl
def staff_routes():
    from .staff_routes import routes

    return routes


@hookimpl
def permissions():
    return [Permission(SERVE, N_("Melayani janji temu di loket")), Permission(MANAGE, N_("Mengatur loket dan jam bukanya"))]


@hookimpl
def roles():
    return [RoleSpec("petugas_layanan", N_("Petugas layanan"), (SERVE,)), RoleSpec("pejabat", N_("Pejabat struktural"), (SERVE, MANAGE))]


@hookimpl
def topics():
    return [
        Topic("janji.kabar", N_("Kabar janji temu Anda"), audience="warga"),
        Topic("janji.pengingat", N_("Pengingat janji temu"), audience="warga"),
    ]


@hookimpl
def jobs():
    return [
        Job("janji_pengingat", N_("Ingatkan janji temu besok"), managing.run_reminders, cron="0 9,15 * * *"),
        Job("janji_tutup_hari", N_("Tutup janji temu hari kemarin"), managing.run_nightly, cron="10 1 * * *"),
    ]


@hookimpl
def menu_entries(actor):
    return [
        MenuEntry(_("Janji temu"), "/janji/", "gawe", "calendar-clock", _("Pesan waktu di loket kantor"), badge="janji", rank=30, group="utama"),
        MenuEntry(
            _("Loket dan janji"), "/kerja/janji/", "kerja", "calendar-clock", _("Antrean hari ini, hadir, dan panggilan"), permission=SERVE, badge="loket",
            rank=20, group=_("Pelayanan"),
        ),
    ]


@hookimpl
def badge_counts(db, actor):
    return [("janji", reading.open_of(db, actor.citizen_id)), ("loket", reading.waiting_for(db, actor, datetime.now(UTC)) if actor.is_staff else 0)]


@hookimpl
def dashboard_cards(db, actor, face):
    now = datetime.now(UTC)
    if not actor.is_signed_in:
        return []
    if face == "kerja":
        own = [(counter, opd) for counter, opd in reading.counters_served(db, actor) if counter.opd_id in actor.opd_ids] if actor.can(SERVE) else []
        if not own:
            return []
        counts = reading.counts_on(db, [counter.id for counter, _opd in own], regency_day(now))
        context = {"counters": [(counter, counts[counter.id]) for counter, _opd in own[:6]]}
        return [DashboardCard("loket", _("Loket hari ini"), "janji/_card_counters.html", context, "kerja", 30, 1, topic_of(own[0][0].id))]
    ticket = reading.next_of(db, actor.citizen_id, now)
    if ticket is None:
        return []
    return [DashboardCard("janji", _("Janji berikutnya"), "janji/_card_mine.html", {"ticket": ticket}, "gawe", 15, 1, f"janji-saya:{actor.citizen_id}")]


@hookimpl
def calendar_entries(db, actor, start, end):
    return [
        CalendarEntry(f"{ticket.counter.title} ({ticket.row.number})", ticket.row.starts_at, ticket.row.ends_at, ticket.row.href, ticket.counter.place)
        for ticket in reading.between(db, actor.citizen_id, start, end)
    ]


@hookimpl
def search_results(db, query, actor, limit):
    """Counters by their name, for everyone."""
    if len(query.strip()) < 3:
        return []
    found = select(Counter).where(Counter.is_open, matches(query, Counter.title)).order_by(Counter.title).limit(limit)
    return [SearchResult(counter.title, f"/janji/pilih/{counter.id}", _("Janji temu"), counter.place, 0.4) for counter in db.scalars(found)]


@hookimpl
def may_join(db, topic, actor):
    name, _sep, number = topic.partition(":")
    if name != "janji-saya":
        return None
    return actor.is_signed_in and number == str(actor.citizen_id)


@hookimpl
def health(db):
    """A counter that takes appointments but is never open helps nobody."""
    empty = [counter.title for counter in db.scalars(select(Counter).where(Counter.is_open)) if not any(counter.hours.values())]
    return [Health("loket", not empty, _("Loket tanpa jam buka: %(titles)s") % {"titles": ", ".join(empty)} if empty else "")]


@hookimpl
def personal_data(db, account_id):
    rows = [
        {"service": title, "at": row.starts_at.isoformat(), "number": row.number, "state": row.state, "note": row.note}
        for row, title in db.execute(
            select(Appointment, Counter.title)
            .join(Counter, Counter.id == Appointment.counter_id)
            .where(Appointment.account_id == account_id)
            .order_by(Appointment.id)
        )
    ]
    if not rows:
        return []
    return [PersonalData(_("Janji temu Anda"), _("Melayani Anda di loket pada waktunya"), "UU 25/2009", rows, _("Selama akun ada"))]


@hookimpl
def person_erased(db, key, account_id):
    """Open appointments are given up; of past ones only the number and the time stay, for the office's figures."""
    theirs = Appointment.account_id == account_id
    db.execute(update(Appointment).where(theirs, Appointment.state.in_(OPEN)).values(state=CANCELLED, seat=None))
    db.execute(update(Appointment).where(theirs).values(account_id=None, open_key=None, note="", booked_by=None))


@hookimpl
def demo_data(db, seed, now, scale):
    from .demo import fill

    fill(db, seed, now, scale)
