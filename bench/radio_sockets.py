"""An announcement to 10,000 websockets: `python radio_sockets.py PORTAL_PORT BARE_PORT SOCKETS ROUNDS TOKEN` is the crowd.

Prints one JSON list of pairs: the seconds from sending the announcer's form until the last socket of `/radio/ws` has the words,
and from saying the same text until the last socket of `websockets.broadcast` has it. First one crowd, then the other: twenty
thousand sockets are more than a process may open.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

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


async def main() -> None:
    from listeners import TEXT, Crowd, Listener, frame, timed

    portal_port, bare_port, size, rounds = (int(word) for word in sys.argv[1:5])
    portal = Crowd(portal_port, "/radio/ws", b'{"type": "subscribe", "what": ["announcements"]}', b'"type": "subscribed"')
    await portal.gather(size)
    await asyncio.sleep(2)
    ours, texts = [], []
    for number in range(rounds + 1):  # the first one warms up
        ours.append(await timed(portal, f"n{number:04d}", lambda number=number: announcer_says(portal_port, sys.argv[5], number)))
        texts.append(portal.last_text)
        await asyncio.sleep(1.5)  # the rest of what a published word sets going
    portal.leave()
    await asyncio.sleep(2)
    bare, talker = Crowd(bare_port, "/"), Crowd(bare_port, "/say")
    await bare.gather(size)
    _, speaker = await asyncio.get_running_loop().create_connection(lambda: Listener(talker), "127.0.0.1", bare_port)
    while not speaker.open:
        await asyncio.sleep(0.01)
    theirs = []
    for number, text in enumerate(texts):

        async def say(text: bytes = text) -> None:
            speaker.transport.write(frame(TEXT, text))

        theirs.append(await timed(bare, f"n{number:04d}", say))
        await asyncio.sleep(0.3)
    print(json.dumps(list(zip(ours[1:], theirs[1:], strict=True))))


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
    import os

    from radio_relay import source
    from run import ROUNDS, Row
    from servers import BENCH, LOAD_CORE, Server, free_port, running

    port = free_port()
    with source(Path(env["PENDOPO_HOME"]) / "radio"):
        portal = Server("portal-words", portal_command, int(env["PENDOPO_PORT"]), env)
        bare = Server("bare-words", [sys.executable, str(BENCH / "bare_sockets.py"), str(port)], port)
        with running(portal, bare):
            portal.wait()
            done = subprocess.run(
                [sys.executable, str(Path(__file__)), str(portal.port), str(port), str(SOCKETS), str(ROUNDS), session(env)],
                capture_output=True, text=True, check=False, preexec_fn=lambda: os.sched_setaffinity(0, {LOAD_CORE}),
            )
            memory = portal.memory_mb()
    if done.returncode:
        raise RuntimeError(f"radio_sockets.py: {done.stderr[-2000:]}")
    found = json.loads(done.stdout)
    ours, theirs = median(pair[0] for pair in found), median(pair[1] for pair in found)
    fastest, slowest = (round(pick(pair[0] for pair in found) * 1000) for pick in (min, max))
    detail = f"{ours * 1000:.0f} ms from the announcer's form ({fastest}-{slowest}) against {theirs * 1000:.0f} ms; {memory:.0f} MB"
    return [Row(f"announcement to {SOCKETS:,} sockets / websockets.broadcast", ours / theirs, "x", 1.5, detail=detail)]


if __name__ == "__main__":
    if sys.argv[1] == "session":
        open_session()
    else:
        import uvloop

        uvloop.run(main())
