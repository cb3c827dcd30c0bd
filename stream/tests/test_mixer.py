"""The sound of the station, rendered faster than real time and looked at as a signal."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from pendopo_stream.announcements import Announcement
from pendopo_stream.demo_audio import PIECES, compose
from pendopo_stream.engine.decks import FileSource
from pendopo_stream.engine.library import Library, measure
from pendopo_stream.engine.mixing import BLOCK, Ducker, Limiter, db, factor
from pendopo_stream.testing import Studio, decode, sine, tone_db, write_audio


def word(name: str, priority: str = "penting") -> Announcement:
    return Announcement(name, {"id": "Perhatian."}, priority, title="Awas")


def test_music_falls_by_fourteen_decibels_under_a_voice_and_comes_back(station_home):
    studio = Studio(station_home)
    before = tone_db(studio.render(2)[48_000:], 440)
    studio.mixer.announce(word("a"), sine(1500, 4, 0.5))
    sound = studio.render(9)
    under = tone_db(sound[3 * 48_000 : 4 * 48_000], 440)
    after = tone_db(sound[-48_000:], 440)
    assert before - under >= 10
    assert before - under == pytest.approx(14, abs=1)
    assert after == pytest.approx(before, abs=0.5)
    assert studio.kinds()[-2:] == ["speaking", "spoken"]


def test_the_music_is_soft_within_fifty_milliseconds(station_home):
    ducker = Ducker()
    voice = np.full((2, BLOCK), 0.3, np.float32)
    gains = [np.atleast_1d(ducker.block(voice))[-1] for _ in range(4)]
    assert gains[2] == pytest.approx(factor(-14), abs=0.01)


def test_an_emergency_silences_the_music_and_is_heard_twice(station_home):
    studio = Studio(station_home)
    studio.render(1)
    studio.mixer.announce(word("d", "darurat"), sine(1500, 2, 0.5))
    sound = studio.render(13)
    assert tone_db(sound[48_000 : 2 * 48_000], 440) < -60
    assert tone_db(sound[48_000 : 2 * 48_000], 853) > -25
    heard = [tone_db(sound[i : i + 4800], 1500) > -20 for i in range(0, len(sound) - 4800, 4800)]
    rises = sum(now and not earlier for earlier, now in pairwise(heard))
    assert rises == 2
    assert tone_db(sound[-48_000:], 440) > -20


def test_without_a_voice_the_attention_tone_is_heard_and_the_lack_is_told(station_home):
    studio = Studio(station_home)
    studio.render(1)
    studio.mixer.announce(word("a"), None, "no synthesiser")
    sound = studio.render(6)
    assert tone_db(sound[24_000:72_000], 853) > -25
    assert studio.kinds()[-3:] == ["unspoken", "speaking", "spoken"]
    assert [event["mute"] for event in studio.events if event["event"] == "speaking"] == [True]


def test_the_queue_says_what_waits(station_home):
    studio = Studio(station_home)
    studio.render(1)
    studio.mixer.announce(word("a", "info"), sine(1500, 1, 0.5))
    assert [(item["id"], item["speaking"]) for item in studio.mixer.queue()] == [("a", False)]


def test_an_info_word_waits_for_the_end_of_the_piece(station_home):
    studio = Studio(station_home)
    studio.render(1)
    studio.mixer.announce(word("a", "info"), sine(1500, 1, 0.5))
    studio.render(30)
    assert "speaking" not in studio.kinds()
    studio.render(12)
    assert "speaking" in studio.kinds()


def test_pieces_follow_each_other_without_a_hole(tmp_path):
    for number, pitch in enumerate((440, 660)):
        write_audio(tmp_path / f"media/music/{number}.wav", sine(pitch, 12))
    sound = Studio(tmp_path).render(40)
    level = [db(float(np.sqrt(np.mean(sound[i : i + 4800] ** 2)))) for i in range(4800, len(sound) - 4800, 4800)]
    assert min(level) > -25


def test_a_corrupt_file_and_an_empty_one_are_skipped_and_told(tmp_path):
    write_audio(tmp_path / "media/music/good.wav", sine(440, 20))
    studio = Studio(tmp_path)
    (tmp_path / "media/music/good.wav").write_bytes(b"RIFF" + b"\0" * 100)
    write_audio(tmp_path / "media/reserve/r.wav", sine(660, 20))
    studio = Studio(tmp_path)
    (tmp_path / "media/music/empty.mp3").write_bytes(b"")
    (tmp_path / "media/music/noise.mp3").write_bytes(bytes(range(256)) * 40)
    studio = Studio(tmp_path)
    sound = studio.render(5)
    assert tone_db(sound[48_000:96_000], 660) > -20
    assert set(studio.library.broken) >= {"music/good.wav", "music/empty.mp3"}


def test_a_file_that_breaks_while_it_plays_gives_way_to_the_reserve(tmp_path):
    write_audio(tmp_path / "media/music/a.wav", sine(440, 20))
    write_audio(tmp_path / "media/reserve/r.wav", sine(660, 20))
    studio = Studio(tmp_path)
    (tmp_path / "media/music/a.wav").unlink()
    sound = studio.render(3)
    assert {"failed", "fallback"} <= set(studio.kinds())
    assert tone_db(sound[-48_000:], 660) > -20


def test_a_silent_file_is_left_after_eight_seconds(tmp_path):
    write_audio(tmp_path / "media/music/a.wav", np.zeros(48_000 * 60, np.float32))
    write_audio(tmp_path / "media/reserve/r.wav", sine(660, 20))
    studio = Studio(tmp_path)
    sound = studio.render(11)
    assert "silence" in studio.kinds()
    assert [event["kind"] for event in studio.of("alarm")] == ["silence"]
    assert tone_db(sound[-48_000:], 660) > -20


def test_an_empty_station_sounds_a_tone(tmp_path):
    studio = Studio(tmp_path)
    sound = studio.render(12)
    assert tone_db(sound, 440) > -40
    assert studio.mixer.on_air.choice.rung == "tone"


def test_loud_and_soft_files_come_to_the_same_loudness(tmp_path):
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 0.1, 48_000 * 15).astype(np.float32)
    write_audio(tmp_path / "media/music/loud.wav", np.clip(noise * 2, -1, 1))
    write_audio(tmp_path / "media/music/soft.wav", noise / 4)
    studio = Studio(tmp_path, measure=True)
    gains = {track.id: track.gain_db for track in studio.library.tracks()}
    assert gains["music/soft.wav"] - gains["music/loud.wav"] == pytest.approx(20 * np.log10(8), abs=2.5)


def test_a_file_is_measured_once(station_home):
    first = Library(station_home / "media", station_home / "library.json")
    assert list(first.measure_new()) == ["music/a.wav"]
    again = Library(station_home / "media", station_home / "library.json")
    assert list(again.measure_new()) == []
    assert again.tracks()[0].gain_db == first.tracks()[0].gain_db != 0


def test_nothing_is_louder_than_the_ceiling():
    limiter = Limiter()
    for level in (0.1, 3.0, 0.9, 2.0):
        out = limiter.block(np.full((2, BLOCK), level, np.float32))
        assert np.abs(out).max() <= 10 ** (-1.5 / 20) + 1e-6


def test_what_is_encoded_is_what_was_mixed(station_home):
    studio = Studio(station_home)
    studio.render(4)
    for mount in ("mp3", "opus"):
        data = b"".join(chunk.data for chunk in studio.chunks if chunk.mount == mount)
        assert tone_db(decode(data, mount)[48_000:96_000], 440) == pytest.approx(20 * np.log10(0.3), abs=1.5)


def test_a_demo_piece_is_music_and_equal_each_time():
    first, second = compose(PIECES[0]), compose(PIECES[0])
    assert np.array_equal(first, second)
    assert 0.49 < np.abs(first).max() <= 0.51
    level = [float(np.sqrt(np.mean(first[i : i + 48_000] ** 2))) for i in range(0, len(first) - 6 * 48_000, 48_000)]
    assert min(level) > 0.01
    assert not np.array_equal(first[:48_000], compose(PIECES[1])[:48_000])


def test_what_goes_out_is_sixteen_lufs_whatever_comes_in(tmp_path):
    rng = np.random.default_rng(3)

    def noise(level: float) -> np.ndarray:
        return np.clip(np.convolve(rng.normal(0, level, 48_000 * 30), np.ones(24) / 24, "same"), -1, 1).astype(np.float32)

    write_audio(tmp_path / "media/music/loud.wav", noise(0.9))
    write_audio(tmp_path / "media/music/soft.wav", noise(0.1))
    write_audio(tmp_path / "media/music/wide.wav", np.stack([noise(0.4), noise(0.4)]))
    for piece in PIECES[:2]:
        write_audio(tmp_path / f"media/music/{piece.seed}.wav", compose(piece))
    studio = Studio(tmp_path, measure=True, mounts=("mp3",))
    voice = sine(300, 4, 0.05) * (1 + np.sin(np.arange(4 * 48_000) / 4000)).astype(np.float32)
    studio.render(100)
    studio.mixer.announce(word("a"), voice)
    studio.render(80)
    write_audio(tmp_path / "out.wav", studio.heard("mp3"))
    lufs, peak, seconds = measure(tmp_path / "out.wav")
    assert seconds > 179
    assert lufs == pytest.approx(-16, abs=1)
    assert peak < -0.5


def test_a_quiet_and_a_loud_speaker_are_heard_alike(station_home):
    levels = []
    for level in (0.05, 0.7):
        studio = Studio(station_home, mounts=("mp3",))
        studio.render(1)
        studio.mixer.announce(word("a"), sine(1500, 3, level))
        levels.append(tone_db(studio.render(5)[2 * 48_000 : 4 * 48_000], 1500))
    assert abs(levels[0] - levels[1]) < 5


def test_a_picture_named_as_music_is_skipped_and_music_named_wrongly_is_heard(tmp_path):
    write_audio(tmp_path / "media/music/wrong.mp3", sine(660, 20))  # it is a WAV
    (tmp_path / "media/music/picture.mp3").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    studio = Studio(tmp_path, measure=True)
    assert "music/picture.mp3" in studio.library.broken
    assert tone_db(studio.render(4)[-48_000:], 660) > -20


def test_a_piece_that_plays_longer_than_it_says_gives_way_when_its_time_is_over(tmp_path):
    write_audio(tmp_path / "media/music/a.wav", sine(440, 60))
    write_audio(tmp_path / "media/music/b.wav", sine(660, 60))
    studio = Studio(tmp_path)
    first = studio.mixer.on_air.station.tracks[0]
    studio.mixer.on_air.playing.station = replace(studio.mixer.on_air.station, tracks=tuple(
        replace(track, duration_s=15.0) for track in studio.mixer.on_air.station.tracks
    ))
    studio.render(20)
    assert len(studio.of("track")) == 2
    assert first.duration_s == 60


def test_a_long_piece_is_joined_in_the_middle_at_once(tmp_path):
    path = write_audio(tmp_path / "long.wav", np.concatenate([sine(440, 60), sine(660, 5)]))
    source = FileSource(path, from_s=58.0, to_s=62.0, patient=True)
    blocks = []
    while (block := source.read()) is not None:
        blocks.append(block[0])
    sound = np.concatenate(blocks)
    assert len(sound) / 48_000 == pytest.approx(4, abs=0.05)
    assert tone_db(sound[:90_000], 440) > -12
    assert tone_db(sound[-90_000:], 660) > -12


def test_a_station_that_falls_below_its_reserve_rings_an_alarm(tmp_path):
    studio = Studio(tmp_path)
    studio.render(1)
    assert [event["kind"] for event in studio.of("alarm")] == ["fallback"]
