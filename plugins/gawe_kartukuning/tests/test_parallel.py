"""Many at once, on either database: a card, a report, an application and a place are each given once, and a peak loses nobody."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from gawe_kartukuning import applications, cards, placing, seekers
from gawe_kartukuning.models import Kartu, Pencari, Penempatan, Permohonan
from pendopo.kit.berkas import move_berkas
from pendopo.testing.parallel import all_at_once

PHONES, EACH = 10, 50


def test_two_employers_at_once_hire_one_person_once(portal, db, citizen, card, company, vacancy, today, now):
    rows = [placing.apply_for_work(db, citizen, vacancy(judul=f"Juru las {n}").id, on=today, now=now).id for n in range(2)]
    given, refused = all_at_once(portal, [lambda db, row=row: placing.hire(db, company[0], row, start=today, pay=None, on=today, now=now).id for row in rows])

    assert (len(given), refused) == (1, ["Conflict"])
    assert db.scalar(select(func.count()).select_from(Penempatan)) == 1


@pytest.mark.slow
def test_fifty_signatures_at_once_lose_and_double_nothing(portal, db, office, clerk, head, new_seeker, today, now):
    """25 applications, each signed by two officers in the same moment: 25 cards, numbered without a gap."""
    ids = []
    for number in range(25):
        new = new_seeker(nik=f"36043017089500{number + 1:02d}", nama=f"Pelamar {number}")
        seeker = seekers.register_seeker(db, clerk, new, account_id=None, on=today, now=now)
        application = applications.apply(db, clerk, seeker, channel="loket", now=now)
        move_berkas(db, clerk, application.berkas_id, "setujui", now=now)
        ids.append(application.berkas_id)
    given, refused = all_at_once(portal, [lambda db, one=one: move_berkas(db, head, one, "terbitkan", now=now).id for one in [*ids, *ids]])

    assert (sorted(given), len(refused)) == (sorted(ids), 25)
    assert set(refused) <= {"BerkasMovedAlready", "Conflict", "StepNotOpen"}
    assert sorted(db.scalars(select(Kartu.nomor))) == [f"3604/AK1/2026/{n:06}" for n in range(1, 26)]
    assert db.scalar(select(func.count()).select_from(Permohonan).where(Permohonan.open_of.is_not(None))) == 0


def test_a_report_sent_ten_times_at_once_counts_once(portal, db, citizen, card, now):
    later, card_id = now + timedelta(days=175), card.id
    given, refused = all_at_once(portal, [lambda db: cards.report(db, citizen, card_id, "mencari", on=later.date(), now=later).last_report] * 10)

    assert (given, refused) == ([1], ["Conflict"] * 9)
    assert len(cards.reports_of(db, card_id)) == 1


def test_two_applications_at_once_open_one(portal, db, citizen, enrol, now):
    seeker_id = enrol(citizen).id
    given, _refused = all_at_once(portal, [lambda db: applications.apply(db, citizen, db.get(Pencari, seeker_id), now=now).berkas_id] * 6)

    assert len(given) == 1
    assert db.scalar(select(func.count()).select_from(Permohonan)) == 1


@pytest.mark.slow
def test_a_graduation_peak_of_five_hundred_is_taken_in_without_loss(portal, db, office, new_seeker, clerk, today, now):
    """What an hour may bring comes from ten phones at once: every register is there once and in a row."""

    def send(_db, phone):
        sent = []
        for number in range(phone * EACH + 1, (phone + 1) * EACH + 1):
            with portal.db.session() as db:  # each its own, as a request has
                new = new_seeker(nik=f"3604{301708950000 + number}", nama=f"Lulusan {number}")
                seeker = seekers.register_seeker(db, clerk, new, account_id=None, on=today, now=now)
                sent.append(applications.apply(db, clerk, seeker, channel="loket", now=now).berkas.register)
        return sent

    given, refused = all_at_once(portal, [partial(send, phone=phone) for phone in range(PHONES)])

    assert refused == []
    assert sorted(register[9:15] for sent in given for register in sent) == [f"{n:06}" for n in range(1, PHONES * EACH + 1)]
    assert db.scalar(select(func.count()).select_from(Permohonan)) == PHONES * EACH
