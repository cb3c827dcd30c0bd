"""Telling people: the inbox at once, every other channel through the outbox."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from .. import live, outbox
from ..contract import OutgoingMessage, Topic
from ..db import insert_into
from ..i18n import N_, current_plugin, current_zone, speaking, translate
from .models import InboxMessage, Preference, QuietHours

if TYPE_CHECKING:
    from ..app import Portal


def render_message(template: str, language: str, plugin: str, context: dict[str, Any]) -> tuple[str, str]:
    """`(subject, body)` of a message template: its first line and the rest, in `language` with the plugin's words."""
    from ..pages import current_pages

    text = current_pages().draw(f"{template}.txt", language, plugin, **context)
    subject, _, body = text.strip().partition("\n")
    return _unescape(subject.strip())[:300], _unescape(body.strip())


def _unescape(text: str) -> str:
    """Plain text out of a template that escapes for HTML."""
    from markupsafe import Markup

    return Markup(text).unescape()  # noqa: S704  goes into plain text, not into a page


def notify(
    db: Session, *, topic: str, to: Sequence[int], template: str, context: dict[str, Any], url: str = "", key: str,
) -> int:
    """Tell people of `topic`, once for each `key`. In the caller's transaction: rolled back, nobody hears of it.

    The inbox copy is written here, in each receiver's language, and their open pages show it after commit; other
    channels follow from preferences through the outbox, after the quiet hours. Returns how many people were new to it.
    """
    from ..registry import current

    spec = current().topics.get(topic, Topic(topic, "", ("inbox",)))
    plugin = _plugin_of(topic)
    now = datetime.now(UTC)
    drawn: dict[str, tuple[str, str]] = {}
    told = 0
    for some in _in_portions(list(dict.fromkeys(to))):
        wishes = _Wishes(db, some, spec, now)
        for person in wishes.people:
            if person.language not in drawn:
                drawn[person.language] = render_message(template, person.language, plugin, context)
            told += _tell(db, person, wishes, spec, key, url, *drawn[person.language])
    return told


