"""A simulated year: programme, exact times, wishes and announcements together, day after day."""

from __future__ import annotations

import random
from bisect import bisect_right
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from pendopo_stream.announcements import INFO_WAITS_S, PRIORITIES, Announcement
from pendopo_stream.plan import Plan
from pendopo_stream.prayer import CALLED, prayer_day
from pendopo_stream.rundown import Rule, Slot, Station, Track, expand
from pendopo_stream.simulated import Air
from pendopo_stream.wheels import Block, Event, Part, Playlist, Rotation

WIB = ZoneInfo("Asia/Jakarta")
FIRST = date(2026, 1, 1)
DAYS = 365
SATURDAYS = sum((FIRST + timedelta(days=ahead)).weekday() == 5 for ahead in range(DAYS))
ROTATION = Rotation(artist_min=20, title_min=90, ident_min=15, requests_hour=3)
ALL_DAY = ("fajar", 0), ("pagi", 5), ("siang", 10), ("sore", 15), ("malam", 20)


def library(rng: random.Random) -> list[Track]:
    tracks = [
        Track(f"music/{n}", f"music/{n}", f"Lagu {n}", f"Penyanyi {n % 19}", rng.uniform(250, 420), tags=frozenset({rng.choice(("tenang", "riang")), "lagu"}))
        for n in range(80)
    ]
    tracks += [Track(f"ident/{n}", f"ident/{n}", "Ident", "", 8, kind="ident") for n in range(2)]
    tracks += [Track(f"jingle/{n}", f"jingle/{n}", "Jingle", "", rng.uniform(12, 40), kind="jingle") for n in range(5)]
    tracks += [Track(f"adzan/{name}", f"adzan/{name}", "Azan", "", 190, kind="adzan", tags=frozenset({name})) for name in CALLED]
    long = (("programme/ceramah", 2900.0), ("programme/wayang", 3 * 3600.0))
    tracks += [Track(name, name, name, "", seconds, kind="programme") for name, seconds in long]
    return [*tracks, Track("reserve/0", "reserve/0", "Cadangan", "", 200, kind="reserve")]


def rules() -> list[Rule]:
    def rule(name: str, hour: float, hours: float, rrule: str = "FREQ=DAILY") -> Rule:
        return Rule(name, datetime.combine(FIRST - timedelta(days=7), time(), WIB) + timedelta(hours=hour), hours * 3600, rrule)

    return [
        rule("fajar", 0, 5), rule("pagi", 5, 5), rule("siang", 10, 1.5), rule("ceramah", 11.5, 1), rule("sore", 12.5, 7.5),
        rule("malam", 20, 4, "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR,SU"), rule("wayang", 20, 3.5, "FREQ=WEEKLY;BYDAY=SA"),
    ]


FILLED = {
    "fajar": {"wheel": "Tenang"}, "pagi": {}, "siang": {"playlist": "Pilihan"}, "sore": {"tags": frozenset({"lagu"})}, "malam": {},
    "ceramah": {"recorded": "programme/ceramah"}, "wayang": {"recorded": "programme/wayang"},
}


def plan_of(day: date, tracks: list[Track]) -> Plan:
    """What a planner writes that day: the day itself and the next one."""
    start = datetime.combine(day, time(), WIB)
    slots = expand(rules(), start - timedelta(hours=6), start + timedelta(days=2), WIB)
    music = tuple(track.id for track in tracks if track.kind == "music")
    return Plan(
        slots=tuple(Slot(slot.program, slot.start, slot.end, slot.program, **FILLED[slot.program]) for slot in slots),
        wheels={
            "Tenang": (Part("ident"), Part("block", "Tenang", 3), Part("jingle"), Part("block", "Lagu", minutes=15), Part("announcements")),
            "Biasa": (Part("playlist", "Semua", 4), Part("jingle"), Part("block", "Lagu", 2), Part("track", "music/7")),
        },
        wheel="Biasa", playlists={"Semua": Playlist(music, "shuffle"), "Pilihan": Playlist(music[::2], "listed")},
        blocks={"Tenang": Block(frozenset({"tenang"})), "Lagu": Block(longest_s=400)}, rotation=ROTATION,
        events=tuple(sorted((event for ahead in (0, 1) for event in events_of(day + timedelta(days=ahead))), key=lambda event: event.at)),
    )


def events_of(day: date) -> list[Event]:
    times = prayer_day(day)
    calls = [Event(getattr(times, name), "adzan", f"Azan {name}", name) for name in CALLED]
    news = [Event(datetime.combine(day, time(hour), WIB), "news", "Warta", track="jingle/0", hard=False, wait_s=90) for hour in (7, 13, 19)]
    return [*calls, *news]


