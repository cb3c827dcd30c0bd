"""`kill -9` while two hundred reports are being sent through the real form: what was acknowledged is there, and told once."""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from pendopo.testing.served import House

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
REPORTS, AT_ONCE = 200, 8
CUT_AFTER = 60  # answers


def title_of(number: int) -> str:
    return f"Tumpukan sampah nomor {number:03d}"


def report(number: int) -> dict[str, str]:
    return {
        "service_code": "CMR-LNG", "title": title_of(number), "description": "Sampah menumpuk sejak sepekan dan mulai berbau.",
        "address": f"Gang {number:03d} dekat pasar", "private": "y", "confirmed": "y",
    }


def test_an_acknowledged_report_survives_kill_9(served: House) -> None:
    token = served.session_of("warga")
    acknowledged: set[int] = set()
    counting, cut = threading.Lock(), threading.Event()

    def send(number: int) -> None:
        if cut.is_set():
            return
        try:
            with served.client(token) as client:
                answer = client.post("/pelaporan/baru", data=report(number))
        except httpx2.HTTPError:
            return  # cut off: nobody was told that it arrived
        if answer.status_code == 503:
            return  # refused with a sentence because the database was too busy: not acknowledged either
        assert answer.status_code == 303, f"{answer.status_code}: {re.sub('<[^>]+>', ' ', answer.text)[:2000]}"
        with counting:
            acknowledged.add(number)
            if len(acknowledged) == CUT_AFTER:
                cut.set()
                served.kill()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(send, range(REPORTS)))
    assert len(acknowledged) >= CUT_AFTER

    served.start()
    kept = {row[0] for row in served.rows("SELECT title FROM core_berkas WHERE title LIKE 'Tumpukan sampah nomor %'")}
    assert {title_of(number) for number in acknowledged} <= kept
    cut.clear()
    until = time.monotonic() + 120
    while (rest := sorted(set(range(REPORTS)) - acknowledged)) and time.monotonic() < until:  # and the portal goes on with the rest
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(send, rest))
    assert len(acknowledged) == REPORTS
    registers = [row[0] for row in served.rows("SELECT register FROM core_berkas")]
    assert len(registers) == len(set(registers))

    until = time.monotonic() + 60  # every report told the citizen once that it arrived
    while served.rows("SELECT count(*) FROM core_outbox WHERE done_at IS NULL")[0][0] and time.monotonic() < until:
        time.sleep(0.5)
    twice = served.rows("SELECT key, count(*) FROM core_inbox GROUP BY account_id, key HAVING count(*) > 1")
    assert twice == []

