"""The agenda book: numbers, deadlines, who sees what."""

import threading
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from kerja_surat import registers
from kerja_surat.models import SuratMasuk
from kerja_surat.registers import Wanted
from pendopo import InvalidInput, NotFound, PermissionRefused

FRIDAY = datetime(2026, 3, 27, 8, 0, tzinfo=UTC)  # 15.00 WIB


@pytest.mark.parametrize(
    ("derajat", "due"),
    [  # SRT-01 to SRT-04, in UTC
        ("amat_segera", datetime(2026, 3, 28, 8, 0, tzinfo=UTC)),
        ("segera", datetime(2026, 3, 31, 8, 0, tzinfo=UTC)),
        ("penting", datetime(2026, 4, 1, 8, 0, tzinfo=UTC)),
        ("biasa", datetime(2026, 4, 6, 9, 0, tzinfo=UTC)),
    ],
)
def test_a_letter_is_due_by_its_derajat(db, derajat, due):
    from pendopo.kit.calendar import seed_holidays

    seed_holidays(db)

    assert registers.due_for(db, derajat, FRIDAY) == due


def test_agenda_numbers_run_through_the_year_of_a_unit(office, a_letter):
    assert [a_letter().agenda_number, a_letter().agenda_number, a_letter(office.tu_setda, opd="setda", before="sekda").agenda_number] == [1, 2, 1]


def test_a_refused_letter_takes_no_number(db, office, a_letter):
    clerk = office.tu
    with pytest.raises(InvalidInput), db.begin_nested():
        a_letter(clerk, klasifikasi="6")

    assert a_letter().agenda_number == 1


def test_numbers_have_no_gap_when_many_register_at_once(portal, office):
    clerk = office.tu
    faults = []

    def register(times):
        try:
            for n in range(times):
                with portal.db.session() as db:
                    registers.register_letter(
                        db,
                        clerk,
                        opd_id=office.opd["dpupr"],
                        nomor_surat=str(n),
                        tanggal_surat=date(2026, 11, 20),
                        pengirim="Contoh",
                        perihal="Bersamaan",
                        klasifikasi="600",
                        now=datetime(2026, 11, 24, 3, tzinfo=UTC),
                    )
                    if n % 3 == 2:
                        raise InvalidInput("dibatalkan")
        except InvalidInput:
            pass
        except Exception as error:  # noqa: BLE001  the test shows what a thread met
            faults.append(error)

    threads = [threading.Thread(target=register, args=(5,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with portal.db.session(write=False) as db:
        numbers = sorted(db.scalars(select(SuratMasuk.agenda_number)))
    assert not faults
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) == 12


def test_only_the_units_own_clerk_registers(office, a_letter):
    with pytest.raises(PermissionRefused):
        a_letter(office.petugas)
    with pytest.raises(PermissionRefused):
        a_letter(office.tu_setda, opd="dpupr")


def test_a_letter_from_tomorrow_is_refused_at_its_field(a_letter):
    with pytest.raises(InvalidInput) as refusal:
        a_letter(tanggal_surat=date(2026, 11, 25))

    assert refusal.value.field == "tanggal_surat"


def test_another_unit_does_not_see_the_letter(db, office, a_letter):
    letter = a_letter()

    assert registers.get_letter(db, office.kabid, letter.id) is letter
    with pytest.raises(NotFound):
        registers.get_letter(db, office.kadinkes, letter.id)


def test_a_secret_letter_is_seen_by_the_named_and_by_who_entered_it(db, office, a_letter):
    letter = a_letter(sifat="rahasia")

    assert registers.get_letter(db, office.kadis, letter.id) is letter
    assert registers.get_letter(db, office.tu, letter.id) is letter
    assert registers.get_letter(db, office.sekda, letter.id) is letter  # may read secret letters of the regency
    with pytest.raises(NotFound):
        registers.get_letter(db, office.kabid, letter.id)
    assert registers.list_letters(db, office.kabid) == []


def test_search_finds_every_word_and_takes_signs_as_they_are(db, office, a_letter, now):
    a_letter(perihal="Jalan rusak 50% di Ciruas")
    a_letter(perihal="Jembatan rusak", derajat="amat_segera")

    def found(**wanted):
        return [letter.perihal for letter in registers.list_letters(db, office.tu, Wanted(**wanted), now=datetime(2026, 11, 26, tzinfo=UTC))]

    assert found(text="rusak ciruas") == ["Jalan rusak 50% di Ciruas"]
    assert found(text="50%") == ["Jalan rusak 50% di Ciruas"]
    assert found(text="%") == ["Jalan rusak 50% di Ciruas"]
    assert found(derajat="amat_segera") == found(late=True) == ["Jembatan rusak"]
    assert found(since=date(2026, 11, 24), until=date(2026, 11, 24)) == ["Jembatan rusak", "Jalan rusak 50% di Ciruas"]
    assert found(until=date(2026, 11, 23)) == []