def words_of(day: date, rng: random.Random) -> list[tuple[datetime, Announcement]]:
    """Some announcements of a day, in random moments."""
    start = datetime.combine(day, time(), WIB)
    found = []
    for number in range(rng.randrange(4, 10)):
        at = start + timedelta(seconds=rng.randrange(86_400))
        until = at + timedelta(seconds=rng.choice((20, 150, 3600, 7200)))
        priority = rng.choices(PRIORITIES, (6, 3, 1))[0]
        every_s = rng.choice((0, 0, 900)) if priority != "darurat" else 0
        found.append((at, Announcement(f"{day}-{number}", {"id": "kata " * rng.randrange(5, 120)}, priority, until=until, every_s=every_s, times=3)))
    return sorted(found, key=lambda pair: pair[0])


@pytest.fixture(scope="module")
def announced() -> dict[str, tuple[datetime, Announcement]]:
    """Every announcement of the year with the moment when it came in."""
    rng = random.Random(11)
    return {words.id: (at, words) for ahead in range(DAYS) for at, words in words_of(FIRST + timedelta(days=ahead), rng)}


@pytest.fixture(scope="module")
def year(announced) -> Air:
    rng = random.Random(7)
    tracks = library(rng)
    start = datetime.combine(FIRST, time(), WIB)
    air = Air(Station.of(tracks, plan_of(FIRST, tracks)), start + timedelta(seconds=0.2))
    air.waiting.extend(sorted(announced.values(), key=lambda pair: pair[0]))
    for ahead in range(DAYS):
        day = FIRST + timedelta(days=ahead)
        air.reload(Station.of(tracks, plan_of(day, tracks)))
        for hour in range(24):
            if rng.random() < 0.5:
                air.on_air.play(f"music/{rng.randrange(80)}", air.now, wish=True)
            air.run(datetime.combine(day, time(), WIB) + timedelta(hours=hour + 1))
    return air


def test_there_is_never_a_gap_nor_two_pieces_at_once(year):
    assert len(year.items) > DAYS * 150
    for item, after in pairwise(year.items):
        assert item.until == after.at
        lasted_s = (item.until - item.at).total_seconds()
        assert lasted_s <= item.track.air_s + 0.01, f"silence after {item.track.id}"
        if lasted_s < item.track.air_s - 0.01:
            assert after.because == "cut"
    assert {item.rung for item in year.items} <= {"scheduled", "playlist"}


def test_every_adzan_is_on_its_second_on_every_day(year):
    heard = [(at, tell.data) for at, tell in year.told if tell.kind == "exact_time" and tell.data["kind"] == "adzan"]
    assert len(heard) == DAYS * 5
    for at, data in heard:
        due = getattr(prayer_day(at.astimezone(WIB).date()), data["name"])
        assert timedelta(0) <= at - due <= timedelta(seconds=1)
    by_time = {item.at: item for item in year.items}
    assert {by_time[at].track.id for at, _ in heard} == {f"adzan/{name}" for name in CALLED}
    assert {by_time[at].until - at for at, _ in heard} == {timedelta(seconds=187)}, "an adzan is heard to its end"


def test_a_soft_time_waits_for_the_piece_but_not_for_long(year):
    late = [tell.data["late_s"] for _, tell in year.told if tell.kind == "exact_time" and tell.data["kind"] == "news"]
    # At seven in the evening isya may come first: then the news is after the adzan, or not at all.
    assert len(late) >= DAYS * 2 and min(late) >= 0
    assert sorted(late)[: DAYS * 2][-1] <= 91


def test_the_rotation_is_kept(year):
    titles, artists, broken = {}, {}, []
    for item in year.items:
        if item.track.kind != "music":
            continue
        track = item.track
        free = item.source != "wheel:track"  # a track that the wheel names plays when it is its turn
        if free and track.id in titles and item.at - titles[track.id] < timedelta(minutes=ROTATION.title_min):
            broken.append((item.at, track.id))
        if free and track.artist in artists and item.at - artists[track.artist] < timedelta(minutes=ROTATION.artist_min):
            broken.append((item.at, track.artist))
        titles[track.id], artists[track.artist] = item.at, item.at
    assert broken == []


def test_wishes_are_heard_and_never_more_than_the_rule_allows(year):
    wishes = [item.at for item in year.items if item.source == "wish"]
    assert len(wishes) > DAYS * 6
    for number, at in enumerate(wishes):
        assert bisect_right(wishes, at) - bisect_right(wishes, at - timedelta(hours=1)) <= ROTATION.requests_hour, wishes[number]


