"""The engine's process: one writer per home, a unix socket for control and sound, clean stop.

Web processes come and go; the music does not notice. Its own end is noticed by whoever supervises it.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import logging
import os
import secrets
import shutil
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from .. import speech
from ..recorder import Recorder
from ..wire import MOUNTS, BadFrame, Chunk, pack_chunk, pack_json, read_frame
from .clients import Client, Recent
from .commands import Commands
from .desk import Desk
from .library import Library
from .log import OnAirLog
from .planned import Planned, spoken_soon

log = logging.getLogger("pendopo_stream.engine")
SOCKET = "engine.sock"
ENGINES = ("embedded", "liquidsoap", "auto")
RESCAN_S = 60.0
LEAST_PRIORITY = 15
WORDS_S = 20.0
LOCK_WAIT_S = 6.0
METERS_S = 0.1
PROGRAMS = ("liquidsoap", "icecast2")


class AnotherEngine(RuntimeError):
    """This home already has an engine."""


class CannotUse(RuntimeError):
    """This way to make sound is not possible here; says why."""


def lock_home(home: Path, wait_s: float = LOCK_WAIT_S) -> BinaryIO:
    """Be the one engine of `home`; an engine that is just ending is waited for. Raises AnotherEngine."""
    file = (home / "engine.lock").open("a+b")
    deadline = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except OSError as error:
            if time.monotonic() > deadline:
                file.close()
                raise AnotherEngine(str(home)) from error
            time.sleep(0.1)
    file.truncate(0)
    file.write(str(os.getpid()).encode())
    file.flush()
    return file


def desk_kind(engine: str) -> type[Desk]:
    """What makes the sound. Raises CannotUse."""
    if engine not in ENGINES:
        raise CannotUse(f"engine {engine!r} is unknown; there are: {', '.join(ENGINES)}")
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if engine == "embedded" or (engine == "auto" and missing):
        from .embedded import Mixer

        return Mixer
    if missing:
        raise CannotUse(f"the liquidsoap engine needs {' and '.join(missing)}, which can't be found here (apt install liquidsoap icecast2)")
    try:
        from .liquidsoap.sound import LiquidsoapSound
    except ImportError as error:
        raise CannotUse(f"the liquidsoap engine can't be loaded: {error}") from error
    return LiquidsoapSound


def next_number(path: Path) -> int:
    """How many runs of this home came before this one. What can't be read or written counts from nothing."""
    try:
        number = int(path.read_text("ascii"))
    except (OSError, ValueError):
        number = 0
    try:
        path.write_text(str(number + 1), "ascii")
    except OSError as error:
        log.error("the number of the run can't be written: %s", error)
    return number


