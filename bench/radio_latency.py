"""How late a voice is heard: from the announcer's microphone to every kind of listener, on loopback.

`python radio_latency.py HOME PORT ICECAST_PORT` measures one engine and prints a line of JSON: listener -> seconds of
each beep. The microphone sends a beep by WebRTC every few seconds; a beep counts as heard when a player that never stops sounds it:
one that begins as early as it can, or, where a burst comes first, one that begins with the first byte. Capture, network and
player buffers of a real browser come on top.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

PITCH_HZ = 1500.0
EVERY_S = 5.0
BEEPS = 6
WARM_S = 6.0
ENOUGH_MS = 12_000  # who comes earlier is given less than a whole burst, and is less late than listeners are


class Listener:
    """An MP3 listener over HTTP."""

    def __init__(self, port: int, path: str) -> None:
        from pendopo_stream.live.testing import Mp3Ear

        self.port, self.path, self.ear = port, path, Mp3Ear()
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter  # held: one that nobody holds closes its connection

    async def open(self) -> None:
        """Icecast has no mount before its source came: it is asked until then."""
        async with asyncio.timeout(40):
            while True:
                try:
                    self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
                except ConnectionRefusedError:
                    await asyncio.sleep(0.5)
                    continue
                self.writer.write(f"GET {self.path} HTTP/1.0\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\n\r\n".encode())
                head = await self.reader.readuntil(b"\r\n\r\n")
                if b" 200 " in head.split(b"\r\n", 1)[0]:
                    return
                self.writer.close()
                await asyncio.sleep(0.5)

    async def listen(self) -> None:
        """What comes is read at once: the time of each piece is that of its coming."""
        while data := await self.reader.read(65_536):
            self.ear.feed(data, asyncio.get_running_loop().time())


async def hear(home: Path, port: int, icecast_port: int) -> dict[str, list[float]]:
    from pendopo_stream.live.line import Line
    from pendopo_stream.live.testing import Caller, bursts, delays, played
    from pendopo_stream.live.whep import Audience
    from pendopo_stream.live.whip import take_microphone
    from pendopo_stream.relay import Hub

    hub, line = Hub(home), Line(home)
    hub.start()
    line.start()
    if not await hub.wait_for_sound("mp3", 30):
        raise RuntimeError("no sound")
    while hub.where()["position_ms"] < ENOUGH_MS:
        await asyncio.sleep(0.2)
    listeners = {"icecast": Listener(icecast_port, "/stream.mp3")} if icecast_port else {}
    listeners |= {"mp3 live": Listener(port, "/stream.mp3?live=1"), "mp3 burst": Listener(port, "/stream.mp3")}
    tasks = []
    for listener in listeners.values():
        await listener.open()
        tasks.append(asyncio.create_task(listener.listen()))
    audience, ear = Audience(hub), Caller(hears=True)
    await ear.accept(await audience.join("ear", await ear.offer()))
    await ear.connected()
    channel = await line.open(holder="bench", name="Bench")
    await channel.set(on=True, mode="talk_over")
    microphone = Caller(sound=bursts(PITCH_HZ, EVERY_S))
    peer, answer = await take_microphone(await microphone.offer(), channel)
    await microphone.accept(answer)
    await asyncio.sleep(WARM_S + EVERY_S * BEEPS)
    began = microphone.microphone.began
    found = {"webrtc": delays(ear.heard, PITCH_HZ, began, EVERY_S)}
    for name, listener in listeners.items():
        sounded = played(listener.ear.heard) if name == "mp3 live" else at_once(listener.ear.heard)
        found[name] = delays(sounded, PITCH_HZ, began, EVERY_S)
    for task in tasks:
        if task.done():
            task.result()
        task.cancel()
    await peer.close()
    await microphone.close()
    await audience.leave("ear")
    await ear.close()
    await line.stop()
    await hub.stop()
    return found


def at_once(heard: list[tuple[float, Any]]) -> list[tuple[float, Any]]:
    """The same blocks, sounded from the first byte on without a stop: the burst stays as delay."""
    return [(heard[0][0] + number * 0.02, block) for number, (_, block) in enumerate(heard)]


def measure(folder: Path) -> list:
    from servers import BENCH, LOAD_CORE, Server, free_port, running

    from pendopo_stream.testing import sine, write_audio

    found: dict[str, dict[str, list[float]]] = {}
    for engine in ("embedded", "liquidsoap"):
        home, port = folder / f"delay-{engine}", free_port()
        for number, pitch in enumerate((220, 330)):
            write_audio(home / f"media/music/{number}.wav", sine(pitch, 60, 0.1), title=f"Nada {number}", artist=f"Penala {number}")
        making = Server(f"delay-{engine}", [sys.executable, "-m", "pendopo_stream.engine", "--home", str(home), "--engine", engine], 0)
        relay = [sys.executable, "-m", "pendopo_stream.relay", "--home", str(home), "--host", "127.0.0.1", "--port", str(port)]
        carrying = Server(f"delay-relay-{engine}", relay, port)
        with running(making):
            _wait(lambda making=making, home=home: (home / "engine.sock").exists() or making.process.poll() is not None)
            with running(carrying):
                carrying.wait()
                icecast = 0
                if engine == "liquidsoap":
                    keys = home / "liquidsoap" / "keys.json"
                    _wait(keys.exists)
                    icecast = json.loads(keys.read_text())["icecast_port"]
                command = ["taskset", "-c", str(LOAD_CORE), sys.executable, str(BENCH / "radio_latency.py"), str(home), str(port), str(icecast)]
                done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
                if done.returncode:
                    raise RuntimeError(done.stderr[-3000:])
                found[engine] = json.loads(done.stdout.splitlines()[-1])
    return _rows(found)


def _rows(found: dict[str, dict[str, list[float]]]) -> list:
    from run import Row

    promised: tuple[tuple[str, str, str, float | None], ...] = (
        ("embedded", "webrtc", "microphone to a WebRTC listener", 250), ("embedded", "mp3 live", "microphone to an MP3 listener of the live mount", 1000),
        ("embedded", "mp3 burst", "microphone to an MP3 listener with two seconds of burst", 3000),
        ("liquidsoap", "icecast", "microphone through Liquidsoap to a listener of Icecast", 4000),
        ("liquidsoap", "webrtc", "microphone through Liquidsoap to a WebRTC listener", None),
        ("liquidsoap", "mp3 live", "microphone through Liquidsoap to our live mount", None),
    )
    rows = []
    for engine, listener, what, most in promised:
        heard = [value * 1000 for value in found[engine][listener]]
        if len(heard) < BEEPS - 2:
            raise RuntimeError(f"{engine}, {listener}: only {len(heard)} of {BEEPS} beeps were heard")
        rows.append(Row(what, median(heard), "ms", most, detail=f"{min(heard):.0f}-{max(heard):.0f} ms, {len(heard)} beeps"))
    return rows


def _wait(true: Any, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise RuntimeError("it did not begin")
        time.sleep(0.1)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(hear(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))))
