"""What must not be lost is done after the commit: once within the database, at least once outside, each plugin alone."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from pendopo import live, outbox
from pendopo.db import before_commit
from pendopo.identity import Account
from pendopo.outbox import OutboxRow, deliver_due, put, tell
from pendopo.testing.server import portal_of, until

LATER = timedelta(hours=2)


def person_named(db, name):
    db.add(Account(kind="warga", name=name, created_at=datetime.now(UTC)))


def heard_by(name, fail=lambda key: False):
    def person_erased(db, key, account_id):
        person_named(db, f"{name} {key}")
        db.flush()
        if fail(key):
            raise RuntimeError("belum bisa")

    return {"person_erased": person_erased}


def names(portal):
    with portal.db.session(write=False) as db:
        return sorted(db.scalars(select(Account.name)))


def tell_once(portal, key="k1"):
    with portal.db.session() as db:
        tell(db, "person_erased", key=key, account_id=1)


def test_a_fact_reaches_each_plugin_once_however_often_it_is_told(house):
    portal = house(gawe_a=heard_by("a"), gawe_b=heard_by("b")).portal_here
    for _ in range(3):
        tell_once(portal)
        deliver_due(portal)

    assert names(portal) == ["a k1", "b k1"]


def test_a_fact_of_a_transaction_that_was_rolled_back_is_never_told(house):
    portal = house(gawe_a=heard_by("a")).portal_here
    with pytest.raises(ZeroDivisionError), portal.db.session() as db:
        tell(db, "person_erased", key="k1", account_id=1)
        raise ZeroDivisionError()
    deliver_due(portal)

    assert names(portal) == []


def test_a_plugin_that_raises_is_tried_again_alone_with_growing_pauses(house):
    failing = [True]
    portal = house(gawe_a=heard_by("a"), gawe_b=heard_by("b", lambda key: failing[0])).portal_here
    tell_once(portal)
    deliver_due(portal)
    assert names(portal) == ["a k1"]  # what b wrote before it raised is undone

    pauses = []
    for _ in range(4):
        with portal.db.session(write=False) as db:
            row = db.scalars(select(OutboxRow).where(OutboxRow.done_at.is_(None))).one()
        pauses.append(round((row.run_after - datetime.now(UTC)).total_seconds()))
        deliver_due(portal, now=row.run_after)
    failing[0] = False
    deliver_due(portal, now=datetime.now(UTC) + LATER)

    assert pauses == sorted(pauses) and pauses[-1] >= 4 * pauses[0] > 0
    assert names(portal) == ["a k1", "b k1"]
    assert portal.host.plugins["gawe_b"].faults[0].where.startswith("outbox:person_erased")
    assert not portal.host.plugins["gawe_a"].faults


def test_what_never_works_is_given_up_and_shown_and_can_be_tried_again(house):
    failing = [True]
    portal = house(gawe_b=heard_by("b", lambda key: failing[0])).portal_here
    tell_once(portal)
    for attempt in range(outbox.MOST_ATTEMPTS + 2):
        deliver_due(portal, now=datetime.now(UTC) + LATER * (attempt + 1))
    with portal.db.session() as db:
        failed = outbox.waiting(db, state="failed")
        assert [(row.target, row.attempts, row.error) for row in failed] == [("gawe_b:person_erased", outbox.MOST_ATTEMPTS, "RuntimeError: belum bisa")]
        assert outbox.retry(db, failed[0].id, now=datetime.now(UTC))
    failing[0] = False
    deliver_due(portal)

    assert names(portal) == ["b k1"]


def test_facts_wait_for_a_plugin_that_is_switched_off(house):
    portal = house(gawe_a=heard_by("a")).portal_here
    tell_once(portal)
    portal.host.switch({"gawe_a"})
    with portal.db.session() as db:  # as if the fact had been expanded before
        put(db, "hook", target="gawe_a:person_erased", key="k2", payload={"account_id": 1})
    deliver_due(portal)
    assert names(portal) == []

    portal.host.switch(set())
    deliver_due(portal, now=datetime.now(UTC) + LATER)
    assert "a k2" in names(portal)


def test_values_keep_their_types(house):
    heard = []

    def announcement_published(db, key, announcement_id, text, priority, areas, until):
        heard.append((key, announcement_id, text, areas, until))

    portal = house(gawe_a={"announcement_published": announcement_published}).portal_here
    at = datetime(2026, 3, 27, 8, 0, tzinfo=UTC)
    with portal.db.session() as db:
        tell(db, "announcement_published", key="k", announcement_id=7, text={"id": "Halo"}, priority="info", areas=["36.04"], until=at)
    deliver_due(portal)

    assert heard == [("k", 7, {"id": "Halo"}, ["36.04"], at)]
    assert outbox.unpack(outbox.pack(date(2026, 3, 27))) == date(2026, 3, 27)
    with pytest.raises(TypeError, match="plain values"):
        outbox.pack(Account())


def test_a_sender_holds_no_transaction_and_is_not_run_twice_at_once(house, monkeypatch):
    portal = house().portal_here
    sent = []

    def send(portal, row):
        with portal.db.session() as db:  # on SQLite this would wait for ever inside the outbox's own transaction
            person_named(db, row.key)
        sent.append((row.key, deliver_due(portal, outside=True)))
        return {"forgotten": True}

    monkeypatch.setitem(outbox._senders, "uji", send)
    with portal.db.session() as db:
        put(db, "uji", key="k1", payload={"token": "rahasia"})
    deliver_due(portal)

    assert sent == [("k1", 0)]
    with portal.db.session(write=False) as db:
        assert db.scalars(select(OutboxRow.payload)).one() == {"forgotten": True}


def test_a_sender_that_died_is_tried_again_after_its_claim(house, monkeypatch):
    portal = house().portal_here
    sent = []
    monkeypatch.setitem(outbox._senders, "uji", lambda portal, row: sent.append(row.key))
    with portal.db.session() as db:
        put(db, "uji", key="k1")
        db.execute(text("UPDATE core_outbox SET claimed_until = :until"), {"until": datetime.now(UTC) + outbox.CLAIM})

    deliver_due(portal)
    assert sent == []
    deliver_due(portal, now=datetime.now(UTC) + 2 * outbox.CLAIM)
    assert sent == ["k1"]


def test_a_slow_mail_server_does_not_keep_facts_waiting(house, monkeypatch):
    client = house(gawe_a=heard_by("a"))
    portal = client.portal_here
    monkeypatch.setitem(outbox._senders, "uji", lambda portal, row: time.sleep(3))
    with client:
        with portal.db.session() as db:
            put(db, "uji", key="k1")
            tell(db, "person_erased", key="k1", account_id=1)
        until(lambda: names(portal) == ["a k1"], 2)


@pytest.mark.timeout(280)
def test_a_full_outbox_is_delivered_once_by_two_processes_that_are_killed_meanwhile(serve):
    """Thousands wait; both workers deliver; kill -9 in the middle; after the restart everything was done exactly once."""
    server = serve(workers=2)
    server.kill()
    portal = portal_of(server)
    with portal.db.session() as db:
        for number in range(1, 2001):
            person_named(db, f"Orang {number}")
        db.flush()
        for account_id in db.scalars(select(Account.id)).all():
            db.execute(text("INSERT INTO gawe_contoh_note (text, written_by, written_at) VALUES ('x', :id, :at)"), {"id": account_id, "at": datetime.now(UTC)})
            put(db, "hook", target="gawe_contoh:person_erased", key=f"hapus-{account_id}", payload={"account_id": account_id})

    def left():
        with portal.db.session(write=False) as db:
            return db.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.done_at.is_(None)))

    server.start()
    until(lambda: left() < 1500, 60)
    server.kill()
    assert left() > 0
    server.start()
    until(lambda: left() == 0, 180)

    with portal.db.session(write=False) as db:
        assert db.scalar(text("SELECT count(*) FROM gawe_contoh_note WHERE text = ''")) == 2000
        assert db.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.attempts > 0)) == 0
    portal.db.dispose()


def test_another_process_is_woken_at_once(serve):
    server = serve()
    portal = portal_of(server)
    time.sleep(3)  # past the first looks
    with portal.db.session() as db:
        person_named(db, "Orang")
        db.flush()
        put(db, "hook", target="gawe_contoh:person_erased", key="hapus", payload={"account_id": 1})
    began = time.monotonic()

    def done():
        with portal.db.session(write=False) as db:
            return db.scalar(select(OutboxRow.done_at))

    until(done, 5)
    assert time.monotonic() - began < 1.5
    portal.db.dispose()


def test_facts_step_back_while_a_crowd_is_told_but_never_for_long(house):
    """The dispatcher of a real portal: it waits for the crowd's end, and by itself when that is never said."""
    client = house(gawe_a=heard_by("a"))
    with client:
        portal = client.portal_here
        outbox.crowd_comes()
        began = time.monotonic()
        tell_once(portal)
        assert until(lambda: names(portal) == ["a k1"])
        assert time.monotonic() - began >= outbox.MOST_WAIT_S * 0.9
        outbox.crowd_comes()
        outbox.crowd_was_told()
        assert not outbox.is_crowd_near()


def test_a_message_to_a_crowd_holds_the_outbox_back_and_another_does_not(house, monkeypatch):
    monkeypatch.setattr(live, "CROWD", 2)
    client = house(gawe_a=heard_by("a"))
    with client, client.websocket_connect("/live") as one, client.websocket_connect("/live") as other:
        portal = client.portal_here
        for socket in (one, other):
            socket.send_json({"join": ["public:ramai"]})
            socket.receive_json()
        seen = []
        for topic in ("public:sepi", "public:ramai"):
            with portal.db.session() as db:
                live.publish(db, topic, html="kabar")
                db.flush()
                before_commit(db, lambda db: seen.append(outbox.is_crowd_near()))
        assert seen == [False, True]
        for socket in (one, other):
            assert socket.receive_json()["html"] == "kabar"
        assert until(lambda: not outbox.is_crowd_near())
