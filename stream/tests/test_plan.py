"""station.json: what is written is read again, old files too, and an error says where."""

from datetime import UTC, datetime, timedelta

import pytest

from pendopo_stream.plan import BadPlan, Plan
from pendopo_stream.rundown import Slot, Track
from pendopo_stream.wheels import Block, Event, Note, Part, Playlist, Rotation

NOON = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
PLAN = Plan(
    slots=(Slot("7", NOON, NOON + timedelta(hours=1), "Pagi", "Rina", frozenset({"pagi"}), "Jam biasa", "Pilihan", "programme/a.mp3"),),
    wheels={"Jam biasa": (Part("ident"), Part("playlist", "Pilihan", 3), Part("block", "Pendek", minutes=12), Part("track", "music/a.mp3"))},
    wheel="Jam biasa", playlists={"Pilihan": Playlist(("music/a.mp3", "music/b.mp3"), "listed", 3)},
    blocks={"Pendek": Block(frozenset({"pagi"}), frozenset({"sedih"}), frozenset({"Gamelan"}), 30, 240, 7)},
    events=(Event(NOON, "adzan", "Azan Zuhur", "zuhur"), Event(NOON, "news", spoken="Berita pukul dua belas", hard=False, wait_s=60)),
    rotation=Rotation(30, 120, 20, 4), notes={"music/a.mp3": Note("Lagu", "Dia", frozenset({"x"}), 1.5, 90.0, True)}, areas=("36.04.30",), zone="Asia/Jakarta",
)


def test_a_whole_plan_comes_back_as_it_was():
    import json

    assert Plan.from_json(json.loads(json.dumps(PLAN.as_json()))) == PLAN


def test_a_file_from_before_wheels_is_read():
    old = {"slots": [{"program": "1", "title": "Pagi", "presenter": "", "tags": ["pagi"], "start": NOON.isoformat(), "end": (NOON + timedelta(hours=1)).isoformat()}]}
    assert Plan.from_json(old).slots[0].tags == {"pagi"}
    assert Plan.from_json({}) == Plan()


@pytest.mark.parametrize(("data", "where"), [
    ([], "station.json"),
    ({"slots": [{"program": "1"}]}, "slots[0]: start is missing"),
    ({"slots": [{"program": "1", "start": "2026-03-01T05:00:00", "end": "2026-03-01T06:00:00"}]}, "slots[0]: a slot needs two times with zones"),
    ({"slots": [{"program": "1", "start": NOON.isoformat(), "end": (NOON + timedelta(1)).isoformat(), "wheel": "x"}]}, "slots[0].wheel: there is no 'x'"),
    ({"wheels": {"Pagi": [{"kind": "lagu"}]}}, "wheels.Pagi: parts[0]: 'lagu' is none of"),
    ({"wheels": {"Pagi": [{"kind": "playlist", "name": "x"}]}}, "wheels.Pagi[0]: there is no playlist 'x'"),
    ({"wheels": {"Pagi": [{"kind": "block"}]}}, "needs a name"),
    ({"wheel": "x"}, "wheel: there is no 'x'"),
    ({"playlists": {"a": {"order": "acak"}}}, "playlists.a: 'acak' is none of"),
    ({"playlists": {"a": {"tracks": "b"}}}, "playlists.a: should be a list of texts"),
    ({"blocks": {"a": {"longest_s": -1}}}, "blocks.a: longest_s should be a number"),
    ({"events": [{"at": "2026-03-01T05:00:00", "kind": "adzan"}]}, "events[0]: a time without zone"),
    ({"events": [{"at": "besok", "kind": "adzan"}]}, "events[0]"),
    ({"rotation": {"artist_min": "x"}}, "artist_min should be a number"),
    ({"zone": "Asia/Serang"}, "zone: 'Asia/Serang' is unknown"),
])
def test_what_can_not_be_read_is_named(data, where):
    with pytest.raises(BadPlan) as error:
        Plan.from_json(data)
    assert where in str(error.value)


@pytest.mark.parametrize(("block", "fits"), [
    (Block(), True), (Block(tags=frozenset({"pagi"})), True), (Block(tags=frozenset({"malam"})), False), (Block(not_tags=frozenset({"pagi"})), False),
    (Block(artists=frozenset({"Dia"})), True), (Block(artists=frozenset({"Lain"})), False), (Block(longest_s=100), True), (Block(longest_s=99), False),
    (Block(shortest_s=101), False), (Block(since_days=3), True), (Block(since_days=1), False), (Block(kind="jingle"), False),
])
def test_a_smart_block_holds_what_fits(block, fits):
    track = Track("a", "a", "A", "Dia", 120, tags=frozenset({"pagi"}), cue_in_s=10, cue_out_s=110, added_at=NOON - timedelta(days=2))
    assert block.fits(track, NOON) is fits