def _in_portions(ids: list[int], size: int = 500) -> Iterator[list[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


class _Wishes:
    """How each of some people wants to hear of one topic, read at once."""

    def __init__(self, db: Session, ids: list[int], topic: Topic, now: datetime) -> None:
        from ..identity.models import Account

        self.topic, self.now = topic, now
        columns = (Account.id, Account.language, Account.email, Account.email_confirmed_at)
        self.people = db.execute(select(*columns).where(Account.id.in_(ids), Account.disabled_at.is_(None)).order_by(Account.id)).all()
        self.chosen: dict[int, dict[str, bool]] = {}
        for row in db.scalars(select(Preference).where(Preference.account_id.in_(ids), Preference.topic == topic.slug)):
            self.chosen.setdefault(row.account_id, {})[row.channel] = row.on
        self.quiet = {row.account_id: row for row in db.scalars(select(QuietHours).where(QuietHours.account_id.in_(ids)))}

    def channels(self, account_id: int) -> list[str]:
        return wanted_channels(self.topic, self.chosen.get(account_id, {}))

    def after_quiet(self, account_id: int) -> datetime | None:
        """The end of this person's quiet hours when it is quiet now and the topic can wait, else None."""
        quiet = self.quiet.get(account_id)
        return quiet_until(quiet.start, quiet.end, self.now, current_zone.get()) if quiet is not None and not self.topic.urgent else None


def wanted_channels(topic: Topic, chosen: Mapping[str, bool]) -> list[str]:
    """The channels of `topic` that are on, by the person's choice or the topic's default. A mandatory topic keeps the inbox."""
    from ..registry import current

    return [
        channel for channel in ("inbox", "email", *current().channels)
        if (channel == "inbox" and topic.mandatory) or chosen.get(channel, channel in topic.channels)
    ]


def _tell(db: Session, person: Any, wishes: _Wishes, spec: Topic, key: str, url: str, subject: str, body: str) -> bool:
    """Tell one person through all their channels; False when they heard of `key` before."""
    channels = wishes.channels(person.id)
    if "inbox" in channels and not _to_inbox(db, person.id, spec.slug, key, subject, body, url, wishes.now):
        return False
    later, new = wishes.after_quiet(person.id), "inbox" in channels
    for channel in channels:
        if channel == "inbox" or (channel == "email" and not (person.email and person.email_confirmed_at)):
            continue
        payload = {
            "account_id": person.id, "address": person.email or "", "subject": subject, "body": body, "url": url, "channel": channel,
            "language": person.language,
        }
        new = outbox.put(db, "message", target=f"{channel}:{person.id}", key=key, payload=payload, run_after=later) or new
    return new


def _plugin_of(topic: str) -> str:
    from ..registry import current

    owner = current().owners.get(f"topics:{topic}", "")
    return owner or current_plugin.get()


def _to_inbox(db: Session, account_id: int, topic: str, key: str, subject: str, body: str, url: str, now: datetime) -> bool:
    from ..identity.loading import touch

    values = {"account_id": account_id, "topic": topic, "key": key[:200], "subject": subject, "body": body, "url": url[:300], "created_at": now}
    writing = insert_into(db, InboxMessage).values(**values).on_conflict_do_nothing(index_elements=["account_id", "key"])
    written = db.execute(writing.returning(InboxMessage.id)).first()
    if written is None:
        return False
    touch(db, account_id)
    live.publish(db, f"account:{account_id}", data={"inbox": unread_count(db, account_id), "subject": subject, "url": f"/inbox/{written.id}"})
    return True


def unread_count(db: Session, account_id: int) -> int:
    from sqlalchemy import func

    return db.scalar(select(func.count()).select_from(InboxMessage).where(InboxMessage.account_id == account_id, InboxMessage.read_at.is_(None))) or 0


def quiet_until(start: str, end: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Is `now` inside the quiet hours (they may pass midnight)? Then when they end, in UTC."""
    local = now.astimezone(zone)
    begins, ends = time.fromisoformat(start), time.fromisoformat(end)
    clock = local.time().replace(tzinfo=None)
    if begins == ends:
        return None
    inside = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not inside:
        return None
    day = local.date() + timedelta(days=1 if begins > ends and clock >= begins else 0)
    return datetime.combine(day, ends, zone).astimezone(UTC)


def send_mail(db: Session, *, to: str, template: str, context: dict[str, Any], language: str, key: str, plugin: str = "") -> None:
    """A mail to an address, for what has no inbox yet (confirmation, new password). Through the outbox, once per `key`.

    The text is rendered when it is sent, so that tokens in `context` stand in the database no longer than needed.
    """
    outbox.put(db, "mail", target=to[:120], key=key, payload={"to": to, "template": template, "context": context, "language": language, "plugin": plugin})


@outbox.sender("mail")
def _send_mail(portal: Portal, row: outbox.OutboxRow) -> dict[str, Any]:
    from .mail import deliver

    payload = outbox.unpack(row.payload)
    context = {**payload["context"], "public_url": portal.settings.public_url}
    subject, body = render_message(payload["template"], payload["language"], payload["plugin"], context)
    deliver(portal, payload["to"], subject, body, message_key=f"mail-{row.id}")
    return {"to": payload["to"], "template": payload["template"]}


@outbox.sender("message")
def _send_message(portal: Portal, row: outbox.OutboxRow) -> None:
    message = OutgoingMessage(**outbox.unpack(row.payload))
    if message.channel == "email":
        from .mail import deliver

        with speaking(message.language, ""):
            how = translate(N_("Atur pemberitahuan Anda:"))
        public = portal.settings.public_url
        link = f"\n\n{public}{message.url}" if message.url else ""
        deliver(portal, message.address, message.subject, f"{message.body}{link}\n\n-- \n{how} {public}/inbox/pilihan", message_key=f"message-{row.id}")
        return
    if not portal.host.ask("send_message", message=message):
        raise RuntimeError(f"no provider took the channel {message.channel}")


def mark_read(db: Session, account_id: int, message_id: int | None, *, now: datetime) -> int:
    """Mark one message, or all, as read. Returns how many were unread."""
    return _mark(db, account_id, message_id, InboxMessage.read_at.is_(None), now)


def mark_unread(db: Session, account_id: int, message_id: int) -> int:
    """Lay a message on the pile again."""
    return _mark(db, account_id, message_id, InboxMessage.read_at.is_not(None), None)


def _mark(db: Session, account_id: int, message_id: int | None, where: Any, read_at: datetime | None) -> int:
    from ..identity.loading import touch

    query = update(InboxMessage).where(InboxMessage.account_id == account_id, where)
    changed = db.execute((query.where(InboxMessage.id == message_id) if message_id else query).values(read_at=read_at)).rowcount
    if changed:
        touch(db, account_id)
        live.publish(db, f"account:{account_id}", data={"inbox": unread_count(db, account_id)})
    return changed
