"""Whose voice is heard: recorded clips, a take of a person, the robot; a drill says that it is one."""

import io
import wave
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pendopo_stream import speech, takes
from pendopo_stream.announcements import Announcement, AnnouncementQueue
from pendopo_stream.clips import Clips, slug, split

NOON = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)


def wav(pitch_hz: float = 440.0, length_s: float = 1.0, level: float = 0.3) -> bytes:
    time = np.arange(int(length_s * 24_000)) / 24_000
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24_000)
        file.writeframes((np.sin(2 * np.pi * pitch_hz * time) * level * 32767).astype("<i2").tobytes())
    return out.getvalue()


def pitch_hz(sound: np.ndarray) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(sound)))) * speech.RATE_HZ / len(sound)


@pytest.mark.parametrize(("text", "pieces"), [
    ("Perhatian, warga Kecamatan Anyar.", [("clip", "perhatian"), ("words", ", warga "), ("clip", "kecamatan-anyar")]),
    ("Kecamatan Anyar Barat", [("clip", "kecamatan-anyar"), ("words", " Barat")]),
    ("Anyar", [("words", "Anyar")]),
    ("Perhatian perhatian", [("clip", "perhatian"), ("clip", "perhatian")]),
    ("...", []),
])
def test_the_longest_known_phrase_is_taken_from_its_clip(text, pieces):
    assert split(text, {"perhatian", "kecamatan-anyar", "kecamatan"}) == pieces


@given(st.text(max_size=80), st.sets(st.text(alphabet="abc-", min_size=1, max_size=8), max_size=5))
def test_no_word_is_lost_or_said_twice(text, phrases):
    assert "-".join(filter(None, (slug(part) for _kind, part in split(text, phrases)))) == slug(text)


def test_a_clip_is_heard_before_the_robot_speaks_the_rest(tmp_path, monkeypatch):
    (tmp_path / "id").mkdir()
    (tmp_path / "id" / "perhatian.wav").write_bytes(wav(700))
    (tmp_path / "id" / "awas.wav").write_bytes(b"no sound")
    asked = []
    monkeypatch.setattr(speech, "_spoken", lambda text, *_more: asked.append(text) or np.full(speech.RATE_HZ, 0.1, np.float32))
    sound = speech.synthesize("Perhatian. Awas, jalan ditutup.", clips=Clips(tmp_path))
    assert pitch_hz(sound[: speech.RATE_HZ // 2]) == pytest.approx(700, abs=5)
    assert [slug(text) for text in asked] == ["awas", "jalan-ditutup"]


def test_a_persons_take_is_heard_instead_of_the_robot(tmp_path):
    (tmp_path / "voices").mkdir()
    (tmp_path / "voices" / "rara.mp3").write_bytes(takes.as_mp3(takes.read_take(wav(520, 2.0))))
    sound = speech.said(Announcement("a", {"id": "Jalan ditutup."}, voice="voices/rara.mp3"), tmp_path)
    assert len(sound) / speech.RATE_HZ == pytest.approx(2.0, abs=0.1)
    assert pitch_hz(sound) == pytest.approx(520, abs=5)


def test_the_robot_speaks_when_the_take_is_gone(tmp_path):
    robot = speech.said(Announcement("a", {"id": "Jalan ditutup."}), tmp_path)
    assert np.array_equal(speech.said(Announcement("a", {"id": "Jalan ditutup."}, voice="voices/hilang.mp3"), tmp_path), robot)


def test_a_drill_is_called_one_before_and_after(tmp_path):
    word = {"id": "Gempa bumi."}
    call = speech.synthesize(speech.DRILL_CALL)
    plain, drill = (speech.said(Announcement("a", word, drill=drill), tmp_path) for drill in (False, True))
    assert np.array_equal(drill[: len(call)], call)
    assert np.array_equal(drill[-len(call) :], call)
    assert len(drill) > len(plain) + 2 * len(call)


@pytest.mark.parametrize(("data", "why"), [
    (b"", "unknown"), (b"#EXTM3U\nfile:///etc/passwd\n", "unknown"), (b"RIFF\0\0\0\0WAVE", "unknown"), (wav(level=0.0), "silent"), (wav(length_s=0.05), "short"),
    (wav(length_s=97), "long"),
])
def test_what_is_no_take_is_refused_by_its_content(data, why):
    with pytest.raises(takes.NotATake) as refused:
        takes.read_take(data)
    assert refused.value.why == why


def test_a_recording_of_a_browser_is_read(tmp_path):
    import av

    path = tmp_path / "rekaman.webm"
    with av.open(str(path), "w", format="webm") as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono")
        tone = np.sin(2 * np.pi * 300 * np.arange(48_000 * 2) / 48_000).astype(np.float32) * 0.2
        for start in range(0, len(tone), 960):
            frame = av.AudioFrame.from_ndarray(tone[None, start : start + 960], format="flt", layout="mono")
            frame.sample_rate, frame.pts = 48_000, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert pitch_hz(takes.read_take(path.read_bytes())) == pytest.approx(300, abs=5)


@pytest.mark.parametrize("more", [
    {"voice": "voices/../station.json"}, {"voice": "/etc/passwd"}, {"voice": "voices/"}, {"day_min": (0, 1440)}, {"day_min": (-1, 5)}, {"only_areas": True},
])
def test_what_an_announcement_can_not_be(more):
    with pytest.raises(ValueError, match=r".+"):
        Announcement("a", {"id": "kata"}, **more)


def test_an_announcement_travels_whole():
    word = Announcement(
        "a", {"id": "kata"}, "darurat", areas=("36.04.30",), only_areas=True, voice="voices/a.mp3", drill=True, attention=True, day_min=(60, 900), until=NOON,
    )
    assert Announcement.from_json(word.as_json()) == word


@pytest.mark.parametrize(("day_min", "hour", "may"), [
    ((0, 0), 3, True), ((60, 900), 5, True), ((60, 900), 0, False), ((60, 900), 15, False), ((1320, 120), 23, True), ((1320, 120), 1, True), ((1320, 120), 12, False),
])
def test_it_is_said_again_only_at_its_hours(day_min, hour, may):
    queue = AnnouncementQueue()
    queue.add(Announcement("a", {"id": "kata"}, "penting", every_s=60, day_min=day_min), NOON)
    assert queue.next(NOON) is not None, "the first time keeps no hours"
    queue.said("a", NOON)
    assert (queue.next(NOON.replace(day=2, hour=hour)) is not None) is may
