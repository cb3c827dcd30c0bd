"""Liquidsoap and Icecast of one home: kept alive, asked ten times a second, heard, and told what to do, in order."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .client import LiquidsoapAway, LiquidsoapClient, LiquidsoapRefused
from .door import Door
from .icecast import SOURCE_PORT, Keys, icecast, keys_of, reach
from .script import SCRIPT, SOCKET, WORK, BadScript, Ways, check, installed, script, write_script
from .service import Service
from .stand_in import StandIn
from .tap import Tap

log = logging.getLogger("pendopo_stream.engine")
POLL_S = 0.1
LOOK_S = 1.0
MISSES = 3
MOST_STARTS = 4
MISS_S = 3.0  # so long without an answer is one miss
END_S = 0.5
STARTING_S = 15.0  # what a slow machine may take to read the script
Answered = Callable[[dict[str, Any]], None]


class Machine:
    """`heard(block)`: sound. `noticed(now)`: what `station.now` says. `renewed()`: Liquidsoap began anew and knows nothing.
    `alarmed(text)`: people should know. All are called on the loop that runs `life`.
    """

    def __init__(
        self, home: Path, *, name: str, areas: tuple[str, ...], heard: Callable[[np.ndarray], None], noticed: Callable[[dict[str, Any]], None],
        renewed: Callable[[], None], alarmed: Callable[[str], None],
    ) -> None:
        self.home, self.name, self.areas = home, name, areas
        self.keys: Keys = keys_of(home)
        self.liquidsoap: Service
        self.icecast: Service
        self._noticed, self._renewed, self._alarmed = noticed, renewed, alarmed
        self._client = LiquidsoapClient(home / WORK / SOCKET, longest_pause_s=0.5)
        self._tap = Tap(self.keys.tap_port, self.keys.tap, heard, lambda: None)
        self.stand_in = StandIn(self.keys.icecast_port, self.keys.source)
        self._door = Door(home, self.keys.door)
        self._orders: asyncio.Queue[tuple[str, str, Answered | None]] = asyncio.Queue()
        self._answered_at = time.monotonic()
        self._missed = {"liquidsoap": 0, "icecast": 0}
        self._birth: float | None = None

    # ------------------------------------------------------------------ life

    def prepare(self) -> None:
        """Write what the programs read. A Liquidsoap that runs an older script is ended; one with this script goes on."""
        version = installed()
        if version is None:
            raise BadScript("liquidsoap is not installed")
        keys = self.keys
        ways = Ways(keys.tap_port, keys.source_port, keys.door_port, keys.icecast_port, keys.tap, keys.door, keys.source, reach(SOURCE_PORT))
        text = script(self.home, ways, version, name=self.name, areas=self.areas)
        path = self.home / WORK / SCRIPT
        same = path.exists() and path.read_text("utf-8") == text
        self.liquidsoap = Service("liquidsoap", ["liquidsoap", str(path)], path, self.home / WORK)
        self.icecast = icecast(self.home, keys, name=self.name, areas=self.areas)
        if not same:
            self.liquidsoap.stop()
            self.icecast.stop()
        write_script(self.home, text)
        if not same:
            try:
                check(path)
            except BadScript:
                path.unlink()  # it is checked again next time
                raise

    async def life(self) -> None:
        """Keep everything going until cancelled; then end both programs."""
        await self._door.open(self.keys.door_port)
        tasks = [asyncio.create_task(work) for work in (self._keep(), self._tap.run(), self._poll(), self._obey(), self.stand_in.run())]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._client.close()
            await self._door.close()

    def end(self) -> None:
        """At once: Liquidsoap may hang at its end, and whoever ends us waits for two seconds."""
        self.liquidsoap.stop(END_S)
        self.icecast.stop(END_S)

    def order(self, command: str, argument: str = "", answered: Answered | None = None) -> None:
        """Say `command` when those before it were said. `answered` is called with the answer; what a Liquidsoap that is
        away was not told is told again when it is `renewed`.
        """
        self._orders.put_nowait((command, argument, answered))

    # ------------------------------------------------------------------ chores

    async def _keep(self) -> None:
        while True:
            if self.icecast.keep() and self.icecast.starts > 1:
                log.warning("icecast ended; it was started again")
            if self.liquidsoap.keep():
                self._answered_at = time.monotonic() + STARTING_S
                if self.liquidsoap.starts > 1:
                    log.warning("liquidsoap ended; it was started again")
                if self.liquidsoap.starts % MOST_STARTS == 0:
                    self._alarmed("liquidsoap ends again and again")
            self._judge("liquidsoap", time.monotonic() - self._answered_at > MISS_S * (self._missed["liquidsoap"] + 1), self.liquidsoap)
            self._judge("icecast", not await self._icecast_answers(), self.icecast)
            await asyncio.sleep(LOOK_S if self.liquidsoap.pid else 0.2)

    def _judge(self, name: str, missing: bool, service: Service) -> None:
        if not missing:
            self._missed[name] = 0
            return
        self._missed[name] += 1
        if self._missed[name] % MISSES == 0:
            self._alarmed(f"{name} does not answer")
            service.stop(1.0)

    async def _icecast_answers(self) -> bool:
        try:
            async with asyncio.timeout(2):
                _, writer = await asyncio.open_connection("127.0.0.1", self.keys.icecast_port)
        except (OSError, TimeoutError):
            return False
        writer.close()
        return True

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            try:
                now = await self._client.ask_json("station.now")
            except LiquidsoapAway:
                continue
            except LiquidsoapRefused as error:
                log.error("liquidsoap: %s", error)
                continue
            self._answered_at = max(self._answered_at, time.monotonic())
            born = now["born"]
            if born != self._birth:
                self._birth = born
                self._renewed()
            self._noticed(now)

    async def _obey(self) -> None:
        while True:
            command, argument, answered = await self._orders.get()
            try:
                answer = await self._client.ask_json(command, argument)
            except LiquidsoapAway as error:
                log.warning("liquidsoap did not take %s: %s", command, error)
                self._birth = None  # as if it began anew: all is given again
                continue
            except LiquidsoapRefused as error:
                log.error("liquidsoap: %s", error)
                answer = {"ok": False}
            if answered is not None:
                answered(answer)
