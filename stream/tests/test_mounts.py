"""What each mount gives, read by FFmpeg as players read it."""

from __future__ import annotations

import io
import json
import subprocess
from itertools import pairwise

import av
import numpy as np
import pytest

from pendopo_stream.engine.clients import Recent
from pendopo_stream.engine.encoders import HlsMount
from pendopo_stream.testing import RATE_HZ, Studio, decode, sine, tone_db, write_audio
from pendopo_stream.wire import Chunk


def probe(path) -> dict:
    done = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format=duration:stream=codec_name,channels", "-of", "json", str(path)], capture_output=True, check=True)
    assert not done.stderr, done.stderr.decode()
    return json.loads(done.stdout)


def decoded_by_ffmpeg(data: bytes) -> np.ndarray:
    done = subprocess.run(["ffmpeg", "-v", "error", "-i", "pipe:0", "-f", "f32le", "-ac", "1", "-ar", "48000", "pipe:1"], input=data, capture_output=True, check=True)
    assert not done.stderr, done.stderr.decode()
    return np.frombuffer(done.stdout, np.float32)


@pytest.fixture
def two_pieces(tmp_path):
    for number, pitch in enumerate((440, 660)):
        write_audio(tmp_path / f"media/music/{number}.wav", sine(pitch, 15), title=f"Nada {number}", artist="Penala")
    return tmp_path


def test_hls_is_an_init_segment_and_media_segments_of_two_seconds(tmp_path, two_pieces):
    studio = Studio(two_pieces, mounts=("hls",))
    studio.render(11)
    init, *segments = studio.chunks
    assert init.header
    assert [segment.duration_ms for segment in segments] == pytest.approx([2000] * 5, abs=8)
    for before, after in pairwise(segments):
        assert after.sequence == before.sequence + 1
        assert abs(before.position_ms + before.duration_ms - after.position_ms) <= 1
    whole, one = tmp_path / "whole.mp4", tmp_path / "one.mp4"
    whole.write_bytes(init.data + b"".join(segment.data for segment in segments))
    one.write_bytes(init.data + segments[2].data)
    assert probe(whole)["streams"][0] == {"codec_name": "aac", "channels": 1}
    assert float(probe(whole)["format"]["duration"]) == pytest.approx(10, abs=0.1)
    with av.open(str(one)) as container:  # joined in the middle, it is known where in the stream that is
        first = next(container.demux(audio=0))
        assert float(first.pts * first.time_base) == pytest.approx(segments[2].position_ms / 1000, abs=0.03)
    heard = decode(one.read_bytes(), "hls")
    assert tone_db(heard[RATE_HZ // 2 : RATE_HZ], 440) > -20 or tone_db(heard[RATE_HZ // 2 : RATE_HZ], 660) > -20


def test_segments_of_a_new_run_are_numbered_above_those_before():
    def numbers(clock_s: float, seconds: int) -> list[int]:
        mount = HlsMount(clock_s=lambda: clock_s)
        silence = np.zeros((2, 960), np.float32)
        return [chunk.sequence for n in range(seconds * 50) for chunk in mount.feed(silence, n * 20) if not chunk.header]

    first = numbers(1_000_000.0, 9)
    again = numbers(1_000_009.0, 5)
    assert first[0] == 500_000
    assert again[0] > first[-1]


def test_each_title_begins_a_new_piece_of_one_ogg_stream_that_ffmpeg_hears_to_the_end(two_pieces):
    studio = Studio(two_pieces, mounts=("opus",))
    studio.render(20)
    data = b"".join(chunk.data for chunk in studio.chunks)
    heads = [chunk for chunk in studio.chunks if chunk.header]
    titles = [track["track"]["label"] for track in studio.of("track")]
    assert len(titles) == 2
    assert len(heads) == 4  # two pages before each piece
    assert [title.encode() in head.data for title, head in zip(titles, heads[1::2], strict=True)] == [True, True]
    heard = decoded_by_ffmpeg(data)
    assert len(heard) / RATE_HZ == pytest.approx(20, abs=0.6)
    level = [np.sqrt(np.mean(heard[at : at + 960] ** 2)) for at in range(RATE_HZ, len(heard) - 960, 960)]
    assert min(level) > 0.05  # no hole where one piece ends and the next begins


def test_who_joins_a_chained_stream_late_begins_with_the_present_title(two_pieces):
    studio = Studio(two_pieces, mounts=("opus",))
    recent = Recent("opus")
    studio.render(22)
    for chunk in studio.chunks:
        recent.add(chunk)
    data = b"".join(chunk.data for chunk in recent.all())
    with av.open(io.BytesIO(data), format="ogg") as container:
        assert container.streams.audio[0].metadata["title"] == studio.of("track")[-1]["track"]["label"]
    assert 3.5 < len(decode(data, "opus")) / RATE_HZ < 5


def test_headers_leave_the_memory_of_a_mount_only_with_their_sound():
    recent = Recent("opus")
    stream = [("H1", 0, True), ("T1", 0, True), ("a", 0, False), ("b", 3000, False), ("H2", 6000, True), ("T2", 6000, True), ("c", 6000, False)]
    for number, (data, position, header) in enumerate(stream):
        recent.add(Chunk("opus", number, position, data.encode(), header))
    assert [chunk.data.decode() for chunk in recent.all()] == ["H1", "T1", "b", "H2", "T2", "c"]
    recent.add(Chunk("opus", 9, 9500, b"d"))
    assert [chunk.data.decode() for chunk in recent.all()] == ["H2", "T2", "c", "d"]
    recent.add(Chunk("opus", 10, 12_000, b"e"))
    assert [chunk.data.decode() for chunk in recent.all()] == ["H2", "T2", "d", "e"]
