"""What was on the air is kept, and every change to it is found."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from pendopo_stream.engine.encoders import Mp3Mount
from pendopo_stream.playback import Playback, read_from
from pendopo_stream.recorder import Broken, Recorder, sweep, verify
from pendopo_stream.testing import decode, sine, tone_db
from pendopo_stream.wire import Chunk

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def frames(count: int, first: int = 0) -> list[Chunk]:
    """Stand-ins for MP3 frames of 24 ms, each with its number in it."""
    head = b"\xff\xfb\x54\xc4"
    return [Chunk("mp3", n, n * 24, (head + str(n).encode()).ljust(192, b".")) for n in range(first, first + count)]


def record(home: Path, chunks: list[Chunk], at: datetime, run: str = "r1", told: list | None = None) -> None:
    recorder = Recorder(home, run, (told if told is not None else []).append)
    recorder.put(chunks, at)
    recorder.close()
    assert recorder.fault == ""


def three_hours(home: Path) -> None:
    for hour in range(3):
        record(home, frames(1000), NOON + timedelta(hours=hour), f"r{hour}")


def until(true, seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_an_hour_holds_the_bytes_as_sent_and_an_index_of_five_seconds(tmp_path):
    chunks = frames(1000)
    record(tmp_path, [Chunk("opus", 1, 0, b"other"), *chunks], NOON)
    hour = tmp_path / "archive/2026-03-01/12.mp3"
    assert hour.read_bytes() == b"".join(chunk.data for chunk in chunks)
    marks = [json.loads(line) for line in hour.with_suffix(".jsonl").read_text().splitlines()]
    assert [mark["position_ms"] for mark in marks] == [0, 5016, 10032, 15048, 20064]
    assert marks[1] == {"at": "2026-03-01T12:00:05.016+00:00", "byte": 209 * 192, "position_ms": 5016, "run": "r1"}


def test_sound_over_the_full_hour_lies_in_two_files_and_the_first_is_chained(tmp_path):
    told: list = []
    record(tmp_path, frames(1000), NOON - timedelta(seconds=12), told=told)
    archive = tmp_path / "archive"
    sizes = [(archive / name).stat().st_size for name in ("2026-03-01/11.mp3", "2026-03-01/12.mp3")]
    assert sizes == [500 * 192, 500 * 192]
    (line,) = [json.loads(text) for text in (archive / "chain.jsonl").read_text().splitlines()]
    assert (line["file"], line["bytes"], line["to"]) == ("2026-03-01/11.mp3", 96_000, "2026-03-01T12:00:00+00:00")
    assert [event["hash"] for event in told] == [line["hash"]]
    assert verify(tmp_path) == []


def test_a_new_run_goes_on_in_the_same_hour_with_a_mark_of_its_own(tmp_path):
    record(tmp_path, frames(100), NOON, "r1")
    record(tmp_path, frames(100), NOON + timedelta(minutes=1), "r2")
    marks = [json.loads(line) for line in (tmp_path / "archive/2026-03-01/12.jsonl").read_text().splitlines()]
    assert [(mark["run"], mark["byte"]) for mark in marks] == [("r1", 0), ("r2", 19_200)]


@pytest.mark.parametrize("place", [0, 50_000, 191_999])
def test_one_changed_byte_is_found(tmp_path, place):
    three_hours(tmp_path)
    path = tmp_path / "archive/2026-03-01/12.mp3"
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    assert verify(tmp_path) == [Broken("2026-03-01/12.mp3", "changed")]


def test_a_changed_index_is_found(tmp_path):
    three_hours(tmp_path)
    path = tmp_path / "archive/2026-03-01/12.jsonl"
    path.write_text(path.read_text().replace("12:00:05", "12:00:06"))
    assert verify(tmp_path) == [Broken("2026-03-01/12.mp3", "changed")]


def test_a_missing_hour_is_found(tmp_path):
    three_hours(tmp_path)
    (tmp_path / "archive/2026-03-01/13.mp3").unlink()
    assert verify(tmp_path) == [Broken("2026-03-01/13.mp3", "missing")]


def test_a_cut_chain_is_found(tmp_path):
    three_hours(tmp_path)
    record(tmp_path, frames(10), NOON + timedelta(hours=3), "r3")
    chain = tmp_path / "archive/chain.jsonl"
    lines = chain.read_text().splitlines(keepends=True)
    chain.write_text("".join(lines[:1] + lines[2:]))
    assert verify(tmp_path) == [Broken("2026-03-01/14.mp3", "chain"), Broken("2026-03-01/13.mp3", "open")]
    chain.write_text("".join(lines[:2]))
    assert verify(tmp_path) == [Broken("2026-03-01/14.mp3", "open")]
    chain.write_text("".join([lines[0].replace('"bytes":192000', '"bytes":192001'), *lines[1:]]))
    assert verify(tmp_path) == [Broken("2026-03-01/12.mp3", "chain")]


def test_the_sweep_takes_old_hours_and_the_chain_still_holds(tmp_path):
    three_hours(tmp_path)
    record(tmp_path, frames(10), NOON + timedelta(days=40), "later")
    now = NOON + timedelta(days=90, hours=1, minutes=30)
    assert sweep(tmp_path, 90, now) == 2
    assert [path.name for path in sorted((tmp_path / "archive").glob("*/*.mp3"))] == ["14.mp3", "12.mp3"]
    assert verify(tmp_path) == []
    assert sweep(tmp_path, 90, now) == 0
    record(tmp_path, frames(10), NOON + timedelta(days=41), "still later")
    assert verify(tmp_path) == []


def test_a_clock_that_is_set_back_never_writes_into_a_closed_hour(tmp_path):
    three_hours(tmp_path)
    record(tmp_path, frames(10), NOON + timedelta(minutes=30), "again")
    assert verify(tmp_path) == []
    assert "".join(read.decode("latin-1") for read in read_from(tmp_path, NOON + timedelta(hours=2))).count("\xff\xfb") == 1010


WRITER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from pendopo_stream.recorder import Recorder
from pendopo_stream.wire import Chunk
recorder, first = Recorder(Path(sys.argv[1]), sys.argv[2]), int(sys.argv[3])
for n in range(first, first + 100_000):
    data = (b"\\xff\\xfb\\x54\\xc4" + str(n).encode()).ljust(192, b".")
    recorder.put([Chunk("mp3", n, n * 24, data)], datetime.fromtimestamp(1_772_366_400 + n * 0.024, UTC))
    time.sleep(0.0005)
"""


