"""An announcement to 10,000 websockets, and the same text by `websockets.broadcast`, in turn.

`python radio_sockets.py portal PORT SOCKETS COOKIE` and `... bare PORT SOCKETS` are crowds, in a process each, for one may not
open twenty thousand sockets. Each line of input (`{"number", "text"}`) is a round; the answer is how many seconds it took from
sending the announcer's form (or from saying the text) until the last and until the first socket had the words, and the text.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from servers import BENCH, LOAD_CORE, Server, free_port, running

SOCKETS = 10_000
WORDS = "Jalan Raya Anyar ditutup untuk perbaikan jembatan. Lewat Mancak. " * 2


async def announcer_says(port: int, cookie: str, number: int) -> Any:
    from listeners import Speaker

    until = (datetime.now(UTC) + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M")
    form = {"title": f"Kabar n{number:04d}", "text_id": WORDS, "priority": "info", "until": until, "repeat_min": "0", "aksi": "kirim"}
    body = urlencode(form).encode()
    transport, _ = await asyncio.get_running_loop().create_connection(Speaker, "127.0.0.1", port)
    head = (
        f"POST /kerja/radio/pengumuman/baru HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    transport.write(head.encode() + body)
    return transport


async def main(kind: str, port: int, size: int, cookie: str = "") -> None:
    from listeners import TEXT, Crowd, Listener, frame, timed

    loop = asyncio.get_running_loop()
    if kind == "portal":
        crowd = Crowd(port, "/radio/ws", b'{"type": "subscribe", "what": ["announcements"]}', b'"type": "subscribed"')
    else:
        crowd, talker = Crowd(port, "/"), Crowd(port, "/say")
        _, speaker = await loop.create_connection(lambda: Listener(talker), "127.0.0.1", port)
    await crowd.gather(size)
    print("{}", flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        job = json.loads(line)

        async def say(job: dict = job) -> None:
            if kind == "portal":
                await announcer_says(port, cookie, job["number"])
            else:
                speaker.transport.write(frame(TEXT, job["text"].encode()))

        began = time.perf_counter()
        last = await timed(crowd, f"n{job['number']:04d}", say)
        print(json.dumps({"last": last, "first": crowd.first_at - began, "text": crowd.last_text.decode()}), flush=True)


class Process:
    """One crowd, on the load's core."""

    def __init__(self, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__)), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, {LOAD_CORE}),
        )

    def hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("a crowd of radio_sockets.py ended")
        return json.loads(line)

    def round(self, number: int, text: str = "") -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"number": number, "text": text}) + "\n")
        self.process.stdin.flush()
        return self.hear()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait(10)


def session(home_env: dict[str, str]) -> str:
    """`name=token` of the demo's announcer."""
    done = subprocess.run([sys.executable, str(Path(__file__)), "session"], env=home_env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout.split()[-1]


def open_session() -> None:
    from sqlalchemy import select

    from pendopo.app import Portal
    from pendopo.identity import Account
    from pendopo.settings import Settings
    from pendopo.testing.people import open_session_for

    portal = Portal(Settings())
    with portal.db.session(write=False) as db:
        account_id = db.scalars(select(Account.id).where(Account.email.like("penyiar@%"))).one()
    print(f"{portal.session_cookie}={open_session_for(portal, account_id)}")


def measure(env: dict[str, str], portal_command: list[str]) -> list:
    from radio_relay import source
    from run import ROUNDS, Row

    port = free_port()
    with source(Path(env["PENDOPO_HOME"]) / "radio"):
        portal = Server("portal-words", portal_command, int(env["PENDOPO_PORT"]), env)
        bare = Server("bare-words", [sys.executable, str(BENCH / "bare_sockets.py"), str(port)], port)
        with running(portal, bare):
            portal.wait()
            crowds = [Process("portal", str(portal.port), str(SOCKETS), session(env)), Process("bare", str(port), str(SOCKETS))]
            try:
                found = rounds(*crowds, ROUNDS)
            finally:
                for crowd in crowds:
                    crowd.stop()
            memory = portal.memory_mb()
    ratios = sorted(ours["last"] / theirs["last"] for ours, theirs in found)
    ours, first, theirs = (median(values) * 1000 for values in zip(*((pair[0]["last"], pair[0]["first"], pair[1]["last"]) for pair in found), strict=True))
    detail = f"{ratios[0]:.2f}-{ratios[-1]:.2f}; {ours:.0f} ms from the announcer's form, the first after {first:.0f}, against {theirs:.0f} ms; {memory:.0f} MB"
    return [Row(f"announcement to {SOCKETS:,} sockets / websockets.broadcast", median(ratios), "x", 1.5, detail=detail)]


def rounds(portal: Process, bare: Process, count: int) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    portal.hear()
    bare.hear()
    found = []
    for number in range(count + 1):  # the first one warms up
        ours = portal.round(number)
        time.sleep(2.0)  # the rest of what a published word sets going
        found.append((ours, bare.round(number, ours["text"])))
        time.sleep(0.5)
    return found[1:]


if __name__ == "__main__":
    if sys.argv[1] == "session":
        open_session()
    else:
        import uvloop

        uvloop.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:]))
