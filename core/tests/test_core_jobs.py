"""Scheduled and background work: each minute once among all processes, each job's fault its own, messages signed."""

import pickle
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from pendopo import jobs
from pendopo.contract import Job
from pendopo.jobs import JobRun, Queue, Runner, claim_minutes, is_due
from pendopo.testing.databases import kind
from pendopo.testing.server import until

AT = datetime(2026, 11, 24, 19, 30, 20, tzinfo=UTC)  # 02.30 WIB


def runs_of(portal):
    with portal.db.session(write=False) as db:
        return [(run.slug, run.ok) for run in db.scalars(select(JobRun).order_by(JobRun.id))]


@pytest.fixture
def ran():
    return []


@pytest.fixture
def client(house, ran):
    def work(portal, now, *ids):
        ran.append(ids)

    def fail(portal, now):
        ran.append("fail")
        raise RuntimeError("belum bisa")

    return house(gawe_uji={"jobs": lambda: [
        Job("malam", "Tiap malam", work, cron="30 2 * * *"), Job("kerja", "Kerja", work), Job("gagal", "Gagal", fail, retries=0),
        Job("salah", "Cron salah", work, cron="bukan cron"), Job("pagi", "Tiap pagi", work, cron="0 6 * * 1-5"),
    ]})


def test_a_minute_is_claimed_by_one_process(client):
    portal = client.portal_here
    with ThreadPoolExecutor(6) as pool:
        claimed = list(pool.map(lambda n: claim_minutes(portal, f"proses-{n}", now=AT), range(12)))

    assert sorted(map(len, claimed)) == [0] * 11 + [1]
    assert claim_minutes(portal, "lain", now=AT + timedelta(minutes=1)) == [AT.replace(second=0) + timedelta(minutes=1)]


def test_minutes_without_any_process_are_made_up_for_but_not_for_ever(client):
    portal = client.portal_here
    claim_minutes(portal, "satu", now=AT)

    assert len(claim_minutes(portal, "satu", now=AT + timedelta(minutes=7))) == 7
    assert len(claim_minutes(portal, "satu", now=AT + timedelta(days=9))) == jobs.CATCH_UP.total_seconds() / 60


def test_scheduled_jobs_are_due_by_the_regencys_clock_and_a_wrong_line_is_its_plugins_fault(client):
    portal = client.portal_here
    queue = Queue(portal)
    runner = Runner(queue)

    assert "malam" in runner.enqueue_due(AT)
    assert runner.enqueue_due(AT) == []
    assert "malam" not in runner.enqueue_due(AT + timedelta(minutes=1))
    assert portal.host.plugins["gawe_uji"].faults[0].where == "job:salah"
    queue.close()


@pytest.mark.parametrize(("cron", "local", "due"), [
    ("30 2 * * *", datetime(2026, 11, 24, 2, 30), True), ("30 2 * * *", datetime(2026, 11, 24, 2, 31), False), ("*/15 * * * *", datetime(2026, 11, 24, 2, 45), True),
    ("0 6 * * 1-5", datetime(2026, 11, 24, 6, 0), True), ("0 6 * * 1-5", datetime(2026, 11, 22, 6, 0), False), ("0 0 1 1 *", datetime(2027, 1, 1), True),
])
def test_a_cron_line_names_its_minutes(cron, local, due):
    assert is_due(cron, local.replace(tzinfo=ZoneInfo("Asia/Jakarta"))) is due


def test_a_queued_job_runs_with_its_ids_and_a_failing_one_stops_nobody(client, ran):
    with client:
        jobs.enqueue("gagal")
        jobs.enqueue("kerja", 7, 8)
        until(lambda: (7, 8) in ran)
        portal = client.portal_here
        until(lambda: len(runs_of(portal)) >= 2)

        assert set(runs_of(portal)) >= {("gagal", False), ("kerja", True)}
        assert ran.count("fail") == 1
        with pytest.raises(LookupError):
            jobs.enqueue("tidak ada")
    with pytest.raises(RuntimeError):  # the process has stopped taking work
        jobs.enqueue("kerja")


def test_a_job_of_a_plugin_that_was_switched_off_does_not_run(client, ran):
    client.portal_here.host.switch({"gawe_uji"})
    jobs.run_job(client.portal_here, "kerja", 1)

    assert ran == []


@pytest.mark.skipif(kind() != "sqlite", reason="writes into huey's own file")
def test_a_message_that_somebody_else_wrote_is_not_unpickled(client, tmp_path):
    class Bomb:
        def __reduce__(self):
            return (open, (str(tmp_path / "meledak"), "w"))

    queue = Queue(client.portal_here)
    queue.put("kerja", 1)
    with sqlite3.connect(client.portal_here.settings.home / "jobs.db") as file:
        file.execute("UPDATE task SET data = ?", (pickle.dumps(Bomb()),))
    file.close()
    with pytest.raises(ValueError, match=r"Separator|ignature"):
        queue.huey.dequeue()
    queue.close()

    assert not (tmp_path / "meledak").exists()
