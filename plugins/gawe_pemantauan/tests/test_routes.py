"""The pages of notes."""

import pytest


@pytest.fixture
def reader(client, officer):
    return client.sign_in(officer("pemantauan.close"))


def test_the_page_answers_whole_and_as_fragment(reader):
    whole, piece = reader.get("/pemantauan/"), reader.fragment("/pemantauan/")

    assert (whole.status_code, piece.status_code) == (200, 200)
    assert "<html" in whole.text
    assert "<html" not in piece.text


def test_a_note_appears_after_it_is_written(reader):
    answer = reader.post("/pemantauan/", data={"text": "Lampu taman mati"})

    assert answer.status_code == 303
    assert "Lampu taman mati" in reader.get("/pemantauan/").text


def test_a_long_note_is_refused_and_kept_in_the_form(reader):
    answer = reader.post("/pemantauan/", data={"text": "x" * 201})

    assert answer.status_code == 422
    assert "x" * 201 in answer.text
