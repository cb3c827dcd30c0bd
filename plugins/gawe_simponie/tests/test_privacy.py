"""What is held of a person is shown to them, and forgotten when they go."""

from datetime import UTC, datetime

from sqlalchemy import select

from gawe_simponie import calendars
from gawe_simponie.models import Izin, Kalender, Permohonan
from gawe_simponie.privacy import forget, held_of

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


def test_everything_of_a_person_is_in_their_copy_and_gone_after_erasure(db, issued, resident):
    row = issued(at=NOW)
    calendars.give_address(db, resident)
    told = {title: rows for title, _purpose, _basis, rows, _keep in held_of(db, resident.account_id)}
    assert [len(rows) for rows in told.values()] == [1, 1, 1]
    assert row.berkas.register in str(told) and "Pemohon Contoh" in str(told)

    forget(db, resident.account_id)
    db.expire_all()
    kept = db.get(Permohonan, row.berkas_id)
    assert (kept.applicant_name, kept.phone, kept.data, kept.address) == ("", "", {}, "")
    izin = db.scalar(select(Izin))
    assert (izin.holder_id, izin.holder_name, izin.status) == (None, "", "berlaku")
    assert db.scalar(select(Kalender)) is None
