"""A citizen asks for a song, a moderator accepts it, and it is next on the air of a real station."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from pendopo.testing.browser import Visitor, launched
from pendopo.testing.people import open_session_for
from pendopo.testing.server import Server, until
from pendopo_stream.relay import Engine, EngineAway
from pendopo_stream.testing import sine, write_audio

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Known:
    """A server, and the sessions of people who were made in its database."""

    def __init__(self, server: Server, portal: Any) -> None:
        self.server, self.portal, self.base = server, portal, server.base

    def session_of(self, who: int) -> str:
        return open_session_for(self.portal, who)


@pytest.fixture
def station(portal: Any, tmp_path: Path) -> Iterator[Server]:
    home = tmp_path / "rumah"
    write_audio(home / "radio/media/ident/nama.wav", sine(700, 20, 0.2), title="Nama stasiun", artist="Radio")
    for number, title in enumerate(("Ladrang", "Gending", "Ketawang")):
        write_audio(home / f"radio/media/music/{title.lower()}.wav", sine(300 + 90 * number, 150, 0.2), title=title, artist=f"Sanggar {title}")
    server = Server(home, portal.settings.database_url)
    server.start()
    yield server
    server.stop()


def now(station: Server) -> dict[str, Any]:
    try:
        return Engine(station.home / "radio").status()["now"]
    except EngineAway:
        return {}


def next_one(station: Server, wanted: str) -> dict[str, Any] | None:
    """What the engine tells as next, once it knows of the wish."""
    comes = now(station).get("next") or {"kind": "", "title": ""}
    return comes if comes["kind"] == "ident" or comes["title"] == wanted else None


def test_a_citizens_song_is_accepted_and_played_next(station, portal, resident, officer):
    from pendopo.identity import Jabatan

    moderator = officer("radio.studio", "radio.board", opd="diskominfo", name="Rara Contoh", scope="regency")
    with portal.db.session() as db:  # a role that the other process knows too
        db.get(Jabatan, moderator.posts[0].jabatan_id).roles = ["radio_penyiar"]
    playing = until(lambda: now(station).get("track", {}).get("title"), 60)
    wanted = next(title for title in ("Ladrang", "Gending", "Ketawang") if title != playing)
    with launched() as browser:
        house = Known(station, portal)
        citizen, desk = Visitor(browser, house, resident.account_id), Visitor(browser, house, moderator.account_id)
        page = citizen.page("/radio/papan/")
        page.get_by_role("link", name="Minta lagu").last.click()
        page.get_by_label("Judul atau penyanyi").fill(wanted)
        page.get_by_role("button", name="Cari", exact=True).last.click()
        page.get_by_role("link", name=f"Minta Sanggar {wanted}").click()
        page.get_by_label("Titip salam").fill("Untuk ibu di Anyar")
        page.get_by_role("button", name="Kirim", exact=True).click()
        expect(page.get_by_text("Menunggu dibaca penyiar")).to_be_visible()

        studio = desk.page("/kerja/radio/papan/")
        expect(studio.get_by_text("Untuk ibu di Anyar").first).to_be_visible()
        studio.get_by_role("button", name="Terima").first.click()
        expect(studio.get_by_text("Dalam antrean")).to_be_visible()
        expect(page.get_by_text("Masuk antrean")).to_be_visible()

        engine = Engine(station.home / "radio")
        comes = until(lambda: next_one(station, wanted), 20)
        if comes["kind"] == "ident":  # the station's name is due; the song follows it
            engine.ask("skip")
            comes = until(lambda: now(station)["track"]["kind"] == "ident" and next_one(station, wanted), 20)
        assert comes["title"] == wanted
        engine.ask("skip")
        until(lambda: now(station)["track"]["title"] == wanted, 20)
        expect(page.get_by_text("Sudah diputar")).to_be_visible()
        assert not citizen.wrong
        assert not desk.wrong
        citizen.close()
        desk.close()
