"""The inbox, and how one wants to be told."""

from __future__ import annotations

import re

from sqlalchemy import delete, select
from starlette.routing import Route

from ..contract import Topic
from ..errors import NotFound
from ..http import flash, form_of, own_path, page, path_int, query_int, redirect, url
from ..i18n import _
from ..registry import current
from . import sending
from .models import InboxMessage, Preference, QuietHours

PER_PAGE = 20
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def index(request):
    account_id = request.user.require_signed_in()
    query = select(InboxMessage).where(InboxMessage.account_id == account_id)
    unread_only = request.query_params.get("belum") == "1"
    if unread_only:
        query = query.where(InboxMessage.read_at.is_(None))
    if before := query_int(request, "sebelum"):
        query = query.where(InboxMessage.id < before)
    rows = request.state.db.scalars(query.order_by(InboxMessage.id.desc()).limit(PER_PAGE + 1)).all()
    unread = sending.unread_count(request.state.db, account_id)
    titles = {slug: current().said("topics", slug, topic.title) for slug, topic in current().topics.items()}
    return page(
        request, "notifications/inbox.html", messages=rows[:PER_PAGE], more=len(rows) > PER_PAGE, unread_only=unread_only, unread=unread, titles=titles,
    )


def show(request):
    """A message on a page of its own; opening it by its button marks it as read and goes where it points."""
    message = _mine(request)
    return page(request, "notifications/message.html", message=message)


def _mine(request) -> InboxMessage:
    message = request.state.db.get(InboxMessage, path_int(request))
    if message is None or message.account_id != request.user.require_signed_in():
        raise NotFound()
    return message


def read(request):
    message = _mine(request)
    sending.mark_read(request.state.db, message.account_id, message.id, now=request.state.now)
    return redirect(own_path(message.url, url("inbox:index")) if form_of(request).get("go") == "1" else url("inbox:index"))


def unread(request):
    message = _mine(request)
    sending.mark_unread(request.state.db, message.account_id, message.id)
    return redirect(url("inbox:index"))


def read_all(request):
    count = sending.mark_read(request.state.db, request.user.require_signed_in(), None, now=request.state.now)
    flash(request, _("%(n)s pesan ditandai sudah dibaca.") % {"n": count})
    return redirect(url("inbox:index"))


def _topics(actor) -> list[Topic]:
    """What this person can be told of."""
    audience = ("all", "pegawai", "warga") if actor.is_staff else ("all", "warga")
    return [topic for topic in current().topics.values() if topic.audience in audience]


def _channels() -> list[tuple[str, str]]:
    others = [(slug, current().said("channels", slug, title)) for slug, title in current().channels.items()]
    return [("inbox", _("Kotak pesan")), ("email", _("Surel")), *others]


def preferences(request, *, error: str = ""):
    """A row per topic, a box per channel. `error`: why what was sent could not be kept; it then stands there again."""
    account_id = request.user.require_signed_in()
    db, form = request.state.db, form_of(request)
    topics, channels = _topics(request.user), _channels()
    titles = {topic.slug: current().said("topics", topic.slug, topic.title) for topic in topics}
    if error:
        on = {str(item) for item in form.getlist("on")}
        start, end = str(form.get("start", "")), str(form.get("end", ""))
    else:
        chosen = _chosen(db, account_id)
        on = {f"{topic.slug}|{channel}" for topic in topics for channel in sending.wanted_channels(topic, chosen.get(topic.slug, {}))}
        quiet = db.get(QuietHours, account_id)
        start, end = (quiet.start, quiet.end) if quiet else ("", "")
    return page(
        request, "notifications/preferences.html", topics=topics, titles=titles, channels=channels, on=on, start=start, end=end, error=error,
        has_email=bool(request.user.email), status=422 if error else 200,
    )


def _chosen(db, account_id: int) -> dict[str, dict[str, bool]]:
    found: dict[str, dict[str, bool]] = {}
    for row in db.scalars(select(Preference).where(Preference.account_id == account_id)):
        found.setdefault(row.topic, {})[row.channel] = row.on
    return found


def save_preferences(request):
    account_id = request.user.require_signed_in()
    db, form = request.state.db, form_of(request)
    start, end = str(form.get("start", "")).strip(), str(form.get("end", "")).strip()
    if bool(start) != bool(end) or any(text and not CLOCK.fullmatch(text) for text in (start, end)):
        return preferences(request, error=_("Tulis kedua jam seperti 21:00 dan 05:00, atau kosongkan keduanya."))
    on = {str(item) for item in form.getlist("on")}
    topics = _topics(request.user)
    shown = [topic.slug for topic in topics]
    db.execute(delete(Preference).where(Preference.account_id == account_id, Preference.topic.in_(shown)))
    for topic in topics:
        for channel, _title in _channels():
            wanted = f"{topic.slug}|{channel}" in on or (channel == "inbox" and topic.mandatory)
            if wanted != (channel in topic.channels):
                db.add(Preference(account_id=account_id, topic=topic.slug, channel=channel, on=wanted))
    quiet = db.get(QuietHours, account_id)
    if start:
        db.merge(QuietHours(account_id=account_id, start=start, end=end))
    elif quiet is not None:
        db.delete(quiet)
    flash(request, _("Pilihan pemberitahuan tersimpan."))
    return redirect(url("inbox:preferences"))


def moved(request):
    return redirect(url("inbox:preferences"), status=308)


routes = [
    Route("/inbox/", index, name="inbox:index"),
    Route("/inbox/semua-dibaca", read_all, methods=["POST"], name="inbox:read_all"),
    Route("/inbox/pilihan", preferences, name="inbox:preferences"),
    Route("/inbox/pilihan/simpan", save_preferences, methods=["POST"], name="inbox:preferences.save"),
    Route("/inbox/{id:int}", show, name="inbox:show"),
    Route("/inbox/{id:int}/dibaca", read, methods=["POST"], name="inbox:read"),
    Route("/inbox/{id:int}/belum-dibaca", unread, methods=["POST"], name="inbox:unread"),
    Route("/akun/pemberitahuan", moved),
]
