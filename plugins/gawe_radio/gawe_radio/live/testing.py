"""A station with people in it for tests of live voices: its server, its listeners, and pages as sockets."""

from __future__ import annotations

import asyncio
import json
import statistics
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import httpx2
import numpy as np
from websockets.asyncio.client import connect

from pendopo.identity import Jabatan, open_session, touch
from pendopo.testing.people import People
from pendopo.testing.server import Server, portal_of, until
from pendopo_stream.live.testing import BLOCK, Mp3Ear, loudness_of, tone
from pendopo_stream.relay import Engine
from pendopo_stream.testing import sine, write_audio

MUSIC_HZ, VOICE_HZ, CALLER_HZ = 440, 1500, 900


class Station(Server):
    """`pendopo serve` with one long piece of music, two announcers, a producer and a listener."""

    def begin(self) -> Station:
        write_audio(self.home / "radio/media/music/nada.wav", sine(MUSIC_HZ, 600, 0.2), title="Nada", artist="Penala")
        write_audio(self.home / "radio/media/jingle/jeda.wav", sine(2500, 1.5, 0.5), title="Jeda", artist="Radio")
        self.run("migrate", "--quiet")
        self.start()
        self.portal = portal_of(self)
        people = People(self.portal)
        self.rara, self.budi, self.nina = (people.officer("radio.studio", name=name) for name in ("Rara Contoh", "Budi Contoh", "Nina Contoh"))
        for actor, roles in ((self.rara, ["radio_penyiar"]), (self.budi, ["radio_penyiar"]), (self.nina, ["radio_penyiar", "radio_editor"])):
            self.give_roles(actor, roles)
        self.warga = people.resident("Siti Contoh")
        until(self.sounds, 60)
        return self

    def end(self) -> None:
        self.portal.db.dispose()
        self.stop()

    def sounds(self) -> bool:
        return httpx2.get(f"{self.base}/radio/now.json", timeout=5).json()["on_air"]

    def give_roles(self, actor: Any, roles: list[str]) -> None:
        with self.portal.db.session() as db:
            db.get_one(Jabatan, actor.posts[0].jabatan_id).roles = roles
            touch(db, actor.account_id)  # as the page for positions does

    def token(self, actor: Any) -> str:
        with self.portal.db.session() as db:
            return open_session(db, actor.account_id, now=datetime.now(UTC), user_agent="uji coba", address="127.0.0.1")

    def engine(self) -> Engine:
        return Engine(self.home / "radio")

    def live(self) -> dict[str, Any]:
        return self.engine().status()["live"]


class Ear(threading.Thread):
    """A listener of the MP3 mount without burst, who notes when each piece came."""

    def __init__(self, base: str) -> None:
        super().__init__(daemon=True)
        self.base, self.ear, self.enough = base, Mp3Ear(), threading.Event()
        self.start()

    def run(self) -> None:
        with suppress(httpx2.HTTPError), httpx2.stream("GET", f"{self.base}/radio/stream.mp3?live=1", timeout=20) as answer:  # the server may end first
            for piece in answer.iter_raw():
                self.ear.feed(piece, time.monotonic())
                if self.enough.is_set():
                    return

    def loudness(self, pitch_hz: float, last_s: float = 0.4) -> float:
        """How loud a pitch is now, dB."""
        blocks = self.ear.heard[-int(last_s * 50) :]
        return statistics.median(loudness_of(pitch_hz, block) for _, block in blocks) if blocks else -180.0

    def hears(self, pitch_hz: float, above_db: float = -35) -> bool:
        return self.loudness(pitch_hz) > above_db

    def stop(self) -> None:
        self.enough.set()
        self.join(5)


async def wait(true: Callable[[], Any], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.05)


class PageLine:
    """A websocket of the portal, as a page opens it."""

    def __init__(self, wire: Any) -> None:
        self.wire = wire

    @classmethod
    async def open(cls, station: Station, actor: Any, path: str = "/radio/panggilan") -> PageLine:
        address = station.base.replace("http", "ws") + path
        return cls(await connect(address, origin=station.base, additional_headers={"Cookie": f"pendopo={station.token(actor)}"}))

    async def say(self, **wish: Any) -> None:
        await self.wire.send(json.dumps(wish))

    async def hear(self, *events: str) -> dict[str, Any]:
        """The next message that is one of `events`."""
        async with asyncio.timeout(20):
            while (message := json.loads(await self.wire.recv()))["event"] not in events:
                pass
            return message

    async def close(self) -> None:
        await self.wire.close()


def samples(pitch_hz: float, blocks: int = 1) -> bytes:
    sound = np.concatenate([tone(pitch_hz)(number * BLOCK) for number in range(blocks)])
    return (sound * 32767).astype(np.int16).tobytes()


async def speak(line: PageLine, seconds: float) -> None:
    """Send PCM over the websocket in real time."""
    piece, began = samples(VOICE_HZ, 3), asyncio.get_running_loop().time()
    for number in range(int(seconds / 0.06)):
        await line.wire.send(piece)
        await asyncio.sleep(began + (number + 1) * 0.06 - asyncio.get_running_loop().time())


async def go_on_air(line: PageLine) -> None:
    await line.say(do="mic")
    await line.hear("open")
    await line.say(do="form", form="pcm")
    await line.say(do="fader", on=True, mode="talk_over", gain_db=0)
    await line.hear("fader")
