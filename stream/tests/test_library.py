"""The media folder: what is in it, what is heard of it, and what never is."""

import json
import threading
from pathlib import Path

import numpy as np
import pytest

from pendopo_stream.engine.decks import FileSource
from pendopo_stream.engine.library import Library, overlap_of
from pendopo_stream.engine.measuring import Halted, cue_points, examine
from pendopo_stream.testing import RATE_HZ, sine, write_audio


def quiet(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * RATE_HZ), np.float32)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "media", tmp_path / "library.json")


def measured(library: Library):
    list(library.measure_new())
    return {track.id: track for track in library.tracks()}


def test_the_folder_is_the_kind_and_folders_in_it_are_tags(library):
    for kind in ("music", "reserve", "ident", "jingle", "adzan", "cart", "programme"):
        write_audio(library.root / f"{kind}/pagi/a.wav", sine(440, 1), title="A")
    assert {track.kind for track in library.tracks()} == {"music", "reserve", "ident", "jingle", "adzan", "cart", "programme"}
    assert all(track.tags == {"pagi"} and track.added_at is not None for track in library.tracks())


def test_silence_at_both_ends_is_no_part_of_what_is_heard(library):
    write_audio(library.root / "music/a.wav", np.concatenate([quiet(1.5), sine(440, 6), quiet(2)]))
    track = measured(library)["music/a.wav"]
    assert track.cue_in_s == pytest.approx(1.5, abs=0.15)
    assert track.cue_out_s == pytest.approx(7.5, abs=0.5)
    assert track.plays_s == pytest.approx(6, abs=0.6)


def test_a_piece_without_silence_is_heard_whole(library):
    write_audio(library.root / "music/a.wav", sine(440, 5))
    track = measured(library)["music/a.wav"]
    assert (track.cue_in_s, track.cue_out_s, track.plays_s) == (0, 0, 5)


def test_the_deck_plays_between_the_cue_points(library):
    path = write_audio(library.root / "music/a.wav", np.concatenate([quiet(1.5), sine(440, 4), quiet(2)]))
    track = measured(library)["music/a.wav"]
    source, blocks = FileSource(path, from_s=track.cue_in_s, to_s=track.cue_out_s, patient=True), []
    while (block := source.read()) is not None:
        blocks.append(block)
    sound = np.concatenate(blocks, axis=1)[0]
    assert len(sound) / RATE_HZ == pytest.approx(track.plays_s, abs=0.05)
    assert np.abs(sound[: RATE_HZ // 2]).max() > 0.2, "it begins with sound"


def test_the_next_piece_begins_where_a_long_end_fades(library):
    fading = sine(440, 12)
    fading[-5 * RATE_HZ :] *= np.linspace(1, 0, 5 * RATE_HZ, dtype=np.float32)
    write_audio(library.root / "music/lembut.wav", fading)
    write_audio(library.root / "music/tegas.wav", sine(440, 12))
    write_audio(library.root / "adzan/a.wav", fading)
    tracks = measured(library)
    assert tracks["music/lembut.wav"].overlap_s > tracks["music/tegas.wav"].overlap_s
    assert tracks["adzan/a.wav"].overlap_s <= 0.5, "an adzan is heard to its last"
    assert overlap_of({}, "music") == 3.0


def test_a_file_of_nothing_of_garbage_or_of_silence_is_never_on_the_air(library):
    for name, content in (("kosong.mp3", b""), ("sampah.mp3", bytes(range(256)) * 40), ("teks.wav", b"RIFF bukan suara")):
        path = library.root / "music" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    write_audio(library.root / "music/sunyi.wav", quiet(4))
    write_audio(library.root / "music/baik.wav", sine(440, 2))
    assert set(measured(library)) == {"music/baik.wav"}
    assert set(library.broken) == {"music/kosong.mp3", "music/sampah.mp3", "music/teks.wav", "music/sunyi.wav"}
    assert "silent" in library.broken["music/sunyi.wav"]


def test_a_file_that_was_mended_is_no_longer_broken(library):
    path = library.root / "music/a.wav"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")
    assert measured(library) == {}
    write_audio(path, sine(440, 2))
    assert "music/a.wav" in measured(library)
    assert library.broken == {}
    path.write_bytes(b"")
    assert measured(library) == {}
    path.unlink()
    measured(library)
    assert library.broken == {}


def test_what_is_still_being_written_under_a_hidden_name_is_not_seen(library):
    write_audio(library.root / "music/.a.wav", sine(440, 2))
    write_audio(library.root / "music/.baru/a.wav", sine(440, 2))
    assert library.tracks() == []


def test_the_same_sound_under_two_names_is_noticed(library):
    for name in ("a", "b"):
        write_audio(library.root / f"music/{name}.wav", sine(440, 2))
    write_audio(library.root / "music/c.wav", sine(450, 2))
    measured(library)
    assert library.doubles() == [["music/a.wav", "music/b.wav"]]


def test_each_file_is_measured_once(library):
    write_audio(library.root / "music/a.wav", sine(440, 2))
    assert list(library.measure_new()) == ["music/a.wav"]
    again = Library(library.root, library.cache)
    assert list(again.measure_new()) == []
    assert again.tracks() == library.tracks()


def test_measuring_stops_in_the_middle_of_a_file_when_the_engine_ends(library):
    path = write_audio(library.root / "music/a.wav", sine(440, 2))
    library.halt.set()
    assert list(library.measure_new()) == []
    assert "lufs" not in json.loads(library.cache.read_text())["music/a.wav"]
    halt = threading.Event()
    halt.set()
    with pytest.raises(Halted):
        examine(path, halt)


@pytest.mark.parametrize(("levels", "cues"), [
    ([-20.0] * 50, (0.0, 0.0, 0.5)),
    ([-120.0] * 10 + [-20.0] * 50, (0.9, 0.0, 0.5)),
    ([-120.0] * 50, (0.0, 0.0, 0.5)),
    ([-20.0] * 30 + [-40.0] * 20, (0.0, 0.0, 2.4)),
])
def test_cue_points_follow_the_level(levels, cues):
    assert cue_points(levels, -20.0, len(levels) / 10) == pytest.approx(cues)
