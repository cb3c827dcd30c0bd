"""The invented year: equal for equal seed, and true to its own rules."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from gawe_pelaporan import demo
from gawe_pelaporan.demo_stories import TO, in_office_hours, tell
from gawe_pelaporan.kind import LAPORAN
from gawe_pelaporan.models import Dukungan, Laporan
from pendopo.kit.berkas import Berkas, verify_timeline

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.fixture
def year(db, offices, verifier, roadworker, people):
    for n in range(12):
        people.resident(f"Warga {n}")
    demo.fill(db, seed=7, now=NOW, scale=0.06)
    return db


def test_reports_lie_in_the_past_with_whole_timelines(year):
    rows = year.scalars(select(Laporan)).unique().all()

    assert len(rows) == 120
    assert all(row.received_at < NOW and row.berkas.moved_at < NOW for row in rows)
    assert all(verify_timeline(year, row.berkas_id) for row in rows[:20])


def test_what_is_finished_was_published_before(year):
    for row in year.scalars(select(Laporan)).unique():
        if row.finished_at:
            assert row.published_at < row.finished_at
        assert (row.berkas.state in ("diterima", "tidak_lengkap", "ditolak_spam", "duplikat")) <= (row.published_at is None)


def test_counts_of_support_are_true(year):
    for berkas_id, supports in year.execute(select(Laporan.berkas_id, Laporan.supports)):
        assert year.scalar(select(func.count()).select_from(Dukungan).where(Dukungan.berkas_id == berkas_id)) == supports


def test_register_numbers_are_given_once_and_go_on_afterwards(year, receive):
    registers = list(year.scalars(select(Berkas.register)))

    assert len(set(registers)) == len(registers)
    assert receive().berkas.register not in registers


def test_a_story_follows_the_workflow():
    dice = random.Random(3)
    steps = {step.slug: step for step in LAPORAN.transitions}
    for _ in range(300):
        state = "diterima"
        story = tell(dice, NOW, NOW - timedelta(days=dice.randint(0, 300)))
        for at, slug in story.steps:
            assert state in steps[slug].frm
            assert at < NOW
            state = TO[slug]


def test_the_same_seed_tells_the_same_story():
    assert tell(random.Random(5), NOW, NOW - timedelta(days=90)) == tell(random.Random(5), NOW, NOW - timedelta(days=90))


def test_offices_work_on_weekdays_by_day():
    dice = random.Random(1)
    for hours in range(0, 24 * 8, 5):
        moment = NOW + timedelta(hours=hours)
        local = in_office_hours(moment, dice) + timedelta(hours=7)
        assert local - timedelta(hours=7) >= moment
        assert local.weekday() < 5
        assert 8 <= local.hour <= 16
