"""The week of the station, and what the engine gets of it."""

from __future__ import annotations

import json
from datetime import date, time, timedelta

import pytest

from gawe_radio import programmes, station
from gawe_radio.programmes import Plan, end_program, plan_program, slots_between
from pendopo import Conflict, InvalidInput, PermissionRefused

ALL = tuple(range(7))


def plan(title="Pagi Gawe", days=ALL, at="06:00", minutes=180, **more):
    return Plan(title, "", "Rara Contoh", "id", "SU", days, time.fromisoformat(at), minutes, **more)


def test_a_programme_is_on_at_its_hour_of_the_regencys_clock(db, editor, now):
    plan_program(db, editor, plan(days=(1,)), now=now)
    (slot,) = slots_between(db, now - timedelta(hours=12), now + timedelta(hours=12))
    assert (slot.title, slot.start.strftime("%a %H:%M %z")) == ("Pagi Gawe", "Tue 06:00 +0700")


def test_two_programmes_never_share_an_hour(db, editor, now):
    plan_program(db, editor, plan(), now=now)
    with pytest.raises(Conflict) as refusal:
        plan_program(db, editor, plan("Warung", at="08:30", minutes=60), now=now)
    assert refusal.value.values == {"title": "Pagi Gawe", "day": "24-11-2026", "clock": "06.00"}
    plan_program(db, editor, plan("Warung", at="09:00", minutes=60), now=now)


def test_a_programme_past_midnight_meets_the_next_days_first(db, editor, now):
    plan_program(db, editor, plan("Subuh", at="00:30", minutes=60), now=now)
    with pytest.raises(Conflict):
        plan_program(db, editor, plan("Malam", at="23:00", minutes=120), now=now)


def test_a_programme_may_move_over_itself(db, editor, now):
    program = plan_program(db, editor, plan(), now=now)
    plan_program(db, editor, plan(at="07:00"), program_id=program.id, now=now)
    assert programmes.as_plan(program)["at"] == time(7)


def test_a_programme_that_ended_leaves_the_week(db, editor, now):
    program = plan_program(db, editor, plan(), now=now)
    end_program(db, editor, program.id, now=now)
    assert programmes.of_day(db, date(2026, 11, 24)) == []


def test_only_editors_plan_and_a_day_must_be_chosen(db, announcer, editor, now):
    with pytest.raises(PermissionRefused):
        plan_program(db, announcer, plan(), now=now)
    with pytest.raises(InvalidInput):
        plan_program(db, editor, plan(days=()), now=now)


def test_the_engine_gets_the_coming_days_once(db, editor, now):
    plan_program(db, editor, plan(tags=("pagi",)), now=now)
    assert station.write_programme(db, now)
    assert not station.write_programme(db, now)
    slots = json.loads((station.home() / "station.json").read_text())["slots"]
    assert {(slot["title"], tuple(slot["tags"])) for slot in slots} == {("Pagi Gawe", ("pagi",))}
    assert len(slots) == 4


def test_a_calendar_holds_the_programmes_that_one_presents(db, portal, editor, people, now):
    plan_program(db, editor, plan(), now=now)
    span = {"db": db, "start": now - timedelta(hours=12), "end": now + timedelta(hours=12)}

    def titles(actor):
        return [entry.title for entry in portal.host.call_each("calendar_entries", actor=actor, **span)]

    assert titles(people.officer("radio.studio", name="Rara Contoh")) == ["Pagi Gawe"]
    assert titles(people.officer("radio.studio", name="Dodi Contoh")) == []
