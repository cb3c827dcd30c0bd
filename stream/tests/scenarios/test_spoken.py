"""What is said on the air, found in what listeners heard."""

from __future__ import annotations

import numpy as np
import pytest

from pendopo_stream.engine.testing import Station
from pendopo_stream.relay.icy import IcyReader
from pendopo_stream.relay.testing import Ear
from pendopo_stream.speech import synthesize
from pendopo_stream.testing import RATE_HZ, tone_db, where, write_audio

NEAR_MS = {"embedded": 300, "liquidsoap": 300}  # so near to the told position the words are
THERE, NOT_THERE = 0.7, 0.35


def hz(sound: np.ndarray, pitch_hz: float, from_ms: float, to_ms: float) -> float:
    return tone_db(sound[round(from_ms * RATE_HZ / 1000) : round(to_ms * RATE_HZ / 1000)], pitch_hz)


def test_an_announcement_is_heard_where_it_is_told_over_softened_music(station: Station):
    words = "Perhatian. Jalan raya Cinangka ditutup karena longsor."
    station.wait_for(station.start("music/440.wav") + 4000)
    assert station.announce("longsor", words, title="Longsor")["voice"]
    told = station.told("speaking", id="longsor")
    station.told("spoken", id="longsor")
    begins = told["voice_at_ms"]
    at, alike = station.find(synthesize(words), begins - 3000, told["ends_at_ms"] + 1000)
    assert alike > THERE
    print(f"{station.engine}: the words begin {at - begins:+.0f} ms from where they are told")
    assert abs(at - begins) < NEAR_MS[station.engine]
    before = tone_db(station.sound(begins - 3500, begins - 2500), 440)
    assert before - tone_db(station.sound(at + 500, at + 1500), 440) >= 9
    assert tone_db(station.sound(told["ends_at_ms"] + 2000, told["ends_at_ms"] + 3000), 440) == pytest.approx(before, abs=1.5)


def test_what_is_cancelled_while_it_waits_is_never_heard_and_the_next_one_is(station: Station):
    gone, kept = "Pasar malam dipindahkan ke lapangan Ciruas.", "Lomba layang-layang dimulai sesudah lohor."
    began = station.end_ms()
    station.announce("pasar", gone, "info")
    station.announce("lomba", kept, "info")
    station.ask("cancel", id="pasar")
    station.start("jingle/gong.wav")  # its end is a break, in which information is said
    station.told("spoken", id="lomba")
    ends = station.told("speaking", id="lomba")["ends_at_ms"]
    assert station.find(synthesize(kept), began, ends)[1] > THERE
    assert station.find(synthesize(gone), began, ends)[1] < NOT_THERE
    assert not [event for event in station.events if event["event"] == "speaking" and event["id"] == "pasar"]


def test_what_is_cancelled_in_the_middle_of_a_word_falls_silent_and_music_is_back(station: Station):
    words = "Warga diminta menunda perjalanan. " + "Hujan lebat masih turun di hulu sungai Ciujung, dan air naik dengan cepat. " * 2
    station.start("music/550.wav")
    station.announce("tunda", words)
    begins = station.told("speaking", id="tunda")["voice_at_ms"]
    station.wait_for(begins + 1500)
    station.ask("cancel", id="tunda")
    cut = station.end_ms()
    station.told("cancelled", id="tunda")
    assert cut < begins + 5000, "it was said to its end before anyone could stop it"
    after = station.sound(cut, cut + 4500)
    assert hz(after, 550, 2500, 4500) > -22
    rest = synthesize(words)[round((cut - begins + 1000) * RATE_HZ / 1000) :][: 2 * RATE_HZ]
    assert where(after, rest)[1] < NOT_THERE


def test_an_emergency_breaks_in_within_a_second_is_said_twice_and_gives_the_music_back(station: Station):
    words = "Naiklah ke bukit."
    clip = synthesize(words)
    write_audio(station.home / "voices/awas.wav", clip)
    before = station.start("music/660.wav") + 2000
    station.wait_for(before + 1000)
    called = station.end_ms()
    station.announce("tsunami", words, "darurat", voice="voices/awas.wav", title="Tsunami")
    told = station.told("speaking", id="tsunami")
    station.told("spoken", id="tsunami")
    begins, ends = told["voice_at_ms"] - called, told["ends_at_ms"] - called
    sound = station.sound(called, told["ends_at_ms"] + 3000)
    call = next(at for at in range(0, 20_000, 50) if hz(sound, 853, at, at + 100) > -30 and hz(sound, 960, at, at + 100) > -30)
    print(f"{station.engine}: the emergency is heard {call} ms after it was called")
    assert call < 1000
    assert hz(sound, 660, begins - 3000, begins - 1000) < -50, "the music is heard under the call"
    first, alike = where(sound, clip)
    assert alike > THERE
    earlier, later = where(sound[:first], clip), where(sound[first + len(clip) :], clip)
    assert max(earlier[1], later[1]) > THERE, "it is said once only"
    first = earlier[0] if earlier[1] > THERE else first
    assert abs(first * 1000 / RATE_HZ - begins) < NEAR_MS[station.engine]
    assert hz(sound, 660, ends + 2000, ends + 3000) == pytest.approx(tone_db(station.sound(before, before + 1000), 660), abs=1.5)


def test_a_player_reads_titles_in_the_order_in_which_it_hears_them(station: Station):
    station.start("music/440.wav")
    with Ear(station.port, "/stream.mp3", Icy_MetaData="1") as ear:
        reader = IcyReader(int(ear.headers["icy-metaint"]))

        def read_until(title: str) -> None:
            station.until(lambda: reader.feed(ear.hear(0.2)) is not None and reader.titles[-1:] == [title], title)

        read_until("Penala - Nada 440")
        seen = len(reader.titles)
        for pitch in (660, 550):
            station.start(f"music/{pitch}.wav")
            read_until(f"Penala - Nada {pitch}")
        station.announce("pajak", "Bayar pajak sebelum akhir bulan, di kantor kecamatan atau lewat telepon.", title="Pajak")
        read_until("Pajak")
        read_until("Penala - Nada 550")
    assert reader.titles[seen:] == ["Penala - Nada 660", "Penala - Nada 550", "Pajak", "Penala - Nada 550"]
