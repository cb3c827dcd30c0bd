"""Telling people: once, in their language, where and when they want to hear it."""

import asyncio
import threading
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from pendopo import Topic
from pendopo.identity import Account
from pendopo.live import LiveMessage
from pendopo.notifications import notify, send_mail
from pendopo.notifications.models import InboxMessage, Preference, QuietHours
from pendopo.notifications.sending import quiet_until
from pendopo.outbox import OutboxRow, deliver_due
from pendopo.registry import current
from pendopo.testing.people import settle

WIB = ZoneInfo("Asia/Jakarta")
CONTEXT = {"officer": "Budi <Petugas>", "office": "Dinas Contoh", "reason": "Jalan & jembatan"}


@pytest.fixture(autouse=True)
def topics(portal):
    for topic in (
        Topic("uji.kabar", "Kabar"), Topic("uji.tenang", "Hanya kotak pesan", ("inbox",)), Topic("uji.wajib", "Wajib", mandatory=True),
        Topic("uji.mendesak", "Mendesak", urgent=True),
    ):
        current().topics[topic.slug] = topic


def tell(db, *to, topic="uji.kabar", key="satu", url="/akun/"):
    return notify(db, topic=topic, to=list(to), template="identity/notify/on_behalf", context=CONTEXT, url=url, key=key)


def waiting(db):
    return db.scalars(select(OutboxRow).where(OutboxRow.kind == "message").order_by(OutboxRow.id)).all()


def letters(portal):
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted((portal.settings.home / "mail").glob("*.eml"))]


def deliver_later(portal, hours):
    """What the outbox does when it looks again some hours from now."""
    settle()
    deliver_due(portal, now=datetime.now(UTC) + timedelta(hours=hours))


# -------------------------------------------------------------------------------------------------------------- inbox


def test_everyone_hears_it_in_their_own_language(db, people):
    siti, john = people.resident(), people.resident("John Contoh", language="en")

    assert tell(db, siti.account_id, john.account_id) == 2
    subjects = dict(db.execute(select(InboxMessage.account_id, InboxMessage.subject)).all())
    assert subjects == {siti.account_id: "Petugas bertindak atas nama Anda", john.account_id: "An officer is acting on your behalf"}


def test_names_with_signs_arrive_as_they_are(db, resident):
    tell(db, resident.account_id)

    assert "Budi <Petugas>" in db.scalars(select(InboxMessage.body)).one()


def test_the_same_key_is_told_once(db, resident):
    assert [tell(db, resident.account_id), tell(db, resident.account_id, resident.account_id), tell(db, resident.account_id, key="dua")] == [1, 0, 1]
    assert len(db.scalars(select(InboxMessage)).all()) == 2
    assert len(waiting(db)) == 2


def test_what_is_rolled_back_nobody_hears(portal, db, resident, deliver):
    with pytest.raises(RuntimeError), portal.db.session() as own:
        tell(own, resident.account_id)
        raise RuntimeError

    deliver()
    assert db.scalars(select(InboxMessage)).all() == []
    assert letters(portal) == []


def test_open_tabs_hear_of_the_new_count(db, resident):
    tell(db, resident.account_id)
    tell(db, resident.account_id, key="dua")
    settle()
    heard = db.scalars(select(LiveMessage).where(LiveMessage.topic == f"account:{resident.account_id}").order_by(LiveMessage.id)).all()
    assert [message.payload["data"]["inbox"] for message in heard] == [1, 2]


def test_closed_accounts_hear_nothing(db, resident):
    db.get(Account, resident.account_id).disabled_at = datetime.now(UTC)
    db.flush()

    assert tell(db, resident.account_id) == 0


# -------------------------------------------------------------------------------------------------- channels and hours


def choose(db, actor, topic, **channels):
    for channel, on in channels.items():
        db.merge(Preference(account_id=actor.account_id, topic=topic, channel=channel, on=on))
    db.flush()