class EngineProcess(Commands):
    """Everything of the process, for one home."""

    def __init__(self, home: Path, mounts: tuple[str, ...], kind: type[Desk]) -> None:
        super().__init__()
        self.home = home
        self.run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}{secrets.token_hex(2)}"
        self.run_number = next_number(home / "runs")
        self.began = datetime.now(UTC)
        self.library = Library(home / "media", home / "library.json")
        self.planned = Planned(home, self.library)
        self.log = OnAirLog(home / "log", self.run_id)
        station = self.planned.station()
        self.desk = kind(station, home / "media", mounts=mounts, areas=self.planned.plan.areas, tell=self._told, give=self._given)
        self.planned.remind(self.desk.on_air)
        self.recorder = Recorder(home, self.run_id, self._told)
        self.clients: set[Client] = set()
        self.recent: dict[str, Recent] = {}
        self.stopping = asyncio.Event()
        self.mixing_failed = False
        self._halt = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    # ------------------------------------------------------------------ from other threads

    def _told(self, event: dict[str, Any]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._event, event)

    def _given(self, chunks: list[Chunk]) -> None:
        self.recorder.put(chunks, datetime.now(UTC))
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._sound, chunks)

    def _event(self, event: dict[str, Any]) -> None:
        before = self.log.failed
        self.log.write(event)
        if event["event"] == "track":
            self.desk.do(self._hand_over_memory)
        packed = pack_json({"run": self.run_id, **event})
        for client in self.clients:
            client.send(packed)
        if event["event"] == "recording_fault" and event.get("text"):
            self._alarm("recording", str(event["text"]))
        if self.log.failed and not before:
            self._alarm("log", self.log.failed)

    def _alarm(self, kind: str, text: str) -> None:
        self._event({"event": "alarm", "at": datetime.now(UTC).isoformat(), "position_ms": self.desk.position_ms, "kind": kind, "text": text})

    def _hand_over_memory(self) -> None:
        """In the sound's thread, where it does not change meanwhile; written by the other."""
        memory = self.desk.on_air.memory()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.planned.remember, memory)

    def _sound(self, chunks: list[Chunk]) -> None:
        for chunk in chunks:
            if chunk.mount not in self.recent:
                self.recent[chunk.mount] = Recent(chunk.mount)
            self.recent[chunk.mount].add(chunk)
            packed = pack_chunk(chunk)
            for client in self.clients:
                if chunk.mount in client.mounts:
                    client.send(packed)

    # ------------------------------------------------------------------ clients

    async def serve_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = Client(writer)
        self.clients.add(client)
        try:
            client.send(pack_json({"event": "hello", "protocol": 2, **self.state()}))
            while True:
                frame = await read_frame(reader)
                if isinstance(frame, Chunk):
                    self.heard(client, frame)
                else:
                    client.send(pack_json(await self.answer(client, frame)))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # it went away
        except BadFrame as error:
            client.send(pack_json({"ok": False, "error": str(error)}))
        finally:
            self.gone(client)
            writer.close()

    def state(self) -> dict[str, Any]:
        on_air, listeners = self.desk.on_air, Counter[str]()
        for client in self.clients:
            listeners.update(client.ears)
        now = self.desk.now()
        return {
            "run": self.run_id, "run_number": self.run_number, "began": self.began.isoformat(), "engine": self.desk.name,
            "mounts": self.desk.outputs.names, "now": now,
            "next": now["next"], "item_left_s": now["item_left_s"], "live": on_air.shown_live, "hold": on_air.held, "listeners": dict(listeners),
            "tracks": len(on_air.station.tracks), "broken": len(self.library.broken), "voice": speech.available(), "log_fault": self.log.failed,
            "plan_fault": self.planned.fault, "recording": self.recorder.fault or "ok",
        }

    # ------------------------------------------------------------------ life

    async def run(self) -> None:
        self._loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(name, self.stopping.set)
        socket_path = self.home / SOCKET
        socket_path.unlink(missing_ok=True)
        self.began = datetime.now(UTC)  # where the count of the sound begins: what took its time before is none of it
        old_mask = os.umask(0o177)
        try:
            # The folder as working directory keeps the address short: unix sockets allow 107 bytes.
            os.chdir(self.home)
            server = await asyncio.start_unix_server(self.serve_client, SOCKET)
        finally:
            os.umask(old_mask)
        thread = threading.Thread(target=self._mix, name="mixer", daemon=True)
        thread.start()
        self._event({"event": "began", "at": self.began.isoformat()})
        chores = [asyncio.create_task(chore()) for chore in (self._beat, self._meter, self._keep_library, self._keep_words)]
        await self.stopping.wait()
        for chore in chores:
            chore.cancel()
        self._halt.set()
        self.library.halt.set()
        await asyncio.to_thread(thread.join, 2.0)
        await asyncio.to_thread(self.recorder.close)
        self._event({"event": "ended", "at": datetime.now(UTC).isoformat(), "failed": self.mixing_failed})
        server.close()
        for client in list(self.clients):
            client.writer.close()
        Path(SOCKET).unlink(missing_ok=True)

    def _mix(self) -> None:
        try:
            self.desk.run(self._halt)
        except Exception:
            log.exception("mixing failed; the engine ends so that a fresh one is started")
            self.mixing_failed = True
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self.stopping.set)

    async def _beat(self) -> None:
        """Say each second that all is well, and how many listen."""
        while True:
            await asyncio.sleep(1.0)
            packed = pack_json({"event": "state", **self.state()})
            for client in self.clients:
                client.send(packed)

    async def _meter(self) -> None:
        """Levels for those who look at meters."""
        while True:
            await asyncio.sleep(METERS_S)
            watching = [client for client in self.clients if client.meters]
            if watching:
                packed = pack_json({"event": "levels", "run": self.run_id, "position_ms": self.desk.position_ms, **self.desk.levels()})
                for client in watching:
                    client.send(packed)

    async def _keep_library(self) -> None:
        """Measure new files and read the schedule again: once a minute, and when somebody says that there is something new."""
        loop = asyncio.get_running_loop()
        measuring = ThreadPoolExecutor(1, "measuring", initializer=_step_back)
        while True:
            fresh = await loop.run_in_executor(measuring, lambda: list(self.library.measure_new()))
            station = await asyncio.to_thread(self.planned.station)
            if fresh or self.planned.changed(station, self.desk.on_air.station):
                self.desk.do(lambda station=station, areas=self.planned.plan.areas: self.desk.reload(station, areas))
            with suppress(TimeoutError):
                await asyncio.wait_for(self.something_new.wait(), RESCAN_S)
            self.something_new.clear()

    async def _keep_words(self) -> None:
        """Have the words of exact times ready before they are due."""
        made: set[str] = set()
        while True:
            for words in spoken_soon(self.planned.plan, datetime.now(UTC)):
                if words.id not in made:
                    made.add(words.id)
                    self._making[words.id] = asyncio.ensure_future(self._voice(words))
            await asyncio.sleep(WORDS_S)


def _step_back() -> None:
    """This thread works when no other wants to: measuring never takes time from the sound."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LEAST_PRIORITY)


def clear_old_logs(folder: Path, days: int, now: datetime) -> int:
    """Remove day files older than `days`; whoever keeps the legal record has taken them over by then."""
    oldest = f"{now - timedelta(days=days):%Y-%m-%d}"
    old = [path for path in folder.glob("????-??-??.jsonl") if path.stem < oldest]
    for path in old:
        path.unlink()
    return len(old)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m pendopo_stream.engine", description="The engine of a radio station.")
    parser.add_argument("--home", type=Path, required=True, help="folder with media/ and station.json")
    parser.add_argument("--mounts", default=",".join(MOUNTS), help="which encodings are made, by comma")
    parser.add_argument("--engine", default=os.environ.get("PENDOPO_RADIO_ENGINE") or ENGINES[0], help="embedded, liquidsoap (with Icecast), or auto")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    home = given.home.absolute()
    home.mkdir(parents=True, exist_ok=True)
    try:
        kind = desk_kind(given.engine)
        lock = lock_home(home)
    except CannotUse as error:
        log.error("%s", error)
        return 4
    except AnotherEngine:
        log.error("another engine runs in %s", home)
        return 3
    mounts = tuple(mount for mount in given.mounts.split(",") if mount in MOUNTS)

    async def life() -> bool:
        process = EngineProcess(home, mounts or MOUNTS, kind)
        await process.run()
        return process.mixing_failed

    try:
        return 1 if asyncio.run(life()) else 0
    finally:
        lock.close()
