"""The invented year: equal for equal seed, in every state worth seeing, and true to its own rules."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from gawe_simponie import demo
from gawe_simponie.models import Izin, Jenis, Permohonan, Tahap
from pendopo.kit.berkas import verify_timeline
from pendopo.kit.documents import Document

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.fixture
def year(db, offices, people, front, head):
    for number in range(8):
        people.resident(f"Warga {number}")
    demo.fill(db, seed=7, now=NOW, scale=0.2)
    return db


def test_the_year_is_whole_in_every_state_and_mostly_in_time(year):
    rows = list(year.scalars(select(Permohonan)))
    assert len(rows) == 58
    assert all(row.submitted_at < NOW and row.berkas.moved_at <= NOW for row in rows)
    assert all(verify_timeline(year, row.berkas_id) for row in rows[:20])
    assert {row.berkas.state for row in rows} >= {"terbit", "ditolak", "verifikasi_teknis", "perbaikan"}

    open_stages = year.scalar(select(func.count()).select_from(Tahap).where(Tahap.until.is_(None)))
    assert open_stages == sum(row.berkas.is_open for row in rows)
    assert 0 < sum(row.deemed_at is not None for row in rows) <= len(rows) // 10
    late = [row for row in rows if row.berkas.is_open and row.berkas.due_at < NOW - timedelta(days=21)]
    assert [row.berkas.state for row in late if row.berkas.clock == "run"] == []

    granted = {row.berkas_id for row in rows if row.berkas.state in ("terbit", "dicabut")}
    assert set(year.scalars(select(Izin.berkas_id))) == granted
    assert len(set(year.scalars(select(Izin.number)))) == len(granted)
    waiting = {paper.ref for paper in year.scalars(select(Document).where(Document.plugin == "gawe_simponie", Document.status == "menunggu"))}
    assert waiting >= {row.berkas_id for row in rows if row.berkas.state == "ttd"}
    assert all(data["contoh"] for data in year.scalars(select(Jenis.data)))