def test_after_kill_9_nothing_is_torn_and_the_hour_goes_on(tmp_path):
    hour = tmp_path / "archive/2026-03-01/12.mp3"
    for run in range(4):
        before = hour.stat().st_size if hour.exists() else 0
        child = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), f"run{run}", str(run * 10_000)])
        until(lambda before=before: hour.exists() and hour.stat().st_size > before + 40_000)
        child.send_signal(signal.SIGKILL)
        child.wait(10)
    data = hour.read_bytes()
    assert len(data) % 192 == 0
    numbers = [int(data[at + 4 : at + 192].rstrip(b".")) for at in range(0, len(data), 192)]
    assert [number for one, number in pairwise(numbers) if number != one + 1] == [10_000, 20_000, 30_000]
    record(tmp_path, frames(10), NOON + timedelta(hours=1))
    marks = [json.loads(line) for line in hour.with_suffix(".jsonl").read_text().splitlines()]
    assert all(numbers[mark["byte"] // 192] * 24 == mark["position_ms"] for mark in marks)
    assert verify(tmp_path) == []


FULL = """
import resource, sys, time
from datetime import UTC, datetime, timedelta
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_recorder import NOON, frames, until
from pendopo_stream.recorder import Recorder
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
told = []
recorder = Recorder(Path(sys.argv[1]), "r1", told.append)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
recorder.put(frames(200), NOON)
hour = Path(sys.argv[1]) / "archive/2026-03-01/12.mp3"
until(lambda: hour.exists() and hour.stat().st_size == 38_400)
recorder.put(frames(200, 200), NOON + timedelta(seconds=4.8))
until(lambda: recorder.fault)
print(recorder.fault, "|", hour.stat().st_size)
recorder.put(frames(100, 400), NOON + timedelta(seconds=9.6))
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
until(lambda: not recorder.fault)
recorder.close()
print([(event["event"], bool(event["text"]), event.get("lost_ms")) for event in told])
"""


def test_a_full_disk_is_told_once_and_what_waited_is_written_when_there_is_room(tmp_path):
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path), str(Path(__file__).parent)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    fault, told = done.stdout.splitlines()
    assert fault == "[Errno 27] File too large | 38400"
    assert told == "[('recording_fault', True, None), ('recording_fault', False, 0)]"
    assert (tmp_path / "archive/2026-03-01/12.mp3").read_bytes() == b"".join(chunk.data for chunk in frames(500))


def test_a_small_file_system_that_is_full_costs_only_what_does_not_fit_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("pendopo_stream.recorder.MOST_WAITING", 100_000)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", tmp_path], capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    told: list = []
    recorder = Recorder(tmp_path, "r1", told.append)
    try:
        recorder.put(frames(300), NOON)
        until(lambda: any((tmp_path / "archive").rglob("12.mp3")))
        for lot in range(10):
            recorder.put(frames(300, 300 * (lot + 1)), NOON + timedelta(seconds=7.2 * (lot + 1)))
            time.sleep(0.3)
        until(lambda: "No space left" in recorder.fault)
        (tmp_path / "archive/2026-03-01/12.mp3").write_bytes(b"")
        until(lambda: not recorder.fault)
    finally:
        recorder.close()
        subprocess.run(["umount", tmp_path], check=True)
    assert [bool(event["text"]) for event in told] == [True, False]
    assert told[1]["lost_ms"] > 30_000


# ---------------------------------------------------------------------- listening later


def real_sound(home: Path) -> None:
    """Ten seconds of 440 Hz, then ten of 880 Hz, over the full hour."""
    mount = Mp3Mount()
    sound = np.concatenate([sine(440, 10), sine(880, 10)])
    chunks = [chunk for at in range(0, len(sound), 960) for chunk in mount.feed(np.broadcast_to(sound[at : at + 960], (2, 960)), at // 48)]
    record(home, chunks, NOON - timedelta(seconds=10))


@pytest.mark.parametrize("second", [1.0, 3.337, 8.0])
def test_listening_later_begins_at_the_asked_moment_and_goes_on_into_the_next_hour(tmp_path, second):
    real_sound(tmp_path)
    wanted = NOON - timedelta(seconds=10 - second)
    playback = Playback(tmp_path, wanted)
    assert abs((playback.since - wanted).total_seconds()) < 0.1
    assert (playback.run, abs(playback.position_ms - second * 1000) < 100) == ("r1", True)
    data = b"".join(read_from(tmp_path, wanted))
    assert data[:2] == b"\xff\xfb"
    sound = decode(data)
    turn = int((10 - second) * 48_000)
    assert tone_db(sound[4800 : turn - 9600], 440) > -20
    assert tone_db(sound[turn + 9600 : turn + 48_000], 880) > -20


def test_where_nothing_was_recorded_listening_begins_with_what_follows(tmp_path):
    record(tmp_path, frames(100), NOON, "r1")
    record(tmp_path, frames(100, 1000), NOON + timedelta(minutes=5), "r2")
    assert Playback(tmp_path, NOON - timedelta(hours=3)).since == NOON
    assert Playback(tmp_path, NOON + timedelta(minutes=2)).since == NOON + timedelta(minutes=5)
    assert Playback(tmp_path, NOON + timedelta(hours=1)).since is None
    assert list(read_from(tmp_path / "nowhere", NOON)) == []
