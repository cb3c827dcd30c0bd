"""A real Chromium, a real server and a real engine: what a listener hears, reads and can do."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from gawe_radio.listening.testing import PITCH_HZ, bar, choose, engine, now, play, reading_delay_s, sounds_from, wait_for_silence_of_voice
from pendopo.testing.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
IN_TIME_S = 0.7
WORDS = "Jalan raya Cinangka ditutup karena longsor. Kendaraan dialihkan lewat Mancak sampai sore hari."


def source(page: Any) -> str:
    return page.evaluate("radios[0].src")


def announce(station: Server, name: str) -> None:
    engine(station).announce({"id": name, "texts": {"id": WORDS}, "priority": "penting", "title": "Jalan Cinangka ditutup"})


def test_words_are_read_at_the_moment_at_which_they_are_heard(listener, station):
    page = listener.page("/radio/")
    page.wait_for_function("() => document.documentElement.dataset.live === 'joined'")
    play(page)
    page.evaluate(f"watchMusic({PITCH_HZ})")
    page.wait_for_function("() => seen.music.length > 60")
    announce(station, "a1")
    assert abs(reading_delay_s(page)) < IN_TIME_S
    expect(bar(page).get_by_text("Jalan Cinangka ditutup").first).to_be_visible()
    expect(bar(page).get_by_text(WORDS)).to_be_visible()
    page.wait_for_function("() => seen.ended !== null", timeout=30_000)
    wait_for_silence_of_voice(station)


def test_words_are_read_with_their_sound_by_who_saves_data_too(listener, station):
    before = now(station)["position_ms"]
    until(lambda: now(station)["position_ms"] > max(20_000, before + 18_000), 60)  # such a listener begins 15 s ago, when words may have been said
    page = listener.page("/radio/")
    page.wait_for_function("() => document.documentElement.dataset.live === 'joined'")
    choose(page, "low")
    play(page)
    page.evaluate(f"watchMusic({PITCH_HZ})")
    page.wait_for_function("() => seen.music.length > 30", timeout=30_000)
    announce(station, "hemat")
    assert abs(reading_delay_s(page)) < IN_TIME_S
    wait_for_silence_of_voice(station)


def test_the_sound_goes_on_while_walking_and_after_a_full_load(listener):
    page = listener.page("/radio/")
    play(page)
    before = page.evaluate("radios[0].currentTime")
    page.get_by_role("link", name="Jadwal seminggu").first.click()
    page.wait_for_url("**/radio/jadwal/")
    sounds_from(page, before + 0.5)
    assert page.evaluate("radios.length") == 1
    page.reload()
    sounds_from(page, 0.3)
    bar(page).get_by_role("button", name="Hentikan radio").click()
    page.reload()
    expect(bar(page).get_by_role("button", name="Putar radio")).to_be_visible()
    assert page.evaluate("radios.length") == 0


def test_low_data_is_chosen_by_hand_and_kept(listener):
    page = listener.page("/radio/")
    play(page)
    assert "/radio/stream.mp3?posisi=" in source(page)
    choose(page, "low")
    page.wait_for_function("() => radios[0].src.includes('/radio/low.opus') && radios[0].currentTime > 0.3", timeout=30_000)
    page.reload()
    sounds_from(page, 0.3)
    assert "/radio/low.opus" in source(page)


def test_a_listener_rewinds_and_comes_back_to_the_present(listener, station):
    until(lambda: now(station)["position_ms"] > 45_000, 60)
    page = listener.page("/radio/")
    play(page)
    bar(page).get_by_role("button", name="Pilihan mendengarkan").click()
    bar(page).get_by_role("button", name="30 detik").click()
    page.wait_for_function("() => radios[0].src.includes('/radio/ulang.mp3') && radios[0].currentTime > 0.3", timeout=30_000)
    behind = bar(page).locator("[data-radio-behind]")
    expect(behind).to_contain_text("lalu")
    assert 20 <= seconds_of(behind.inner_text()) <= 45
    bar(page).get_by_role("button", name="Langsung").last.click()
    page.wait_for_function("() => radios[0].src.includes('/radio/stream.mp3') && radios[0].currentTime > 0.3", timeout=30_000)
    expect(behind).to_have_text("Langsung")


def seconds_of(text: str) -> int:
    minutes, seconds = text.split()[0].split(".")
    return int(minutes) * 60 + int(seconds)


def test_a_lost_connection_comes_back_by_itself(listener, station):
    page = listener.page("/radio/")
    play(page)
    with listener.unwatched():
        listener.context.set_offline(True)
        page.evaluate("radios[0].dispatchEvent(new Event('error'))")
        expect(bar(page).get_by_role("status")).to_contain_text("Mencoba lagi")
        listener.context.set_offline(False)
    sounds_from(page, 0.3)
    expect(bar(page).get_by_role("status")).to_have_text("Radio diputar")
