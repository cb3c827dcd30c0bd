"""Beside requests in every web process: one connection to the engine, many listeners on it.

The leading process also brings news from the engine into the database: what was on the air, what plays now, and, when
the engine began anew, what is still to be said.
"""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import UTC, datetime
from typing import Any

import structlog

from pendopo import Companion
from pendopo_stream.engine.log import LOGGED
from pendopo_stream.relay import Hub

from . import air_log, alarms, station, wire
from .board import desk
from .listening import heard

log = structlog.get_logger("gawe_radio.companion")
GATHER_S = 0.3  # news that come together are written together

hub: Hub | None = None
_scribe: Scribe | None = None


def companion() -> Companion:
    return Companion("radio", start, stop)


async def start(portal: Any) -> None:
    global hub, _scribe
    home = portal.settings.home / "radio"
    home.mkdir(parents=True, exist_ok=True)
    hub = Hub(home.absolute())
    if portal.background is None or portal.background.leads:
        _scribe = Scribe(portal, hub)
        _scribe.start()
    for mount in ("mp3", "opus"):
        hub.want(mount)  # so that a page can be told where its listener would begin, and the first one has a whole burst
    hub.start()


async def stop() -> None:
    global hub, _scribe
    ended, hub = hub, None
    scribe, _scribe = _scribe, None
    if ended is not None:
        await ended.stop()
    if scribe is not None:
        await scribe.stop()


class Scribe:
    """Writes down what the engine tells, in a thread, one lot after the other."""

    def __init__(self, portal: Any, upstream: Hub) -> None:
        self.portal, self.upstream = portal, upstream
        self._news = asyncio.Event()
        self._run = ""
        self._title = ""
        self._cues: deque[dict[str, Any]] = deque()  # what pages are told, with the moment at which it is heard
        self._task: asyncio.Task[None] | None = None
        upstream.on_event.append(self._hear)

    def start(self) -> None:
        self._news.set()  # what happened while no web process ran
        self._task = asyncio.create_task(self._write_on(), name="radio scribe")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _hear(self, event: dict[str, Any]) -> None:
        cue = heard.cue_of(event, self.upstream)
        if cue is not None:
            self._cues.append(cue)
            self._news.set()
        if event.get("event") in (*LOGGED, "hello", "away"):
            self._news.set()

    async def _write_on(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            await asyncio.sleep(GATHER_S)
            try:
                await self.portal.answering.in_thread(self._write)
            except Exception as error:  # noqa: BLE001  a lot that fails is tried again with the next news
                self.portal.host.fault("gawe_radio", "companion:radio", error)
                await asyncio.sleep(5)
                self._news.set()

    def _write(self) -> None:
        now = datetime.now(UTC)
        if cues := list(self._cues):
            with self.portal.db.session() as db:
                heard.tell_pages(db, cues)
            for _cue in cues:  # not before they are written
                self._cues.popleft()
        playing = now_playing(self.upstream)
        with self.portal.db.session() as db:
            alarms.hear(db, air_log.take_over(db), now)
            desk.note_played(db)
            if self.upstream.connected and playing["title"] != self._title:
                wire.tell_now_playing(db, playing)
        self._title = playing["title"]
        run = str(self.upstream.state.get("run", ""))
        if self.upstream.connected and run != self._run:
            with self.portal.db.session() as db:
                station.write_programme(db, now)
                station.bring_all_to_air(db, now)
                desk.bring_all_songs(db, now)
            self._run = run


def now_playing(upstream: Hub | None) -> dict[str, Any]:
    """What plays, for players and other machines."""
    now = upstream.now if upstream is not None and upstream.connected else {}
    programme, speaking = now.get("programme"), now.get("speaking")
    track = now.get("track") or {}
    return {
        "on_air": bool(now),
        "title": upstream.title if now and upstream is not None else "", "artist": track.get("artist", ""), "track": track.get("title", ""),
        "started_at": now.get("started_at"), "programme": _short(programme), "next_programme": _short(now.get("next_programme")),
        "speaking": {key: speaking.get(key) for key in ("title", "priority")} if speaking else None,
        "listeners": upstream.listeners if upstream is not None else 0, "began": upstream.began if now and upstream is not None else "",
    }


def _short(programme: dict[str, Any] | None) -> dict[str, Any] | None:
    return {key: programme[key] for key in ("title", "presenter", "start", "end") if key in programme} if programme else None
