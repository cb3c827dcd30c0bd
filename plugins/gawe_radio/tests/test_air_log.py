"""What was on the air, taken over from the engine."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from gawe_radio import air_log, station
from gawe_radio.models import AirLog
from pendopo.outbox import NotNow

DAY = "2026-11-24"


def log_lines(*events, day=DAY):
    path = station.home() / "log" / f"{day}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        for event in events:
            file.write(json.dumps(event) + "\n")


def line(number, event="track", **more):
    more.setdefault("track", {"label": f"Gamelan - {number}"})
    return {"line": f"run-{number:06d}", "event": event, "at": f"{DAY}T05:{number:02d}:00+00:00", **more}


def test_lines_are_taken_over_once_and_in_order(db):
    log_lines(line(1), line(2))
    assert len(air_log.take_over(db)) == 2
    log_lines(line(3))
    assert [fresh["line"] for fresh in air_log.take_over(db)] == ["run-000003"]
    assert air_log.take_over(db) == []
    assert [row.title for row in air_log.played(db)] == ["Gamelan - 3", "Gamelan - 2", "Gamelan - 1"]


def test_a_half_written_line_waits(db):
    log_lines(line(1))
    with (station.home() / "log" / f"{DAY}.jsonl").open("a") as file:
        file.write('{"line": "run-000002", "event"')
    assert len(air_log.take_over(db)) == 1
    assert air_log.take_over(db) == []


def test_a_lost_position_takes_nothing_twice(db):
    log_lines(line(1))
    air_log.take_over(db)
    from gawe_radio.models import LogPosition

    db.delete(db.get(LogPosition, 1))
    db.flush()
    assert air_log.take_over(db) == []
    assert len(db.scalars(select(AirLog)).all()) == 1


def test_what_was_spoken_is_noted_on_its_announcement(db, publish):
    word = publish("penting")
    log_lines(line(1, "speaking", id=word.air_id), line(2, "spoken", id=word.air_id))
    air_log.take_over(db)
    assert (word.said, word.said_version, word.last_said_at.minute) == (1, 1, 2)
    assert air_log.played(db)[0].title == word.title


def test_what_could_not_be_heard_is_noted_too(db, publish):
    word = publish("penting")
    log_lines(line(1, "unspoken", id=word.air_id, why="espeak-ng is not installed"))
    air_log.take_over(db)
    assert word.unspoken == "espeak-ng is not installed"


def test_what_was_said_once_is_not_said_again_and_a_repeated_word_keeps_its_pause(db, publish, now):
    once, often = publish("info"), publish("penting", repeat_min=60)
    for word in (once, often):
        word.said_version, word.last_said_at = 1, now
    assert not station.wanted_on_air(once, now)
    assert station.wanted_on_air(often, now)
    assert station.as_item(often)["not_before"] == "2026-11-24T06:00:00+00:00"


def test_while_the_engine_is_away_a_word_waits(db, publish, now):
    word = publish("penting")
    with pytest.raises(NotNow):
        station.bring_to_air(db, word.id, now)
