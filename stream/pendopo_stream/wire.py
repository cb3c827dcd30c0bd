"""What travels between an engine and whoever controls or hears it, over a unix socket in the engine's home.

Frame: 4 bytes length (big-endian, of what follows), 1 byte kind, body.

- `J`: a JSON object. To the engine: `{"do": name, "re": number, ...}`. From it: `{"re": number, "ok": true, ...}` or
  `{"re": number, "ok": false, "error": text}`, and events `{"event": kind, "at": time, ...}`.
- `A`: sound of one mount. 1 byte mount number, 8 bytes sequence (of the mount, grows by one), 8 bytes position in
  milliseconds since the engine began, 1 byte flags (1: a header that every new listener needs), then encoded bytes.
"""

from __future__ import annotations

import asyncio
import json
import struct
from dataclasses import dataclass
from typing import Any

LONGEST = 4 * 1024 * 1024
MOUNTS = ("mp3", "opus")
CONTENT_TYPES = {"mp3": "audio/mpeg", "opus": "audio/ogg"}
BITRATES = {"mp3": 64_000, "opus": 24_000}
HEADER = 1
_LENGTH = struct.Struct(">IB")
_AUDIO = struct.Struct(">BQQB")


class BadFrame(ValueError):
    """The other side does not speak this protocol."""


@dataclass(frozen=True)
class Chunk:
    """A piece of a mount's sound: whole encoded frames."""

    mount: str
    sequence: int
    position_ms: int
    data: bytes
    header: bool = False


def pack_json(value: dict[str, Any]) -> bytes:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return _LENGTH.pack(len(body) + 1, ord("J")) + body


def pack_chunk(chunk: Chunk) -> bytes:
    head = _AUDIO.pack(MOUNTS.index(chunk.mount), chunk.sequence, chunk.position_ms, HEADER if chunk.header else 0)
    return _LENGTH.pack(len(head) + len(chunk.data) + 1, ord("A")) + head + chunk.data


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
    if kind == ord("A") and len(body) >= _AUDIO.size:
        mount, sequence, position_ms, flags = _AUDIO.unpack_from(body)
        if mount < len(MOUNTS):
            return Chunk(MOUNTS[mount], sequence, position_ms, body[_AUDIO.size :], bool(flags & HEADER))
    raise BadFrame(f"unknown kind {kind}")