def test_the_station_says_its_name(year):
    names = [item.at for item in year.items if item.track.kind == "ident"]
    longest = max(after - at for at, after in pairwise(names))
    assert longest < timedelta(hours=3.5), "only a recorded programme goes on without"
    usual = sorted(after - at for at, after in pairwise(names))
    assert usual[len(usual) * 95 // 100] < timedelta(minutes=15 + 12)
    short = ("ident", "jingle")
    rows = [item.track.kind in short and after.track.kind in short and further.track.kind in short for item, after, further in zip(
        year.items, year.items[1:], year.items[2:], strict=False)]
    assert sum(rows) < len(rows) / 500, "not one jingle after the other"
    assert not any(item.track.id == after.track.id != "jingle/0" for item, after in pairwise(year.items))


def test_recorded_programmes_begin_on_time_and_come_back_after_the_adzan(year):
    for name, start_hour, days in (("programme/ceramah", 11.5, DAYS), ("programme/wayang", 20.0, SATURDAYS)):
        pieces = [item for item in year.items if item.track.id == name]
        begun = [item for item in pieces if item.track.cue_in_s == 0]
        assert len(begun) == days
        for item in begun:
            local = item.at.astimezone(WIB)
            late_s = (local - datetime.combine(local.date(), time(), WIB)).total_seconds() - start_hour * 3600
            assert -15 <= late_s <= 40  # half a minute for a piece that ends, and the station's name
    back = [(place, item) for place, item in enumerate(year.items) if item.track.id == "programme/ceramah" and item.track.cue_in_s > 0]
    assert len(back) == DAYS  # zuhur is in the middle of it, all year
    for place, item in back:
        adzan, first = year.items[place - 1], year.items[place - 2]
        assert adzan.track.kind == "adzan"
        assert item.track.cue_in_s == pytest.approx((first.until - first.at).total_seconds(), abs=0.1)


def test_the_piece_before_an_exact_time_ends_near_it(year):
    cut = [before for before, item in pairwise(year.items) if item.track.kind == "adzan" and before.track.kind == "music"]
    whole = [item for item in cut if (item.until - item.at).total_seconds() > item.track.air_s - 8]
    assert len(whole) > len(cut) * 0.5, f"{len(whole)} of {len(cut)}"


def test_nothing_is_said_after_its_life_and_nothing_lesser_before_something_greater(year, announced):
    first = {}
    for said in year.said:
        words = said.announcement
        assert words.until is None or said.at < words.until
        first.setdefault(words.id, said.at)
    emergencies = [(at, words) for at, words in announced.values() if words.priority == "darurat"]
    shouting = [said for said in year.said if said.announcement.priority == "darurat"]
    for at, words in emergencies:
        said_at = first.get(words.id, words.until)
        waited_s = sum((min(said.until, said_at) - max(said.at, at)).total_seconds() for said in shouting if said.at < said_at and said.until > at)
        assert (said_at - at).total_seconds() <= waited_s + 2, "only another emergency makes one wait"
    for said in year.said:
        for at, greater in emergencies:
            waits = at < said.at < first.get(greater.id, greater.until)
            assert not (waits and said.announcement.priority != "darurat"), f"{said.announcement.id} before {greater.id}"
    assert len(first) > len(announced) * 0.7


def test_over_an_adzan_nothing_but_an_emergency_is_said(year):
    calls = [item for item in year.items if item.track.kind == "adzan"]
    begins = [item.at for item in calls]
    for said in year.said:
        place = bisect_right(begins, said.at) - 1
        if place >= 0 and said.at < calls[place].until and said.at > calls[place].at:
            assert said.announcement.priority == "darurat"


def test_info_is_not_forgotten(year, announced):
    """What lives long enough is said: at the next break, or after two minutes and what was said before it."""
    first = {}
    for said in year.said:
        first.setdefault(said.announcement.id, said.at)
    for at, words in announced.values():
        if words.until - at >= timedelta(seconds=3600):
            assert words.id in first and first[words.id] - at <= timedelta(seconds=INFO_WAITS_S + 600), words.id


def test_what_was_promised_as_next_is_what_came(year):
    tracks = [(at, tell.data) for at, tell in year.told if tell.kind == "track"]
    kept = sum(data["next"]["id"] == after["track"]["id"] for (_, data), (_, after) in pairwise(tracks))
    assert kept > len(tracks) * 0.9, f"{kept} of {len(tracks)}"  # wishes, and exact times that cut in, come between
