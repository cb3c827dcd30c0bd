"""Satisfaction: the vectors of PermenPANRB 14/2017, answers kept for each unsur, and figures of many."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from pendopo.errors import InvalidInput
from pendopo.kit import berkas as b
from pendopo.kit.berkas import satisfaction as in_figures
from pendopo.kit.berkas.satisfaction import SLUGS, grade, ikm, points


@pytest.mark.parametrize(
    ("mean", "value", "mutu"),
    [(3.20, 80.00, "B"), (3.60, 90.00, "A"), (3.06, 76.50, "C"), (2.59, 64.75, "D"), (4, 100.0, "A"), (1, 25.0, "D")],
)
def test_a_mean_gives_its_ikm_and_mutu(mean, value, mutu):
    assert ikm([mean]) == value
    assert grade(value) == mutu


@pytest.mark.parametrize(("value", "mutu"), [(88.31, "A"), (88.30, "B"), (76.61, "B"), (76.60, "C"), (65.0, "C"), (64.99, "D"), (0.0, "")])
def test_mutu_changes_at_the_bounds_of_the_rule(value, mutu):
    assert grade(value) == mutu


def test_ikm_is_rounded_half_up_and_nobody_has_none():
    assert ikm([3, 3, 3, 3, 4]) == 80.0
    assert ikm([4, 3, 3]) == 83.33
    assert ikm([3.0602]) == 76.51
    assert ikm([]) == 0.0


def test_an_unsur_that_was_not_answered_counts_as_the_whole():
    assert points(3, {}) == 27
    assert points(3, {"u1": 4, "u9": 1}) == 26


@pytest.fixture
def closed(db, kind, people, officer, now):
    """Calling it opens and closes a matter; `(applicant, matter)`."""

    def close(opd="dpupr"):
        applicant = people.resident()
        matter = b.receive_berkas(
            db, applicant, kind, title="Jalan rusak", register_code="UJI", applicant_id=applicant.account_id, opd_id=people.opd(opd), now=now
        )
        b.move_berkas(db, officer("uji.verify", scope="regency"), matter.id, "tolak", note="Bukan di sini.", now=now)
        return applicant, matter

    return close


def test_figures_join_short_and_long_answers(db, closed, people, now):
    one, first = closed()
    two, second = closed()
    three, third = closed("dlh")
    b.rate(db, one, first.id, 4, now=now)
    b.rate(db, two, second.id, 3, answers=dict.fromkeys(SLUGS, 3) | {"u3": 1}, now=now)
    b.rate(db, three, third.id, 1, now=now)

    all_of_them = in_figures(db, "uji")
    here = in_figures(db, "uji", people.opd("dpupr"))

    assert (all_of_them.count, all_of_them.ikm, all_of_them.grade) == (3, 64.81, "D")  # (36 + 25 + 9) / 27 x 25
    assert (here.count, here.ikm, here.grade) == (2, 84.72, "B")
    assert {title: mean for title, mean, _ in here.unsur}["Waktu penyelesaian"] == 1.0
    assert {count for _, _, count in here.unsur} == {1}
    assert in_figures(db, "uji", since=now + timedelta(seconds=1)).count == 0
    assert in_figures(db, "lain") == b.Satisfaction()


@pytest.mark.parametrize("answers", [{"u10": 3}, {"u1": 5}, {"u1": 0}])
def test_answers_outside_the_survey_are_refused(db, closed, now, answers):
    applicant, matter = closed()
    with pytest.raises(InvalidInput):
        b.rate(db, applicant, matter.id, 3, answers=answers, now=now)


def test_the_nine_questions_are_folded_away_and_their_answers_kept(client, closed, db):
    applicant, matter = closed()
    client.sign_in(applicant)
    asked = client.fragment(f"/berkas/{matter.id}/penilaian").text
    assert asked.index("Seberapa puas Anda") < asked.index("<details") < asked.index("Apakah cepat selesai?")
    assert client.post(f"/berkas/{matter.id}/penilaian", data={"nilai-score": "3", "nilai-u3": "7"}).status_code == 422

    sent = client.post(f"/berkas/{matter.id}/penilaian", data={"nilai-score": "3", "nilai-u3": "2", "nilai-u4": "4"})

    assert sent.status_code == 303
    rating = db.scalars(select(b.BerkasRating)).one()
    assert (rating.score, rating.answers, rating.detailed, rating.points) == (3, {"u3": 2, "u4": 4}, True, 27)