def test_mail_follows_the_topics_default_and_the_persons_choice(db, people):
    siti, ani = people.resident(), people.resident("Ani Contoh")
    choose(db, siti, "uji.kabar", email=False)
    choose(db, siti, "uji.tenang", email=True)
    tell(db, siti.account_id, ani.account_id)
    tell(db, siti.account_id, ani.account_id, topic="uji.tenang", key="dua")

    assert [(row.target, row.key) for row in waiting(db)] == [(f"email:{ani.account_id}", "satu"), (f"email:{siti.account_id}", "dua")]


def test_the_inbox_can_be_switched_off_unless_the_topic_is_mandatory(db, resident):
    for topic in ("uji.kabar", "uji.wajib"):
        choose(db, resident, topic, inbox=False)
        tell(db, resident.account_id, topic=topic, key=topic)
    tell(db, resident.account_id, key="uji.kabar")

    assert db.scalars(select(InboxMessage.topic)).all() == ["uji.wajib"]
    assert len(waiting(db)) == 2


def test_an_address_that_is_not_confirmed_gets_no_mail(db, resident):
    db.get(Account, resident.account_id).email_confirmed_at = None
    db.flush()
    tell(db, resident.account_id)

    assert waiting(db) == []


@pytest.mark.parametrize(("start", "end", "clock", "until"), [
    ("21:00", "05:00", "22:00", "05:00+1"), ("21:00", "05:00", "04:59", "05:00"), ("21:00", "05:00", "05:00", None), ("21:00", "05:00", "20:59", None),
    ("21:00", "05:00", "21:00", "05:00+1"), ("12:00", "13:30", "12:15", "13:30"), ("12:00", "13:30", "13:30", None), ("07:00", "07:00", "07:00", None),
])
def test_quiet_hours_may_pass_midnight(start, end, clock, until):
    now = datetime.combine(datetime(2026, 11, 24).date(), time.fromisoformat(clock), WIB)
    wanted = None
    if until is not None:
        wanted = datetime.combine(now.date() + timedelta(days=until.endswith("+1")), time.fromisoformat(until[:5]), WIB).astimezone(UTC)

    assert quiet_until(start, end, now.astimezone(UTC), WIB) == wanted


def test_in_quiet_hours_only_the_urgent_leaves_the_house(db, resident, portal, deliver):
    clock = datetime.now(UTC).astimezone(WIB)
    start, end = ((clock + timedelta(hours=hours)).strftime("%H:%M") for hours in (-1, 2))
    db.add(QuietHours(account_id=resident.account_id, start=start, end=end))
    db.flush()
    tell(db, resident.account_id, key="biasa")
    tell(db, resident.account_id, topic="uji.mendesak", key="mendesak")
    deliver()

    assert [row.key for row in waiting(db) if row.done_at] == ["mendesak"]
    assert len(letters(portal)) == 1
    assert len(db.scalars(select(InboxMessage)).all()) == 2, "the inbox makes no noise and gets both at once"
    deliver_later(portal, hours=3)
    assert len(letters(portal)) == 2


def test_another_channel_is_served_by_whoever_answers_the_hook(db, resident, portal, deliver, monkeypatch):
    sent = []
    current().channels["wa"] = "WhatsApp"
    ask = portal.host.ask
    monkeypatch.setattr(portal.host, "ask", lambda hook, **values: sent.append(values["message"]) or True if hook == "send_message" else ask(hook, **values))
    choose(db, resident, "uji.kabar", wa=True)
    tell(db, resident.account_id)
    deliver()

    assert [(message.channel, message.account_id, message.subject) for message in sent] == [("wa", resident.account_id, "Petugas bertindak atas nama Anda")]


def test_a_channel_that_nobody_serves_any_more_waits_and_tells_operators(db, resident, portal, deliver):
    current().channels["wa"] = "WhatsApp"
    choose(db, resident, "uji.kabar", wa=True)
    tell(db, resident.account_id)
    deliver()
    row = next(row for row in waiting(db) if row.target.startswith("wa:"))

    assert row.done_at is None
    assert "no provider took the channel wa" in row.error


# --------------------------------------------------------------------------------------------------------------- mail


