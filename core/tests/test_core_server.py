"""The portal as processes: many workers, switching under load, kill -9, restart, graceful stop."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text

from pendopo.testing.people import People, open_session_for
from pendopo.testing.server import portal_of, until

pytestmark = pytest.mark.timeout(180)


def rows(server, query: str) -> list:
    portal = portal_of(server)
    try:
        with portal.db.session(write=False) as db:
            return [tuple(row) for row in db.execute(text(query))]
    finally:
        portal.db.dispose()


def resident_token(server) -> str:
    portal = portal_of(server)
    try:
        return open_session_for(portal, People(portal).resident().account_id)
    finally:
        portal.db.dispose()


def children_of(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_switching_a_plugin_off_and_on_under_load_fails_no_request(serve):
    server = serve(workers=2)
    stop, codes = threading.Event(), {"/contoh/": [], "/": [], "/healthz": []}

    def hammer(path: str) -> None:
        with server.client() as client:
            while not stop.is_set():
                codes[path].append(client.get(path, headers={"Accept-Language": "en"}).status_code)

    threads = [threading.Thread(target=hammer, args=(path,)) for path in codes]
    for thread in threads:
        thread.start()
    try:
        for _ in range(2):
            server.run("disable", "gawe_contoh")
            until(lambda: codes["/contoh/"][-20:] == [404] * 20)
            server.run("enable", "gawe_contoh")
            until(lambda: codes["/contoh/"][-20:] == [200] * 20)
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    assert set(codes["/contoh/"]) == {200, 404}
    assert set(codes["/"]) == set(codes["/healthz"]) == {200}


def test_kill_9_during_submissions_loses_none_that_was_acknowledged(serve):
    server = serve(workers=2)
    token = resident_token(server)
    acknowledged: list[str] = []

    def submit(number: int) -> None:
        try:
            with server.client(token) as client:
                if client.post("/contoh/", data={"text": f"catatan {number}"}).status_code == 303:
                    acknowledged.append(f"catatan {number}")
        except httpx2.HTTPError:
            return  # never acknowledged

    with ThreadPoolExecutor(20) as pool:
        for number in range(200):
            pool.submit(submit, number)
        until(lambda: len(acknowledged) > 40)
        server.kill()

    server.start()
    with server.client() as client:
        assert client.get("/contoh/").status_code == 200
    kept = {row[0] for row in rows(server, "SELECT text FROM gawe_contoh_note")}
    assert len(acknowledged) < 200
    assert set(acknowledged) <= kept


def test_a_dead_worker_is_started_again_and_the_others_answer_meanwhile(serve):
    server = serve(workers=2)
    before = until(lambda: len(found := children_of(server.process.pid)) == 2 and found)
    os.kill(before[0], signal.SIGKILL)

    with server.client() as client:
        assert all(client.get("/healthz").status_code == 200 for _ in range(20))
    after = until(lambda: len(found := children_of(server.process.pid)) == 2 and set(found) != set(before) and found)
    assert before[1] in after


@pytest.mark.parametrize("workers", [1, 2])
def test_it_stops_when_asked_and_leaves_no_process(serve, workers):
    server = serve(workers=workers)
    children = children_of(server.process.pid)
    began = time.monotonic()

    assert server.stop() in (0, -signal.SIGTERM)
    assert time.monotonic() - began < 8
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children), 5)


def test_workers_end_when_their_parent_is_killed(serve):
    server = serve(workers=2)
    children = until(lambda: len(found := children_of(server.process.pid)) == 2 and found)
    server.process.kill()
    server.process.wait()

    until(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() and b"pendopo" in Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children), 10)


def test_one_worker_is_small(serve):
    server = serve(workers=1)
    with server.client() as client:
        for path in ("/", "/contoh/", "/healthz", "/masuk"):
            client.get(path)
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    peak_mib = int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024

    assert peak_mib < 150
