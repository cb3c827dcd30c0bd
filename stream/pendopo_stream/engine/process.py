"""The engine's process: one writer per home, a unix socket for control and sound, clean stop.

Web processes come and go; the music does not notice. Its own end is noticed by whoever supervises it.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import json
import logging
import os
import secrets
import signal
import threading
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from .. import speech
from ..announcements import Announcement, TooLong, check_length
from ..rundown import Slot, Station
from ..wire import MOUNTS, BadFrame, Chunk, pack_chunk, pack_json, read_frame
from .embedded import Mixer, now_playing
from .library import Library
from .log import OnAirLog

log = logging.getLogger("pendopo_stream.engine")
SOCKET = "engine.sock"
BURST_S = 4.0
MOST_BUFFERED = 1024 * 1024  # a client that holds more is dropped: about two minutes of sound
RESCAN_S = 60.0
LOCK_WAIT_S = 6.0


class AnotherEngine(RuntimeError):
    """This home already has an engine."""


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


def read_slots(path: Path) -> tuple[Slot, ...]:
    """The slots in `station.json`; an unreadable file or slot is logged, and music plays without a schedule."""
    try:
        data = json.loads(path.read_text("utf-8"))
        return tuple(Slot.from_json(slot) for slot in data.get("slots", ()))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.error("station.json can't be read: %s", error)
        return ()


class Client:
    """Whoever is connected to the socket."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.mounts: set[str] = set()
        self.ears = 0

    def send(self, data: bytes) -> None:
        """Hand over without waiting; a client that does not read is cut off."""
        if self.writer.is_closing():
            return
        if self.writer.transport.get_write_buffer_size() > MOST_BUFFERED:
            log.warning("a client does not read, it is dropped")
            self.writer.transport.abort()
            return
        self.writer.write(data)


