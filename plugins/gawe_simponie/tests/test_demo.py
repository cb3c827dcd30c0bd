"""The invented year: equal for equal seed, in every state worth seeing, and true to its own rules."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from gawe_simponie import demo
from gawe_simponie.models import Izin, Jenis, Permohonan, Tahap
from pendopo.kit.berkas import Berkas, verify_timeline

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.fixture
def year(db, offices, people, front, head):
    for number in range(8):
        people.resident(f"Warga {number}")
    demo.fill(db, seed=7, now=NOW, scale=0.2)
    return db


def test_applications_lie_in_the_past_with_whole_timelines_and_stages(year):
    rows = list(year.scalars(select(Permohonan)))

    assert len(rows) == 58
    assert all(row.submitted_at < NOW and row.berkas.moved_at <= NOW for row in rows)
    assert all(verify_timeline(year, row.berkas_id) for row in rows[:20])
    opened = select(func.count()).select_from(Tahap).where(Tahap.until.is_(None))
    assert year.scalar(opened) == year.scalar(select(func.count()).select_from(Berkas).where(Berkas.kind == "permohonan_izin", Berkas.is_open))


def test_the_states_worth_seeing_are_there(year):
    states = set(year.scalars(select(Berkas.state).where(Berkas.kind == "permohonan_izin")))

    assert states >= {"terbit", "ditolak", "verifikasi_teknis", "perbaikan", "draf_izin"}
    assert year.scalar(select(func.count()).select_from(Permohonan).where(Permohonan.deemed_at.is_not(None))) > 0


def test_who_was_granted_a_permit_has_one_and_nobody_else(year):
    granted = set(year.scalars(select(Berkas.id).where(Berkas.kind == "permohonan_izin", Berkas.state.in_(("terbit", "dicabut")))))

    assert set(year.scalars(select(Izin.berkas_id))) == granted
    assert len(set(year.scalars(select(Izin.number)))) == len(granted)


def test_every_published_type_is_marked_as_an_example(year):
    assert all(data["contoh"] for data in year.scalars(select(Jenis.data)))
