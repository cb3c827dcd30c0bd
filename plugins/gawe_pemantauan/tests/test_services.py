"""The rules of notes."""

import pytest

from gawe_pemantauan import services
from pendopo import PermissionRefused, SignInNeeded
from pendopo.identity import ANONYMOUS


def test_a_note_is_kept_with_its_writer(db, resident, now):
    note = services.write_note(db, resident, "Lampu taman mati", now=now)

    assert (note.text, note.written_by, note.closed_at) == ("Lampu taman mati", resident.account_id, None)


def test_an_anonymous_visitor_writes_nothing(db, now):
    with pytest.raises(SignInNeeded):
        services.write_note(db, ANONYMOUS, "Lampu taman mati", now=now)


def test_closing_twice_is_refused(db, resident, officer, now):
    closer = officer("pemantauan.close")
    note = services.write_note(db, resident, "Lampu taman mati", now=now)
    services.close_note(db, closer, note.id, now=now)

    with pytest.raises(services.NoteNotOpen):
        services.close_note(db, closer, note.id, now=now)


def test_a_resident_may_not_close(db, resident, now):
    note = services.write_note(db, resident, "Lampu taman mati", now=now)

    with pytest.raises(PermissionRefused):
        services.close_note(db, resident, note.id, now=now)


def test_a_person_is_forgotten(db, resident, now):
    services.write_note(db, resident, "Lampu taman mati", now=now)
    services.forget_person(db, resident.account_id)

    assert services.notes_of(db, resident.account_id) == []
