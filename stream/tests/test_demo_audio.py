"""A station that owns nothing sounds all the same."""

from pathlib import Path

import numpy as np
import pytest

from pendopo_stream import speech
from pendopo_stream.demo_audio import PIECES, STINGS, applause, bedug, jingle, make_all, talked
from pendopo_stream.engine.library import KINDS, Library


def test_the_demo_has_some_of_every_kind_and_all_of_it_can_go_on_the_air(tmp_path: Path):
    library = Library(tmp_path / "media", tmp_path / "library.json")
    written = make_all(library.root, name="Radio Contoh")
    list(library.measure_new())
    tracks = library.tracks()
    assert len(tracks) == len(written)
    assert (library.broken, library.doubles()) == ({}, [])
    assert {track.kind for track in tracks} == set(KINDS)
    assert len({track.artist for track in tracks if track.kind == "music"}) >= 7
    assert {tag for track in tracks if track.kind == "adzan" for tag in track.tags} == {"imsak", "subuh", "zuhur", "asar", "magrib", "isya"}
    if speech.available():
        talk = next(track for track in tracks if "bincang" in track.tags)
        assert 90 < talk.plays_s < 150
    assert make_all(library.root) == []


def test_pieces_have_names_and_places_of_their_own():
    assert len({piece.file for piece in PIECES}) == len({piece.title for piece in PIECES}) == len({piece.seed for piece in PIECES}) == len(PIECES)


@pytest.mark.parametrize("make", [applause, bedug, lambda: jingle("Halo."), *(make for _, _, make in STINGS)])
def test_nothing_is_clipped_or_silent(make):
    assert 0.1 < float(np.abs(make()).max()) <= 1.0


def test_music_lies_softly_under_the_talk():
    bed = np.full(48_000, 0.5, np.float32)
    sound = talked(["Halo.", "Halo juga."], bed)
    assert float(np.abs(sound[:4_800]).max()) > float(np.abs(sound[3 * 48_000 + 4_800 : 4 * 48_000 - 4_800]).max()) > 0.03
