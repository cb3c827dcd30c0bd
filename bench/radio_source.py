"""The same numbered bytes for everyone: `python radio_source.py HOME [ICECAST_PORT]`.

Speaks as an engine on the socket in HOME and as a source client to Icecast: pieces of 192 bytes, one every 24 ms (64 kbit/s),
each with its number, so that a listener can tell a lost one. What is measured is the carrying, not the making.
"""

from __future__ import annotations

import asyncio
import base64
import fcntl
import os
import sys
import time
from pathlib import Path

from pendopo_stream.wire import Chunk, pack_chunk, pack_json, read_frame

PIECE_MS = 24
PIECES_A_WRITE = 4
SOURCE_PASSWORD = "bench"


def piece(number: int) -> bytes:
    return b"PIECE%08d" % number + b"." * (192 - 13)


class Source:
    def __init__(self) -> None:
        self.ears: set[asyncio.StreamWriter] = set()
        self.icecast: asyncio.StreamWriter | None = None
        self.run = f"bench{os.getpid()}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(pack_json({"event": "hello", "mounts": ["mp3"], **self.state()}))
        try:
            while True:
                command = await read_frame(reader)
                if isinstance(command, dict):
                    writer.write(pack_json({"re": command.get("re"), "ok": True}))
                    if command.get("do") == "listen":
                        self.ears.add(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.ears.discard(writer)

    def state(self) -> dict:
        return {"run": self.run, "began": "2026-01-01T00:00:00+00:00", "now": {"track": {"label": "Bench"}}, "listeners": {}}

    async def connect_icecast(self, port: int) -> None:
        _, self.icecast = await asyncio.open_connection("127.0.0.1", port)
        password = base64.b64encode(f"source:{SOURCE_PASSWORD}".encode()).decode()
        self.icecast.write(
            f"PUT /stream.mp3 HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {password}\r\nContent-Type: audio/mpeg\r\n"
            "ice-audio-info: bitrate=64;channels=1;samplerate=48000\r\nIce-Name: Bench\r\n\r\n".encode()
        )

    async def speak(self) -> None:
        number, due, said = 0, time.monotonic(), 0.0
        while True:
            for _ in range(PIECES_A_WRITE):
                number += 1
                data = piece(number)
                packed = pack_chunk(Chunk("mp3", number, number * PIECE_MS, data))
                for ear in self.ears:
                    ear.write(packed)
                if self.icecast is not None:
                    self.icecast.write(data)
            if time.monotonic() - said > 1:
                said = time.monotonic()
                for ear in self.ears:
                    ear.write(pack_json({"event": "state", **self.state()}))
            due += PIECES_A_WRITE * PIECE_MS / 1000
            await asyncio.sleep(max(0.0, due - time.monotonic()))


async def main() -> None:
    home = Path(sys.argv[1])
    home.mkdir(parents=True, exist_ok=True)
    lock = (home / "engine.lock").open("a+b")  # as the engine does, so that no real one begins here
    fcntl.flock(lock, fcntl.LOCK_EX)
    source = Source()
    os.chdir(home)
    Path("engine.sock").unlink(missing_ok=True)
    await asyncio.start_unix_server(source.serve, "engine.sock")
    if len(sys.argv) > 2:
        await source.connect_icecast(int(sys.argv[2]))
    await source.speak()


if __name__ == "__main__":
    asyncio.run(main())
