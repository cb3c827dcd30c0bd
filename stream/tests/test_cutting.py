"""A programme is cut out of the recorded hours."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import av
import pytest

from pendopo_stream.cutting import Chapter, NothingRecorded, cut, pieces
from pendopo_stream.engine.encoders import Mp3Mount
from pendopo_stream.testing import decode, sine, tone_db

START = datetime(2026, 3, 1, 12, 59, 50, tzinfo=UTC)


def record(home, parts):
    """Hours as the recorder writes them: `parts` are (pitch, seconds); a mark each second."""
    import numpy as np

    mount, at, marks, files = Mp3Mount(), START, {}, {}
    sound = np.concatenate([sine(pitch, seconds) for pitch, seconds in parts])
    for begin in range(0, len(sound) // 960 * 960, 960):
        for chunk in mount.feed(np.broadcast_to(sound[begin : begin + 960], (2, 960)), begin // 48):
            moment = at + timedelta(milliseconds=begin // 48)
            path = home / "archive" / f"{moment:%Y-%m-%d}" / f"{moment:%H}.mp3"
            path.parent.mkdir(parents=True, exist_ok=True)
            data = files.setdefault(path, bytearray())
            known = marks.setdefault(path, [])
            if not known or (moment - known[-1][0]).total_seconds() >= 1:
                known.append((moment, len(data)))
            data += chunk.data
    for path, data in files.items():
        path.write_bytes(data)
        path.with_suffix(".jsonl").write_text("".join(json.dumps({"at": at.isoformat(), "byte": byte, "position_ms": 0, "run": "satu"}) + "\n" for at, byte in marks[path]))


@pytest.fixture
def home(tmp_path):
    record(tmp_path, [(440, 10), (880, 10)])
    return tmp_path


def test_a_programme_over_the_full_hour_is_one_file(home, tmp_path):
    target = tmp_path / "episodes" / "a.mp3"
    length = cut(home, START + timedelta(seconds=4), START + timedelta(seconds=16), target, {"title": "Obrolan", "artist": "Radio"},
                 [Chapter(0, "Pembuka"), Chapter(6, "Isi")])
    sound = decode(target.read_bytes())
    assert 11 <= length <= 14
    assert len(sound) / 48_000 == pytest.approx(length, abs=0.2)
    assert tone_db(sound[48_000 : 4 * 48_000], 440) > -25 and tone_db(sound[8 * 48_000 : 11 * 48_000], 880) > -25
    with av.open(str(target)) as file:
        assert file.metadata["title"] == "Obrolan"
        assert [chapter["metadata"]["title"] for chapter in file.chapters()] == ["Pembuka", "Isi"]
        assert file.duration / 1_000_000 == pytest.approx(length, abs=0.2)


def test_what_was_not_recorded_is_said(home, tmp_path):
    with pytest.raises(NothingRecorded):
        cut(home, START + timedelta(days=1), START + timedelta(days=1, minutes=5), tmp_path / "b.mp3", {})
    assert list(tmp_path.glob("*b.mp3*")) == []


def test_a_gap_in_the_middle_is_closed(home):
    (home / "archive/2026-03-01/13.mp3").unlink()
    assert [piece.path.name for piece in pieces(home, START, START + timedelta(seconds=20))] == ["12.mp3"]
