"""The counter's own pages: who comes today, checking in, calling; and its settings."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...errors import DomainError, NotFound
from ...http import flash, form_of, own_path, page, path_int, redirect, url
from ...i18n import _, ngettext
from ...identity import Opd, regency_day
from . import managing, reading, services
from .forms import ClosureForm, CounterForm, shown
from .models import BOOKED, CALLED, HERE, Appointment, Counter
from .routes import read_day
from .services import MANAGE, SERVE


def index(request: Request) -> Response:
    """The counters where I serve, with how many wait."""
    db, actor = request.state.db, request.user
    if not actor.can(SERVE):
        actor.require(SERVE)
    counters = reading.counters_served(db, actor)
    today = regency_day(request.state.now)
    counts = reading.counts_on(db, [counter.id for counter, _opd in counters], today)
    topics = [services.topic_of(counter.id) for counter, _opd in counters]
    return page(request, "janji/kerja_index.html", counters=counters, counts=counts, may_add=actor.can(MANAGE), topics=topics)


def _mine(request: Request, permission: str = SERVE) -> Counter:
    counter = services.counter_of(request.state.db, path_int(request))
    request.user.require(permission, counter.opd_id)
    return counter


def day(request: Request) -> Response:
    """One day at a counter, in the order of turns."""
    db, counter = request.state.db, _mine(request)
    today = regency_day(request.state.now)
    wanted = read_day(request.query_params.get("hari", "")) or today
    tickets = reading.day_list(db, counter, wanted)
    parts = {
        "called": [t for t in tickets if t.row.state == CALLED], "here": [t for t in tickets if t.row.state == HERE],
        "coming": [t for t in tickets if t.row.state == BOOKED], "ended": [t for t in tickets if not t.row.is_open],
    }
    context: dict[str, Any] = {"counter": counter, "day": wanted, "today": today, "manages": reading.manages(request.user, counter)}
    return page(request, "janji/kerja_day.html", topic=services.topic_of(counter.id), now=request.state.now, **parts, **context)


def _said(request: Request, act: Any, sentence: str, to: str) -> Response:
    """Do `act`; what refuses it is said on the page it came from."""
    db = request.state.db
    savepoint = db.begin_nested()
    try:
        row = act()
        savepoint.commit()
    except DomainError as refusal:
        savepoint.rollback()
        if refusal.status in (401, 403):
            raise
        flash(request, refusal.sentence(), "warn")
    else:
        flash(request, sentence % {"number": row.number})
    return redirect(to)


def arrive(request: Request) -> Response:
    """Check in by a typed number, or by the QR code that a scanner types."""
    db, counter = request.state.db, _mine(request)
    typed = str(form_of(request).get("nomor", "")).strip()[:300]
    token = typed.rstrip("/").rpartition("/")[2]

    def act() -> Appointment:
        by_code = len(token) > 12
        found = services.by_token(db, request.user, token) if by_code else services.by_number(db, request.user, counter.id, typed, now=request.state.now)
        return services.check_in(db, request.user, found.id, now=request.state.now)

    return _said(request, act, _("%(number)s hadir."), url("janji:kerja.day", id=counter.id))


def call(request: Request) -> Response:
    counter = _mine(request)
    return _said(
        request, lambda: services.call_next(request.state.db, request.user, counter.id, now=request.state.now), _("%(number)s dipanggil."),
        url("janji:kerja.day", id=counter.id),
    )


def new_number(request: Request) -> Response:
    counter = _mine(request)
    return _said(
        request, lambda: services.walk_in(request.state.db, request.user, counter.id, now=request.state.now), _("Nomor %(number)s untuk yang datang langsung."),
        url("janji:kerja.day", id=counter.id),
    )


def step(request: Request) -> Response:
    """One step of one appointment, named by the button."""
    db, actor, now = request.state.db, request.user, request.state.now
    row = db.get(Appointment, path_int(request))
    if row is None:
        raise NotFound()
    steps = {
        "hadir": (services.check_in, _("%(number)s hadir.")), "panggil": (services.recall, _("%(number)s dipanggil lagi.")),
        "selesai": (services.finish, _("%(number)s selesai.")), "tidak-hadir": (services.no_show, _("%(number)s dicatat tidak hadir.")),
    }
    wanted = str(form_of(request).get("langkah", ""))
    if wanted not in steps:
        raise NotFound()
    act, sentence = steps[wanted]
    to = own_path(str(form_of(request).get("ke", "")), url("janji:kerja.day", id=row.counter_id))
    return _said(request, lambda: act(db, actor, row.id, now=now), sentence, to)


def scan(request: Request) -> Response:
    """What a ticket's QR code leads to: its holder is checked in with one button."""
    db = request.state.db
    row = services.by_token(db, request.user, request.path_params["token"][:60])
    today = regency_day(request.state.now)
    return page(request, "janji/kerja_scan.html", ticket=reading.ticket_of(db, row), row=row, today=today, topic=services.topic_of(row.counter_id))