class EngineProcess:
    """Everything of the process, for one home."""

    def __init__(self, home: Path, mounts: tuple[str, ...] = MOUNTS) -> None:
        self.home = home
        self.run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}{secrets.token_hex(2)}"
        self.began = datetime.now(UTC)
        self.library = Library(home / "media", home / "library.json")
        self.log = OnAirLog(home / "log", self.run_id)
        self.mixer = Mixer(self.station(), home / "media", mounts=mounts, tell=self._told, give=self._given)
        self.clients: set[Client] = set()
        self.stopping = asyncio.Event()
        self.mixing_failed = False
        self._halt = threading.Event()
        self._recent: dict[str, deque[Chunk]] = {mount: deque() for mount in mounts}
        self._headers: dict[str, dict[bytes, Chunk]] = {mount: {} for mount in mounts}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._making: dict[str, asyncio.Future[dict[str, Any]]] = {}  # announcements whose voice is being made

    def station(self) -> Station:
        return Station(tracks=tuple(self.library.tracks()), slots=read_slots(self.home / "station.json"))

    # ------------------------------------------------------------------ from the mixing thread

    def _told(self, event: dict[str, Any]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._event, event)

    def _given(self, chunks: list[Chunk]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._sound, chunks)

    def _event(self, event: dict[str, Any]) -> None:
        self.log.write(event)
        packed = pack_json({"run": self.run_id, **event})
        for client in self.clients:
            client.send(packed)

    def _sound(self, chunks: list[Chunk]) -> None:
        for chunk in chunks:
            recent = self._recent[chunk.mount]
            if chunk.header:
                self._headers[chunk.mount][chunk.data] = chunk
            else:
                recent.append(chunk)
                while recent and chunk.position_ms - recent[0].position_ms > BURST_S * 1000:
                    recent.popleft()
            packed = pack_chunk(chunk)
            for client in self.clients:
                if chunk.mount in client.mounts:
                    client.send(packed)

    # ------------------------------------------------------------------ commands

    async def serve_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = Client(writer)
        self.clients.add(client)
        try:
            client.send(pack_json({"event": "hello", "run": self.run_id, "protocol": 1, "mounts": list(self._recent), **self.state()}))
            while True:
                frame = await read_frame(reader)
                if isinstance(frame, Chunk):
                    raise BadFrame("sound is not taken from clients")
                await self._answer(client, frame)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # it went away
        except BadFrame as error:
            client.send(pack_json({"ok": False, "error": str(error)}))
        finally:
            self.clients.discard(client)
            writer.close()

    async def _answer(self, client: Client, command: dict[str, Any]) -> None:
        answer: dict[str, Any] = {"re": command.get("re")}
        try:
            act = getattr(self, f"do_{command['do']}", None) if isinstance(command.get("do"), str) else None
            if act is None:
                raise ValueError("unknown command")
            answer |= {"ok": True, **(await act(client, command) or {})}
        except (ValueError, KeyError, TypeError) as error:
            answer |= {"ok": False, "error": f"{type(error).__name__}: {error}"[:300]}
        client.send(pack_json(answer))

    async def do_status(self, client: Client, command: dict[str, Any]) -> dict[str, Any]:
        return self.state()

    async def do_listen(self, client: Client, command: dict[str, Any]) -> None:
        mount = command["mount"]
        if mount not in self._recent:
            raise ValueError("no such mount")
        if mount not in client.mounts:
            for chunk in [*self._headers[mount].values(), *self._recent[mount]]:
                client.send(pack_chunk(chunk))
            client.mounts.add(mount)

    async def do_deaf(self, client: Client, command: dict[str, Any]) -> None:
        client.mounts.discard(command["mount"])

    async def do_ears(self, client: Client, command: dict[str, Any]) -> None:
        client.ears = max(0, int(command["count"]))

    async def do_announce(self, client: Client, command: dict[str, Any]) -> dict[str, Any]:
        """Make the voice, then put it in the queue. The answer comes when it is queued, not when it is spoken; with
        `wait: false` it comes at once, and what can't be spoken is told by the event `unspoken`.
        """
        announcement = Announcement.from_json(command["announcement"])
        try:
            check_length(announcement.texts)
        except TooLong as error:
            raise ValueError(str(error)) from error
        making = asyncio.ensure_future(self._voice(announcement))
        self._making[announcement.id] = making
        if command.get("wait") is False:
            return {}
        return await making

    async def _voice(self, announcement: Announcement) -> dict[str, Any]:
        why, voice = "", None
        try:
            voice = await asyncio.to_thread(speech.said, announcement, self.home)
        except speech.NoVoice as error:
            why = str(error)
        if self._making.get(announcement.id) is asyncio.current_task():  # else it was withdrawn or replaced meanwhile
            self.mixer.do(lambda: self.mixer.announce(announcement, voice, why))
            await asyncio.to_thread(self.mixer.settle)
            self._making.pop(announcement.id, None)
        return {"voice": voice is not None, "length_s": round(len(voice) / speech.RATE_HZ, 1) if voice is not None else 0, "why": why}

    async def do_cancel(self, client: Client, command: dict[str, Any]) -> None:
        announcement_id = str(command["id"])
        self._making.pop(announcement_id, None)
        self.mixer.do(lambda: self.mixer.cancel(announcement_id))

    async def do_queue(self, client: Client, command: dict[str, Any]) -> dict[str, Any]:
        queued = self.mixer.queue()
        known = {item["id"] for item in queued}
        making = [{"id": name, "title": "", "priority": "info", "due": None, "said": 0, "speaking": False} for name in self._making if name not in known]
        return {"queue": [*queued, *making]}

    async def do_skip(self, client: Client, command: dict[str, Any]) -> None:
        self.mixer.do(self.mixer.skip)

    async def do_play(self, client: Client, command: dict[str, Any]) -> None:
        track_id = str(command["track"])
        if not any(track.id == track_id for track in self.mixer.on_air.station.tracks):
            raise ValueError("no such track")
        self.mixer.do(lambda: self.mixer.play(track_id))

    async def do_reload(self, client: Client, command: dict[str, Any]) -> dict[str, Any]:
        station = await asyncio.to_thread(self.station)
        self.mixer.do(lambda: self.mixer.reload(station))
        return {"tracks": len(station.tracks), "slots": len(station.slots)}

    async def do_tracks(self, client: Client, command: dict[str, Any]) -> dict[str, Any]:
        station = self.mixer.on_air.station
        found = [{"id": t.id, "title": t.title, "artist": t.artist, "duration_s": t.duration_s, "kind": t.kind, "tags": sorted(t.tags)} for t in station.tracks]
        return {"tracks": found, "broken": dict(self.library.broken)}

    def state(self) -> dict[str, Any]:
        return {
            "run": self.run_id, "began": self.began.isoformat(), "now": now_playing(self.mixer), "listeners": sum(c.ears for c in self.clients),
            "tracks": len(self.mixer.on_air.station.tracks), "broken": len(self.library.broken), "voice": speech.available(), "log_fault": self.log.failed,
        }

    # ------------------------------------------------------------------ life

    async def run(self) -> None:
        self._loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(name, self.stopping.set)
        socket_path = self.home / SOCKET
        socket_path.unlink(missing_ok=True)
        old_mask = os.umask(0o177)
        try:
            # The folder as working directory keeps the address short: unix sockets allow 107 bytes.
            os.chdir(self.home)
            server = await asyncio.start_unix_server(self.serve_client, SOCKET)
        finally:
            os.umask(old_mask)
        thread = threading.Thread(target=self._mix, name="mixer", daemon=True)
        thread.start()
        self._event({"event": "began", "at": datetime.now(UTC).isoformat()})
        chores = [asyncio.create_task(self._beat()), asyncio.create_task(self._keep_library())]
        await self.stopping.wait()
        for chore in chores:
            chore.cancel()
        self._halt.set()
        await asyncio.to_thread(thread.join, 2.0)
        self._event({"event": "ended", "at": datetime.now(UTC).isoformat(), "failed": self.mixing_failed})
        server.close()
        for client in list(self.clients):
            client.writer.close()
        Path(SOCKET).unlink(missing_ok=True)

    def _mix(self) -> None:
        try:
            self.mixer.run(self._halt)
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

    async def _keep_library(self) -> None:
        """Measure new files, look for others once a minute, and read the schedule again."""
        while True:
            fresh = await asyncio.to_thread(lambda: list(self.library.measure_new()))
            station = await asyncio.to_thread(self.station)
            if fresh or (station.tracks, station.slots) != (self.mixer.on_air.station.tracks, self.mixer.on_air.station.slots):
                self.mixer.do(lambda station=station: self.mixer.reload(station))
            await asyncio.sleep(RESCAN_S)


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
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    home = given.home.absolute()
    home.mkdir(parents=True, exist_ok=True)
    try:
        lock = lock_home(home)
    except AnotherEngine:
        log.error("another engine runs in %s", home)
        return 3
    mounts = tuple(mount for mount in given.mounts.split(",") if mount in MOUNTS)

    async def life() -> bool:
        process = EngineProcess(home, mounts or MOUNTS)
        await process.run()
        return process.mixing_failed

    try:
        return 1 if asyncio.run(life()) else 0
    finally:
        lock.close()
