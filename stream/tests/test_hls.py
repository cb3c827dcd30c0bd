"""HLS as players and caches see it: playlists, segments that never change, and the words of announcements."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from datetime import datetime

import av
import m3u8
import numpy as np
import pytest

from pendopo_stream.relay import Hub
from pendopo_stream.relay.testing import Port, StubEngine, Web, segments, until
from pendopo_stream.testing import RATE_HZ, tone_db

FIRST, SECOND = 440, 880


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("segments")
    return {
        "first": segments(folder / "a", FIRST, 30, first=1000), "second": segments(folder / "b", SECOND, 30, first=1010),
        "ts": segments(folder / "c", FIRST, 12, first=1000, kind="mpegts"),
    }


@pytest.fixture
def stub(tmp_path, made):
    with StubEngine(tmp_path, {"hls": made["first"]}, ahead_s=13) as engine:
        yield engine


@pytest.fixture
def web(stub):
    with Web(stub.home) as running:
        yield running


def get(port: int, path: str) -> tuple[bytes, dict[str, str]]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/hls/{path}", timeout=15) as answer:
        return answer.read(), {name.lower(): value for name, value in answer.headers.items()}


def live(port: int) -> m3u8.M3U8:
    return m3u8.loads(get(port, "live.m3u8")[0].decode(), uri=f"http://127.0.0.1:{port}/hls/live.m3u8")


def test_the_playlist_names_the_last_segments_and_when_they_were_on_the_air(web, stub):
    playlist = live(web.port)
    assert (playlist.target_duration, playlist.media_sequence, playlist.version) == (2, 1000, 7)
    assert [segment.uri for segment in playlist.segments] == [f"run1/{1000 + number}.m4s" for number in range(len(playlist.segments))]
    assert len(playlist.segments) >= 7
    assert playlist.segments[0].init_section.uri == "run1/init.mp4"
    assert playlist.segments[0].program_date_time == stub.began.replace(microsecond=stub.began.microsecond // 1000 * 1000)
    assert not playlist.is_endlist and playlist.is_independent_segments


def test_the_master_playlist_names_codecs(web):
    (stream,) = m3u8.loads(get(web.port, "master.m3u8")[0].decode()).playlists
    assert (stream.uri, stream.stream_info.codecs, stream.stream_info.bandwidth >= 64_000) == ("live.m3u8", "mp4a.40.2", True)


def test_caches_keep_segments_for_ever_and_playlists_a_second(web):
    _, playlist = get(web.port, "live.m3u8")
    segment, headers = get(web.port, "run1/1001.m4s")
    assert (playlist["cache-control"], playlist["content-type"]) == ("public, max-age=1", "application/vnd.apple.mpegurl")
    assert (headers["cache-control"], headers["content-type"]) == ("public, max-age=31536000, immutable", "video/mp4")
    assert headers["access-control-allow-origin"] == "*"
    assert get(web.port, "run1/1001.m4s")[0] == segment


def test_all_web_processes_give_the_same(web, stub):
    live(web.port)
    with Web(stub.home) as other, Port(lambda: Hub(stub.home)) as port:
        until(lambda: live(other.port).media_sequence == live(web.port).media_sequence)
        until(lambda: live(other.port).dumps() == live(web.port).dumps() == live(port.port).dumps())
        for path in ("run1/init.mp4", "run1/1001.m4s"):
            assert get(other.port, path)[0] == get(web.port, path)[0] == get(port.port, path)[0]


@pytest.mark.parametrize("path", ["run1/999.m4s", "run1/9000.m4s", "run1/1001.ts", "run0/1001.m4s", "run0/init.mp4", "x", "run1/-1.m4s", "run1/²1.m4s"])
def test_what_is_not_there_is_not_found_and_not_kept(web, path):
    live(web.port)
    with pytest.raises(urllib.error.HTTPError) as refused:
        get(web.port, urllib.request.quote(path))
    refused.value.close()
    assert (refused.value.code, refused.value.headers["cache-control"]) == (404, "no-store")


def test_a_segment_that_another_process_named_already_is_waited_for(web):
    newest = live(web.port).segments[-1].uri
    following = f"run1/{int(newest.split('/')[1].split('.')[0]) + 1}.m4s"
    assert len(get(web.port, following)[0]) > 1000


def test_a_new_run_is_a_discontinuity_with_its_own_header(web, stub, made):
    live(web.port)
    stub.kill()
    stub.restart("run2", {"hls": made["second"]})
    until(lambda: any(segment.uri.startswith("run2/") for segment in live(web.port).segments))
    playlist = live(web.port)
    first = next(segment for segment in playlist.segments if segment.uri.startswith("run2/"))
    assert first.discontinuity and first.init_section.uri == "run2/init.mp4"
    assert sum(bool(segment.discontinuity) for segment in playlist.segments) == 1
    assert first.program_date_time >= stub.began.replace(microsecond=0)


def test_announcements_stand_in_the_playlist_when_they_are_heard(web, stub):
    live(web.port)
    stub.tell({"event": "speaking", "id": "a1", "title": 'Jalan "ditutup"', "texts": {"id": "Lewat\nMancak."}, "voice_at_ms": 6500, "ends_at_ms": 9000, "length_s": 2.5})
    stub.tell({"event": "speaking", "id": "late", "title": "x", "texts": {}, "voice_at_ms": 500_000, "length_s": 2.0})
    until(lambda: "DATERANGE" in get(web.port, "live.m3u8")[0].decode())
    text = get(web.port, "live.m3u8")[0].decode()
    (line,) = [line for line in text.splitlines() if "DATERANGE" in line]
    assert 'CLASS="id.pendopo.pengumuman"' in line and "DURATION=2.500" in line and 'X-TEXT="Lewat Mancak."' in line and "X-TITLE=\"Jalan ”ditutup”\"" in line
    (spoken,) = m3u8.loads(text).segments[0].dateranges
    started = datetime.fromisoformat(spoken.start_date.replace("Z", "+00:00"))
    assert abs((started - stub.began).total_seconds() - 6.5) < 0.002


def test_a_lost_segment_is_named_as_a_gap(tmp_path, made):
    lossy = [chunk for chunk in made["first"] if chunk.header or chunk.sequence != 1003]
    with StubEngine(tmp_path, {"hls": lossy}, ahead_s=13) as engine, Web(engine.home) as running:
        lines = get(running.port, "live.m3u8")[0].decode().splitlines()
        assert lines[lines.index("#EXT-X-GAP") + 2] == "run1/1003.m4s"
        assert len(heard(f"http://127.0.0.1:{running.port}/hls/live.m3u8", 8)) == pytest.approx(6 * RATE_HZ, abs=2048)


def test_listeners_of_hls_are_told_from_how_often_they_ask(web):
    for _ in range(20):
        live(web.port)
    until(lambda: web.hub.counts["hls"] == 2)


def heard(url: str, seconds: float) -> np.ndarray:
    """What ffmpeg hears over HTTP."""
    command = ["ffmpeg", "-loglevel", "error", "-live_start_index", "0", "-i", url, "-t", str(seconds), "-ac", "1", "-ar", str(RATE_HZ), "-f", "f32le", "-"]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)
    return np.frombuffer(done.stdout, np.float32)


def test_ffmpeg_hears_it_without_a_seam(web):
    sound = heard(f"http://127.0.0.1:{web.port}/hls/master.m3u8", 9)
    parts = [sound[at : at + RATE_HZ // 4] for at in range(RATE_HZ // 2, len(sound) - RATE_HZ // 4, RATE_HZ // 4)]
    assert len(sound) > 8.5 * RATE_HZ
    levels = [tone_db(part, FIRST) for part in parts]
    assert max(levels) - min(levels) < 1


def test_ffprobe_knows_the_codec(web):
    command = ["ffprobe", "-v", "error", "-show_streams", "-of", "json", f"http://127.0.0.1:{web.port}/hls/live.m3u8"]
    (stream,) = json.loads(subprocess.run(command, capture_output=True, timeout=60, check=True).stdout)["streams"]
    assert (stream["codec_name"], stream["profile"], stream["sample_rate"]) == ("aac", "LC", "48000")


def test_mpv_hears_it(web, tmp_path):
    out = tmp_path / "out.wav"
    command = ["mpv", "--no-config", "--no-terminal", "--no-video", "--ao=pcm", f"--ao-pcm-file={out}", "--length=5", f"http://127.0.0.1:{web.port}/hls/master.m3u8"]
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    with av.open(str(out)) as file:
        sound = np.concatenate([frame.to_ndarray().reshape(-1) for frame in file.decode(audio=0)]).astype(np.float32)
    assert tone_db(sound[len(sound) // 4 : len(sound) // 2], FIRST) > -30


def test_segments_of_liquidsoap_need_no_header(tmp_path, made):
    with StubEngine(tmp_path, {"hls": made["ts"]}, ahead_s=13) as engine, Web(engine.home) as running:
        playlist = live(running.port)
        assert playlist.segments[0].uri == "run1/1000.ts" and playlist.segments[0].init_section is None
        assert get(running.port, "run1/1000.ts")[1]["content-type"] == "video/mp2t"
        assert tone_db(heard(f"http://127.0.0.1:{running.port}/hls/live.m3u8", 4)[RATE_HZ:], FIRST) > -25
