"""A real Chromium hears a real engine in every way that can be chosen, later, in another site's frame, and with the phone's own keys."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import expect

from gawe_radio.listening.testing import PITCH_HZ, WATCH, bar, choose, engine, now, play, reading_delay_s, sounds_from, wait_for_silence_of_voice
from pendopo.kit import settings
from pendopo.testing.browser import ARGUMENTS, Visitor, chromium
from pendopo.testing.people import People
from pendopo.testing.server import Server, portal_of, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
IN_TIME_S = 0.7
CHIME_S = 1.0  # between the music's sinking and the first word
WORDS = "Jalan Cinangka longsor."
FALLEN = "Siaran biasa"
PLAYS = "(part) => radios[0]?.src.includes(part) && !radios[0].paused && radios[0].currentTime > 0.3"


def joined(listener: Visitor) -> Any:
    """A page that is told what happens."""
    page = listener.page("/radio/")
    page.wait_for_function("() => document.documentElement.dataset.live === 'joined'")
    return page


def word(page: Any) -> Any:
    """What the bar says of itself."""
    return bar(page).locator("[data-radio-state]")


def watch(page: Any) -> None:
    page.evaluate(f"watchMusic({PITCH_HZ})")
    page.wait_for_function("() => seen.music.length > 40", timeout=30_000)


def announce(station: Server, name: str) -> None:
    engine(station).announce({"id": name, "texts": {"id": WORDS}, "priority": "penting", "title": "Jalan ditutup"})


def restart_engine(station: Server) -> None:
    """kill -9; the server begins another."""
    run = now(station)["run"]
    os.kill(int((station.home / "radio/engine.lock").read_text()), signal.SIGKILL)
    until(lambda: now(station).get("run") not in (run, None) and now(station)["on_air"], 60)


# -------------------------------------------------------------------------------------------------------------- ways


@pytest.fixture
def no_seats(station: Server) -> Iterator[None]:
    set_seats(station, 0)
    yield
    set_seats(station, 50)


def test_who_finds_no_seat_hears_the_usual_way_and_is_told(listener, no_seats):
    page = joined(listener)
    choose(page, "dekat")
    bar(page).get_by_role("button", name="Putar radio").click()
    page.wait_for_function(PLAYS, arg="/radio/stream.mp3", timeout=30_000)
    expect(word(page)).to_contain_text(FALLEN)
    expect(word(page)).to_be_visible()
    expect(bar(page).get_by_text("Cara pilihan Anda sedang tidak tersedia")).to_be_visible()


def set_seats(station: Server, seats: int) -> None:
    portal = portal_of(station)
    manager = People(portal).officer("core.manage_settings", opd="diskominfo", scope="regency")
    moment = datetime.now(UTC)
    with portal.db.session() as db:
        settings.set_value(db, manager, "radio.whep_batas", str(seats), effective_from=moment.date() - timedelta(days=2), now=moment)
    portal.db.dispose()


def test_without_segments_the_usual_way_is_heard(listener):
    page = joined(listener)
    page.route("**/radio/hls/**", lambda route: route.fulfill(status=404))  # an engine that was begun without them
    choose(page, "hls")
    bar(page).get_by_role("button", name="Putar radio").click()
    page.wait_for_function(PLAYS, arg="/radio/stream.mp3", timeout=30_000)
    expect(word(page)).to_contain_text(FALLEN)


# -------------------------------------------------------------------------------------------------- the device's own


def test_the_lock_screen_shows_what_plays_and_its_keys_work(listener):
    listener.context.add_init_script("""
      window.keys = {};
      const set = MediaSession.prototype.setActionHandler;
      MediaSession.prototype.setActionHandler = function (name, act) { keys[name] = act; return set.call(this, name, act); };
    """)
    page = joined(listener)
    play(page)
    assert {"play", "pause", "stop", "seekbackward", "seekforward"} <= set(page.evaluate("Object.keys(keys)"))
    page.wait_for_function("() => navigator.mediaSession.metadata?.title === 'Penala - Nada'")
    assert page.evaluate("navigator.mediaSession.metadata.album").startswith("Radio ")
    assert page.evaluate("navigator.mediaSession.playbackState") == "playing"
    page.evaluate("keys.pause()")
    expect(bar(page).get_by_role("button", name="Putar radio")).to_be_visible()
    assert page.evaluate("[radios[0].paused, navigator.mediaSession.playbackState]") == [True, "none"]
    page.evaluate("keys.play()")
    sounds_from(page, 0.3)


def test_the_sleep_timer_fades_and_stops(listener):
    page = joined(listener)
    play(page)
    bar(page).get_by_role("button", name="Pilihan mendengarkan").click()
    bar(page).get_by_label("Berhenti sendiri").select_option("15")
    expect(bar(page).get_by_text("Berhenti dalam 15.00")).to_be_visible()
    page.evaluate("const real = Date.now; Date.now = () => real() + (15 * 60 - 4) * 1000")  # the last four seconds
    page.wait_for_function("() => radios[0].volume < 0.4 && !radios[0].paused")
    page.wait_for_function("() => radios[0].paused")
    expect(bar(page).get_by_role("button", name="Putar radio")).to_be_visible()
    expect(bar(page).get_by_label("Berhenti sendiri")).to_have_value("0")


def test_who_begins_in_another_tab_hears_only_that_one(listener):
    first, second = joined(listener), joined(listener)
    play(first)
    play(second)
    expect(bar(first).get_by_role("button", name="Putar radio")).to_be_visible()
    assert first.evaluate("radios[0].paused")
    sounds_from(second, 0.5)


def test_where_no_page_may_begin_by_itself_one_press_goes_on(browser, station):
    careful = browser.browser_type.launch(executable_path=chromium(), args=[*ARGUMENTS[:-1], "--autoplay-policy=user-gesture-required"])
    listener = Visitor(careful, station)
    listener.context.add_init_script(WATCH)
    page = listener.page("/radio/")
    play(page)
    page.reload()
    expect(word(page)).to_contain_text("Tekan putar untuk melanjutkan")
    bar(page).get_by_role("button", name="Lanjutkan radio").click()
    sounds_from(page, 0.3)
    careful.close()
    assert not listener.wrong


# ----------------------------------------------------------------------------------------------------- on other sites


@pytest.fixture
def other_site(station: Server) -> Iterator[str]:
    """The address of a page of somebody else that frames ours."""
    frames = "".join(f'<iframe src="{station.base}{path}" allow="autoplay"></iframe>' for path in ("/radio/sematan/", "/radio/", "/masuk", "/kerja/"))

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<!doctype html><title>Desa</title>{frames}".encode())

        def log_message(self, *_words: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_the_small_player_plays_in_another_sites_frame_and_nothing_else_shows_there(browser, station, other_site):
    context = browser.new_context(locale="id-ID")
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(other_site)
    small, *others = page.main_frame.child_frames
    small.get_by_role("button", name="Putar radio").click()
    sounds_from(small, 0.3)
    expect(small.get_by_text("Nada")).to_be_visible()
    assert small.url == f"{station.base}/radio/sematan/"
    assert [frame.url.partition(":")[0] for frame in others] == ["chrome-error"] * 3
    assert context.cookies() == []
    context.close()


# ------------------------------------------------------------------------------------------------------------- later


def test_words_that_are_heard_later_are_read_with_their_sound(listener, station):
    until(lambda: now(station)["position_ms"] > 20_000, 60)
    announce(station, "lalu")
    wait_for_silence_of_voice(station)
    page = joined(listener)  # which was not told of it
    play(page)
    bar(page).get_by_role("button", name="Pilihan mendengarkan").click()
    bar(page).locator("[data-radio-back]").fill("-15")
    page.wait_for_function(PLAYS, arg="/radio/ulang.mp3", timeout=30_000)
    watch(page)
    page.wait_for_function("() => seen.sank !== null && seen.read !== null", timeout=40_000)
    assert abs(page.evaluate("seen.read - seen.sank") / 1000 - CHIME_S) < 1.0
    expect(bar(page).get_by_text(WORDS)).to_be_visible()


# ------------------------------------------------------------------------------------------------ a new engine, at last


@pytest.mark.parametrize(("way", "plays"), [
    ("hls", "() => radios[0]?.src.startsWith('blob:') && radios[0].currentTime > 0.3"),
    ("dekat", "() => radios[0]?.srcObject?.active && radios[0].currentTime > 0.3"),
], ids=["hls", "webrtc"])
def test_a_chosen_way_sounds_its_words_are_read_in_time_and_a_new_engine_is_heard(listener, station, way, plays):
    page = joined(listener)
    choose(page, way)
    bar(page).get_by_role("button", name="Putar radio").click()
    page.wait_for_function(plays, timeout=30_000)
    watch(page)
    announce(station, f"a-{way}")
    assert abs(reading_delay_s(page)) < IN_TIME_S
    expect(bar(page).get_by_text(WORDS)).to_be_visible()
    wait_for_silence_of_voice(station)

    restart_engine(station)
    announce(station, f"b-{way}")
    expect(word(page)).to_have_text("Radio diputar")
    page.wait_for_function(f"(id) => told.id === id && ({plays})()", arg=f"b-{way}", timeout=30_000)
    expect(bar(page).get_by_text(WORDS)).to_be_visible()
    wait_for_silence_of_voice(station)