class PostOffice(threading.Thread):
    """A small SMTP server of its own. `refuse`: how many letters it puts off first."""

    def __init__(self, refuse=0):
        super().__init__(daemon=True)
        self.refuse, self.letters, self.port = refuse, [], 0
        self._ready = threading.Event()

    def run(self):
        asyncio.run(self._serve())

    async def _serve(self):
        self.loop, self.done = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self.done.wait()
        server.close()
        await server.wait_closed()

    async def _talk(self, reader, writer):
        def say(line):
            writer.write(line.encode() + b"\r\n")

        say("220 kantor pos uji")
        recipients = []
        while line := await reader.readline():
            verb = line.decode().strip().split(" ")[0].upper()
            if verb == "DATA":
                say("354 teruskan")
                await writer.drain()
                body = await reader.readuntil(b"\r\n.\r\n")
                if self.refuse > 0:
                    self.refuse -= 1
                    say("451 penuh, coba lagi nanti")
                else:
                    self.letters.append((list(recipients), message_from_bytes(body[:-5].replace(b"\r\n..", b"\r\n."), policy=policy.default)))
                    say("250 diterima")
                recipients.clear()
            elif verb == "QUIT":
                say("221 sampai jumpa")
                break
            else:
                if verb == "RCPT":
                    recipients.append(line.decode().partition("<")[2].partition(">")[0])
                say("250 baik")
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    def open(self):
        self.start()
        assert self._ready.wait(5)
        return self

    def close(self):
        self.loop.call_soon_threadsafe(self.done.set)
        self.join(5)


@pytest.fixture
def post_office(portal, request):
    office = PostOffice(refuse=getattr(request, "param", 0)).open()
    portal.settings.smtp_url = f"smtp://127.0.0.1:{office.port}"
    yield office
    portal.settings.smtp_url = ""
    office.close()


def test_mail_goes_through_a_real_server(db, resident, post_office, deliver):
    tell(db, resident.account_id)
    deliver()
    [(recipients, letter)] = post_office.letters
    text = letter.get_content()

    assert recipients == [resident.email]
    assert letter["Subject"] == "Petugas bertindak atas nama Anda"
    assert "Keperluan: Jalan & jembatan" in text
    assert "http://testserver/akun/" in text
    assert "http://testserver/inbox/pilihan" in text
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"]


@pytest.mark.parametrize("post_office", [1], indirect=True)
def test_a_server_that_is_full_is_asked_again_later_and_the_letter_arrives_once(db, resident, post_office, portal, deliver):
    tell(db, resident.account_id)
    deliver()
    [row] = waiting(db)

    assert (row.done_at, row.attempts) == (None, 1)
    assert "451" in row.error
    assert row.run_after > datetime.now(UTC)
    assert post_office.letters == []
    deliver_later(portal, hours=1)
    deliver_later(portal, hours=2)
    assert len(post_office.letters) == 1


def test_a_server_that_is_gone_loses_nothing(db, resident, portal, deliver):
    portal.settings.smtp_url = "smtp://127.0.0.1:9"
    try:
        tell(db, resident.account_id)
        deliver()
    finally:
        portal.settings.smtp_url = ""
    deliver_later(portal, hours=1)

    assert len(letters(portal)) == 1


def test_a_header_can_not_be_smuggled_in(db, portal, deliver, resident):
    context = {**CONTEXT, "officer": "X\nBcc: semua@contoh.invalid"}
    notify(db, topic="uji.kabar", to=[resident.account_id], template="identity/notify/on_behalf", context=context, key="satu")
    deliver()

    assert letters(portal)[0]["Bcc"] is None


def test_a_mailed_token_does_not_stay_in_the_outbox(db, portal, deliver):
    send_mail(db, to="a@contoh.invalid", template="identity/mail/confirm", context={"name": "A", "token": "rahasia-sekali"}, language="id", key="satu")
    deliver()

    assert "rahasia-sekali" in letters(portal)[0].get_content()
    assert "rahasia-sekali" not in str(db.scalars(select(OutboxRow)).one().payload)
