"""What travels between an engine and whoever controls or hears it, over a unix socket in the engine's home.

Frame: 4 bytes length (big-endian, of what follows), 1 byte kind, body.

- `J`: a JSON object. To the engine: `{"do": name, "re": number, ...}`. From it: `{"re": number, "ok": true, ...}` or
  `{"re": number, "ok": false, "error": text}`, and events `{"event": kind, "at": time, ...}`.
- `A`: sound of one mount. 1 byte length of its name, the name in ASCII, 8 bytes sequence (of the mount, grows by one),
  8 bytes position (where this sound begins, in milliseconds since the engine's run began), 4 bytes duration in
  milliseconds, 1 byte flags (1: a header that every new listener needs), then the encoded bytes. To the engine: sound of a
  microphone, `in:<channel>`, as s16le mono of 48 kHz in whole 20 ms.

Mounts: `mp3`, `opus` (Ogg), `hls` (AAC in fMP4: the header is the init segment, then one chunk is one media segment), `rtc`
(one Opus packet of 20 ms a chunk), `call` (the same without the callers), and `mp3@<area>` with an area's own announcements.
"""

from __future__ import annotations

import asyncio
import json
import struct
from dataclasses import dataclass
from typing import Any

LONGEST = 4 * 1024 * 1024
MOUNTS = ("mp3", "opus", "hls")  # always made
ON_DEMAND = ("rtc", "call")  # made while somebody listens
INPUT = "in:"
CONTENT_TYPES = {"mp3": "audio/mpeg", "opus": "audio/ogg", "hls": "audio/mp4", "rtc": "audio/opus", "call": "audio/opus"}
BITRATES = {"mp3": 64_000, "opus": 24_000, "hls": 64_000, "rtc": 32_000, "call": 32_000}
HEADER = 1
_LENGTH = struct.Struct(">IB")
_AUDIO = struct.Struct(">QQIB")


class BadFrame(ValueError):
    """The other side does not speak this protocol."""


@dataclass(frozen=True)
class Chunk:
    """A piece of a mount's sound: whole encoded frames, which begin at `position_ms` of the engine's run."""

    mount: str
    sequence: int
    position_ms: int
    data: bytes
    header: bool = False
    duration_ms: int = 0


def pack_json(value: dict[str, Any]) -> bytes:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return _LENGTH.pack(len(body) + 1, ord("J")) + body


def pack_chunk(chunk: Chunk) -> bytes:
    name = chunk.mount.encode("ascii")
    head = bytes((len(name),)) + name + _AUDIO.pack(chunk.sequence, chunk.position_ms, chunk.duration_ms, HEADER if chunk.header else 0)
    return _LENGTH.pack(len(head) + len(chunk.data) + 1, ord("A")) + head + chunk.data


def _unpack_chunk(body: bytes) -> Chunk:
    at = 1 + (body[0] if body else 0)
    name = body[1:at]
    if not name or not name.isascii() or len(body) < at + _AUDIO.size:
        raise BadFrame("half a piece of sound")
    sequence, position_ms, duration_ms, flags = _AUDIO.unpack_from(body, at)
    return Chunk(name.decode("ascii"), sequence, position_ms, body[at + _AUDIO.size :], bool(flags & HEADER), duration_ms)


async def read_frame(reader: asyncio.StreamReader) -> dict[str, Any] | Chunk:
    """The next frame. Raises IncompleteReadError at the end, BadFrame on nonsense."""
    length, kind = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    if not 1 <= length <= LONGEST:
        raise BadFrame(f"a frame of {length} bytes")
    body = await reader.readexactly(length - 1)
    if kind == ord("J"):
        try:
            value = json.loads(body)
        except ValueError as error:
            raise BadFrame("not JSON") from error
        if not isinstance(value, dict):
            raise BadFrame("not a JSON object")
        return value
    if kind == ord("A"):
        return _unpack_chunk(body)
    raise BadFrame(f"unknown kind {kind}")
