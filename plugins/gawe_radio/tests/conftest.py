"""People of the studio, and a word to the people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from gawe_radio.announcements import Words, write_announcement
from gawe_radio.listening.testing import WATCH, toned
from pendopo.testing.browser import Visitor, launched
from pendopo.testing.server import Server

SPEAK = ("radio.studio", "radio.announce")


@pytest.fixture
def announcer(officer: Any) -> Any:
    return officer(*SPEAK, opd="diskominfo", name="Rara Contoh", scope="regency")


@pytest.fixture
def official(officer: Any) -> Any:
    return officer(*SPEAK, "radio.approve", opd="bpbd", name="Ibu Kepala Contoh", scope="regency")


@pytest.fixture
def editor(officer: Any) -> Any:
    return officer(*SPEAK, "radio.readouts", "radio.programme", opd="diskominfo", name="Redaktur Contoh", scope="regency")


@pytest.fixture
def curator(officer: Any) -> Any:
    return officer("radio.studio", "radio.programme", "radio.media", opd="diskominfo", name="Kurator Contoh", scope="regency")


def words(priority: str = "info", text: str = "Jalan raya Cinangka ditutup karena longsor.", **more: Any) -> Words:
    return Words(more.pop("title", "Jalan Cinangka ditutup"), {"id": text}, priority, **more)


@pytest.fixture
def publish(db: Any, announcer: Any, now: Any) -> Callable[..., Any]:
    """`publish("penting", areas=("36.04.30",))`: a word that is out, by the announcer."""

    def publish(priority: str = "info", **more: Any) -> Any:
        more.setdefault("until", now + timedelta(hours=6))
        return write_announcement(db, announcer, words(priority, **more), now=now)

    return publish


@pytest.fixture(scope="session")
def live_station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A real server and engine with announcers, a producer and a listener; made once, for all tests of live voices."""
    from gawe_radio.live.testing import Station

    home = tmp_path_factory.mktemp("studio")
    station = Station(home, f"sqlite:///{home / 'pendopo.db'}", workers=2, PENDOPO_LOG_LEVEL="warning")
    try:
        yield station.begin()
    finally:
        station.end()


@pytest.fixture
def live_ear(live_station: Any) -> Iterator[Any]:
    """A listener of the MP3 mount without burst."""
    from gawe_radio.live.testing import MUSIC_HZ, Ear
    from pendopo.testing.server import until

    listener = Ear(live_station.base)
    until(lambda: listener.hears(MUSIC_HZ), 30)
    yield listener
    listener.stop()


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A portal whose station plays one long tone."""
    with toned(tmp_path_factory.mktemp("rumah")) as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as browser:
        yield browser


@pytest.fixture
def listener(browser: Any, station: Server) -> Iterator[Visitor]:
    visitor = Visitor(browser, station)
    visitor.context.add_init_script(WATCH)
    yield visitor
    visitor.close()
    assert not visitor.wrong