# ------------------------------------------------------------------------------------------------------------ settings


def _offices(request: Request) -> list[tuple[int, str]]:
    from sqlalchemy import select

    where = request.user.opd_scope(MANAGE)
    query = select(Opd.id, Opd.name).order_by(Opd.name)
    return [(opd_id, name) for opd_id, name in request.state.db.execute(query if where is None else query.where(Opd.id.in_(where)))]


def _looked_at(request: Request) -> Any:
    """The same request for a form of its page that was not the one sent."""
    return SimpleNamespace(method="GET", scope=request.scope, state=request.state, user=request.user)


def _settings(request: Request, counter: Counter | None, closure: ClosureForm | None = None) -> Response:
    db, actor, now = request.state.db, request.user, request.state.now
    form = CounterForm(request, prefill=shown(counter) if counter else None) if closure is None else CounterForm(_looked_at(request), prefill=shown(counter))
    form.opd_id.choices = _offices(request)
    if form.submitted and form.validate():
        with form.refusals():
            saved = managing.save_counter(db, actor, counter, form.values())
            flash(request, _("Loket tersimpan."))
            return redirect(url("janji:kerja.day", id=saved.id))
    closed = managing.closures(db, counter.id, now=now) if counter else []
    shut = closure or ClosureForm(_looked_at(request))
    return page(request, "janji/kerja_settings.html", counter=counter, form=form, closures=closed, closure=shut, status=max(form.status, shut.status))


def new_counter(request: Request) -> Response:
    if not request.user.can(MANAGE):
        request.user.require(MANAGE)
    return _settings(request, None)


def settings(request: Request) -> Response:
    return _settings(request, _mine(request, MANAGE))


def close(request: Request) -> Response:
    """Close the counter for a while; whoever is touched is told."""
    counter = _mine(request, MANAGE)
    form = ClosureForm(request)
    if form.validate():
        with form.refusals():
            told = managing.close_between(
                request.state.db, request.user, counter.id, form.starts_at.data, form.ends_at.data, form.reason.data, now=request.state.now
            )
            flash(request, ngettext("Waktu tutup tersimpan; %(num)d janji dibatalkan dan orangnya diberi tahu.",
                                    "Waktu tutup tersimpan; %(num)d janji dibatalkan dan orangnya diberi tahu.", told) % {"num": told})
            return redirect(url("janji:kerja.settings", id=counter.id))
    return _settings(request, counter, form)


def open_again(request: Request) -> Response:
    counter = managing.reopen(request.state.db, request.user, path_int(request))
    flash(request, _("Waktu tutup dihapus."))
    return redirect(url("janji:kerja.settings", id=counter.id))


routes = [
    Route("/kerja/janji/", index, name="janji:kerja.index"),
    Route("/kerja/janji/loket-baru", new_counter, methods=["GET", "POST"], name="janji:kerja.new"),
    Route("/kerja/janji/{id:int}", day, name="janji:kerja.day"),
    Route("/kerja/janji/{id:int}/kedatangan", arrive, methods=["POST"], name="janji:kerja.arrive"),
    Route("/kerja/janji/{id:int}/panggilan", call, methods=["POST"], name="janji:kerja.call"),
    Route("/kerja/janji/{id:int}/nomor", new_number, methods=["POST"], name="janji:kerja.number"),
    Route("/kerja/janji/{id:int}/pengaturan", settings, methods=["GET", "POST"], name="janji:kerja.settings"),
    Route("/kerja/janji/{id:int}/penutupan", close, methods=["POST"], name="janji:kerja.close"),
    Route("/kerja/janji/penutupan/{id:int}/penghapusan", open_again, methods=["POST"], name="janji:kerja.reopen"),
    Route("/kerja/janji/tiket/{id:int}/langkah", step, methods=["POST"], name="janji:kerja.step"),
    Route("/kerja/janji/hadir/{token}", scan, name="janji:kerja.scan"),
]
