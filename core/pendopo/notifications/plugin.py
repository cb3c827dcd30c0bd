"""The inbox, the live wire and the outbox, through the same door as every plugin."""

from datetime import timedelta

from sqlalchemy import delete, func, select

from pendopo import N_, Health, Job, PersonalData, PluginCard, _, hookimpl

from .. import live, live_socket
from ..outbox import OutboxRow
from .models import InboxMessage, Preference, QuietHours
from .sending import unread_count


@hookimpl
def plugin_card():
    return PluginCard("inbox", N_("Pesan"), "gawe", N_("Pesan masuk dan cara Anda diberi tahu."), "bell")


@hookimpl
def routes():
    from .routes import routes

    return [*routes, *live_socket.routes]


@hookimpl
def badge_counts(db, actor):
    return [("inbox", unread_count(db, actor.account_id))]


@hookimpl
def jobs():
    return [Job("rapikan", N_("Lupakan pesan langsung dan kiriman lama"), tidy, cron="20 3 * * *")]


def tidy(portal, now):
    """Forget live messages after a day and finished outbox rows after 30 days."""
    with portal.db.session() as db:
        live.prune(db, now=now)
        db.execute(delete(OutboxRow).where(OutboxRow.done_at < now - timedelta(days=30)))


@hookimpl
def health(db):
    failed = db.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.failed_at.is_not(None), OutboxRow.done_at.is_(None)))
    return [Health("outbox", not failed, _("%(n)s kiriman gagal") % {"n": failed} if failed else "")]


@hookimpl
def personal_data(db, account_id):
    mine = select(InboxMessage).where(InboxMessage.account_id == account_id).order_by(InboxMessage.id)
    rows = [{"at": m.created_at.isoformat(), "subject": m.subject, "body": m.body} for m in db.scalars(mine)]
    return [PersonalData(_("Pesan"), _("Memberi tahu Anda"), "UU 27/2022 pasal 20", rows, _("Selama akun ada"))] if rows else []


@hookimpl
def person_erased(db, key, account_id):
    for table in (InboxMessage, Preference, QuietHours):
        db.execute(delete(table).where(table.account_id == account_id))
