"""Trouble on the air reaches people."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from gawe_radio import alarms, station
from pendopo.notifications.models import InboxMessage


def inbox(db, account):
    return [message.subject for message in db.scalars(select(InboxMessage).where(InboxMessage.account_id == account.account_id))]


def alarm(now, kind="silence", **more):
    return {"event": "alarm", "at": now.isoformat(), "kind": kind, "text": "8 detik", **more}


def test_silence_is_told_to_the_studio_once_in_a_quarter(db, announcer, now):
    at = now.replace(minute=1)
    assert alarms.hear(db, [alarm(at), alarm(at + timedelta(minutes=2))], at + timedelta(minutes=3)) == 2
    assert inbox(db, announcer) == ["Siaran hening"]
    alarms.hear(db, [alarm(at + timedelta(minutes=20))], at + timedelta(minutes=20))
    assert inbox(db, announcer) == ["Siaran hening"] * 2


def test_a_full_disk_of_the_recorder_is_told_and_its_end_is_not(db, announcer, now):
    alarms.hear(db, [{"event": "recording_fault", "at": now.isoformat(), "text": "No space left"}, {"event": "recording_fault", "at": now.isoformat(), "text": ""}], now)
    assert inbox(db, announcer) == ["Perekam siaran bermasalah"]


def test_old_trouble_is_no_news(db, announcer, now):
    assert alarms.hear(db, [alarm(now - timedelta(days=1))], now) == 0


def test_an_engine_that_is_away_is_told_only_where_a_station_was_on_the_air(db, announcer, now):
    alarms.watch(db, now)
    assert inbox(db, announcer) == []
    log = station.home() / "log"
    log.mkdir(parents=True)
    (log / "2026-01-01.jsonl").write_text("")
    alarms.watch(db, now)
    assert inbox(db, announcer) == ["Mesin siaran tidak menjawab"]


def test_a_citizen_hears_nothing_of_it(db, resident, announcer, now):
    alarms.hear(db, [alarm(now)], now)
    assert inbox(db, resident) == []
