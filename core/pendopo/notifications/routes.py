"""The inbox, and how one wants to be told."""

from __future__ import annotations

import re

from sqlalchemy import delete, select
from starlette.routing import Route

from ..errors import NotFound
from ..http import flash, form_of, own_path, page, path_int, query_int, redirect, url
from ..i18n import _, translate
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
    before = query_int(request, "sebelum")
    if before:
        query = query.where(InboxMessage.id < before)
    rows = request.state.db.scalars(query.order_by(InboxMessage.id.desc()).limit(PER_PAGE + 1)).all()
    return page(request, "notifications/inbox.html", messages=rows[:PER_PAGE], more=len(rows) > PER_PAGE, unread_only=unread_only, unread=sending.unread_count(request.state.db, account_id))


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


def read_all(request):
    count = sending.mark_read(request.state.db, request.user.require_signed_in(), None, now=request.state.now)
    flash(request, _("%(n)s pesan ditandai sudah dibaca.") % {"n": count})
    return redirect(url("inbox:index"))


def preferences(request):
    account_id = request.user.require_signed_in()
    db = request.state.db
    chosen = {(p.topic, p.channel): p.on for p in db.scalars(select(Preference).where(Preference.account_id == account_id))}
    audience = ("all", "pegawai", "warga") if request.user.is_staff else ("all", "warga")
    topics = [topic for topic in current().topics.values() if topic.audience in audience]
    channels = [("email", _("Surel")), *((slug, translate(title)) for slug, title in current().channels.items())]
    quiet = db.get(QuietHours, account_id)
    return page(request, "notifications/preferences.html", topics=topics, channels=channels, chosen=chosen, quiet=quiet, error=getattr(request.state, "quiet_error", ""), typed=form_of(request), status=422 if getattr(request.state, "quiet_error", "") else 200)


def save_preferences(request):
    account_id = request.user.require_signed_in()
    db, form = request.state.db, form_of(request)
    start, end = str(form.get("start", "")).strip(), str(form.get("end", "")).strip()
    if bool(start) != bool(end) or any(text and not CLOCK.fullmatch(text) for text in (start, end)):
        request.state.quiet_error = _("Tulis kedua jam seperti 21:00 dan 05:00, atau kosongkan keduanya.")
        return preferences(request)
    known = {"email", *current().channels}
    db.execute(delete(Preference).where(Preference.account_id == account_id))
    on = set(form.getlist("on"))
    for topic in current().topics.values():
        for channel in known:
            wanted = f"{topic.slug}|{channel}" in on
            if wanted != (channel in topic.channels):
                db.add(Preference(account_id=account_id, topic=topic.slug, channel=channel, on=wanted))
    quiet = db.get(QuietHours, account_id)
    if start:
        db.merge(QuietHours(account_id=account_id, start=start, end=end))
    elif quiet is not None:
        db.delete(quiet)
    flash(request, _("Pilihan pemberitahuan tersimpan."))
    return redirect(url("inbox:preferences"))


routes = [
    Route("/inbox/", index, name="inbox:index"),
    Route("/inbox/semua-dibaca", read_all, methods=["POST"], name="inbox:read_all"),
    Route("/inbox/{id:int}", show, name="inbox:show"),
    Route("/inbox/{id:int}/dibaca", read, methods=["POST"], name="inbox:read"),
    Route("/akun/pemberitahuan", preferences, name="inbox:preferences"),
    Route("/akun/pemberitahuan/pilihan", save_preferences, methods=["POST"], name="inbox:preferences.save"),
]
