"""Who follows hears once when a programme opens its window: not before, not again, and also when the house was down."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from gawe_pemantauan import jobs, opening, programs
from gawe_pemantauan.models import Pengikut
from pendopo import SignInNeeded
from pendopo.identity import ANONYMOUS


@pytest.fixture
def heard(client, resident):
    """How often the resident was told that the programme opened."""
    return lambda: client.sign_in(resident).get("/inbox/").text.count("Program Hibah sarana ibadah menerima")


def test_a_follower_is_told_once_also_by_a_job_that_runs_again(db, portal, program, resident, heard, now):
    opening.follow(db, resident, ["hibah"], now=now)
    assert opening.announce(db, now=now) == 1
    assert opening.announce(db, now=now) == 0
    db.commit()
    jobs.announce(portal, now)

    assert heard() == 1


def test_nobody_hears_before_the_day_of_a_pause_or_of_another_sort(db, make_program, kesra, resident, heard, now):
    opening.follow(db, resident, ["bansos"], now=now)
    make_program(opens_on=now.date() + timedelta(days=3), closes_on=now.date() + timedelta(days=9))
    paused = make_program("bansos_terencana")
    programs.pause_program(db, kesra, paused.id, "Menunggu perubahan anggaran", now=now)
    assert opening.announce(db, now=now) == 0

    assert opening.announce(db, now=now + timedelta(days=3)) == 1
    assert heard() == 0, "it is a hibah"
    programs.resume_program(db, kesra, paused.id)
    assert opening.announce(db, now=now) == 1
    assert heard() == 1


def test_a_second_window_is_told_again(db, program, resident, heard, now):
    opening.follow(db, resident, ["hibah"], now=now)
    opening.announce(db, now=now)
    program.opens_on, program.closes_on = now.date() + timedelta(days=40), now.date() + timedelta(days=60)
    db.flush()

    assert opening.announce(db, now=now + timedelta(days=40)) == 1
    assert heard() == 2


def test_following_is_chosen_on_the_page_and_left_again(db, client, resident, program):
    client.sign_in(resident)
    assert client.post("/pemantauan/ikuti", data={"jenis": ["hibah", "bansos", "lain"]}).status_code == 303
    assert opening.followed(db, resident.account_id) == {"hibah", "bansos"}
    assert 'value="hibah" checked' in client.get("/pemantauan/").text
    client.post("/pemantauan/ikuti", data={"jenis": "bansos"})
    db.expire_all()
    assert opening.followed(db, resident.account_id) == {"bansos"}


def test_a_visitor_follows_nothing(db, client, program, now):
    with pytest.raises(SignInNeeded), db.begin_nested():
        opening.follow(db, ANONYMOUS, ["hibah"], now=now)
    assert "Masuk dahulu" in client.get("/pemantauan/").text
    assert db.scalar(select(func.count()).select_from(Pengikut)) == 0
