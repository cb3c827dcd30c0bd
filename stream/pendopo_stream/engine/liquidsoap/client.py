"""Talking to Liquidsoap over its unix socket: one line out, lines in, until a line that says END.

The protocol has no password, so the socket lies in the station's home, readable by its owner alone. It has no request
numbers either: an answer that comes too late would be taken for the next one, so after a timeout the connection is closed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TIMEOUT_S = 2.0
LONGEST_ANSWER = 1024 * 1024
SHORTEST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0
# What the station says to Liquidsoap, and nothing else. The second column: whether saying it twice does no more than once.
COMMANDS = {
    "version": True, "uptime": True, "request.on_air": True, "request.alive": True, "request.trace": True, "request.metadata": True,
    "station.now": True, "station.load": False, "station.speak": False, "station.hush": True, "station.live": True, "station.cart": False,
    "station.cart_stop": True, "station.leave": True, "station.reload": True, "station.kick": True,
}
_RID = re.compile(r"\d+")
_AREA = re.compile(r"station\.area_\d+(_\d+)*(_hush)?")
_KEY = re.compile(r"[a-z_]+")


class LiquidsoapAway(ConnectionError):
    """Liquidsoap is not there, did not answer in time, or hung up in the middle of an answer."""


class LiquidsoapRefused(ValueError):
    """It answered, and the answer is no."""


@dataclass(frozen=True)
class Version:
    """"Liquidsoap 2.1.3" as numbers."""

    major: int
    minor: int
    patch: int

    @classmethod
    def read(cls, text: str) -> Version:
        """Raises LiquidsoapRefused when `text` holds no version."""
        found = re.search(r"(\d+)\.(\d+)\.(\d+)", text)
        if found is None:
            raise LiquidsoapRefused(f"no version in {text[:80]!r}")
        return cls(*map(int, found.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def quoted(text: str) -> str:
    """`text` as the value of an annotation: control characters gone, quotes and backslashes escaped."""
    plain = "".join(" " if ord(letter) < 32 or ord(letter) == 127 else letter for letter in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def annotated(path: Path, **notes: str | float) -> str:
    """The address of a file with what Liquidsoap should know of it: title, artist, gain, cue points.

    Only absolute paths are taken: addresses like `http:` or `process:` would make Liquidsoap fetch or run things.
    """
    if not path.is_absolute():
        raise ValueError("only files of the station, by their whole path")
    if unknown := [key for key in notes if not _KEY.fullmatch(key)]:
        raise ValueError(f"no name of an annotation: {unknown}")
    pairs = ",".join(f"{key}={quoted(str(value))}" for key, value in notes.items())
    return f"annotate:{pairs}:{path}" if pairs else str(path)


class LiquidsoapClient:
    """One connection, one command at a time. It connects when it is first asked, and again after a loss."""

    def __init__(self, socket: Path, *, timeout_s: float = TIMEOUT_S, longest_pause_s: float = LONGEST_PAUSE_S) -> None:
        self.socket = socket
        self._longest_pause_s = longest_pause_s
        self.timeout_s = timeout_s
        self._lock = asyncio.Lock()
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._pause_s = 0.0
        self._not_before = 0.0

    async def ask(self, command: str, argument: str = "") -> str:
        """Say one command and return its answer.

        Raises LiquidsoapAway, LiquidsoapRefused, or ValueError for a command that the station does not use. What can be
        said twice without harm is said once more on a new connection; the rest never.
        """
        line = _line(command, argument)
        async with self._lock:
            try:
                return await self._once(line)
            except LiquidsoapAway:
                if not COMMANDS.get(command) or self._pause_s > SHORTEST_PAUSE_S:
                    raise
                self._not_before = 0.0
                return await self._once(line)

    async def ask_json(self, command: str, argument: str = "") -> Any:
        """The answer of a command of ours, which is JSON: so no text of people can look like the end of an answer."""
        answer = await self.ask(command, argument)
        try:
            return json.loads(answer)
        except ValueError as error:
            raise LiquidsoapRefused(f"{command} did not answer with JSON: {answer[:80]!r}") from error

    async def version(self) -> Version:
        return Version.read(await self.ask("version"))

    async def close(self) -> None:
        writer = self._writer
        self._drop()
        if writer is not None:
            with contextlib.suppress(ConnectionError):  # it hung up first
                await writer.wait_closed()

    def _drop(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _once(self, line: bytes) -> str:
        if self._reader is None and asyncio.get_running_loop().time() < self._not_before:
            raise LiquidsoapAway("it was away a moment ago")  # which makes the pause no longer
        try:
            async with asyncio.timeout(self.timeout_s):
                reader, writer = await self._connected()
                writer.write(line)
                await writer.drain()
                answer = await _answer(reader)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError) as error:
            self._lost()
            raise LiquidsoapAway(f"{type(error).__name__}: {error}"[:200]) from error
        except BaseException:
            self._drop()  # given up in the middle: what comes now would be taken for the next answer
            raise
        self._pause_s = 0.0
        if answer.startswith("ERROR"):
            raise LiquidsoapRefused(answer[:300])
        return answer

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_unix_connection(_short(self.socket), limit=LONGEST_ANSWER)
        return self._reader, self._writer

    def _lost(self) -> None:
        self._drop()
        self._pause_s = min(max(self._pause_s * 2, SHORTEST_PAUSE_S), self._longest_pause_s)
        self._not_before = asyncio.get_running_loop().time() + self._pause_s


def _line(command: str, argument: str) -> bytes:
    if command not in COMMANDS and not _AREA.fullmatch(command):
        raise ValueError(f"not a command of this station: {command}")
    if any(letter in argument for letter in "\r\n\0"):
        raise ValueError("an argument is one line")
    if command.startswith("request.") and argument and not _RID.fullmatch(argument):
        raise ValueError("a request is known by its number")
    return f"{command} {argument}".strip().encode() + b"\n"


async def _answer(reader: asyncio.StreamReader) -> str:
    lines: list[str] = []
    size = 0
    while True:
        line = await reader.readuntil(b"\n")
        text = line.rstrip(b"\r\n").decode(errors="replace")
        if text == "END":
            return "\n".join(lines)
        size += len(line)
        if size > LONGEST_ANSWER:
            raise ConnectionError("an answer without end")
        lines.append(text)


def _short(path: Path) -> str:
    """Addresses of unix sockets hold 107 bytes; seen from the working directory they are often shorter."""
    whole = str(path.absolute())
    if len(whole.encode()) > 100:
        try:
            return str(path.absolute().relative_to(Path.cwd()))
        except ValueError:
            return whole
    return whole
