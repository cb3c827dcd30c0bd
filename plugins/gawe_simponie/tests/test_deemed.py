"""Fiktif positif: what is not decided in time is granted by law, with a statement and an alert."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from gawe_simponie.deemed import grant_overdue
from gawe_simponie.documents import DEEMED, PERMIT
from pendopo.kit.documents import document_of

from .conftest import MONDAY


def test_the_day_after_the_deadline_an_application_is_deemed_granted_with_statement_and_alert(db, apply_for, people, deliver):
    sekda = people.officer("simponie.oversee", opd="setda", name="Sekda Contoh", scope="regency")
    row = apply_for("SIP-DOKTER", at=MONDAY)

    assert grant_overdue(db, now=datetime(2026, 8, 18, 16, 59, tzinfo=UTC)) == 0  # 23.59 WIB of the last day
    assert grant_overdue(db, now=datetime(2026, 8, 18, 17, 0, tzinfo=UTC)) == 1  # 2026-08-19 00.00 WIB
    assert row.berkas.state == "dianggap_dikabulkan"
    assert document_of(db, DEEMED, row.berkas_id).status == "berlaku"
    deliver()
    assert _inbox(db, sekda)


def _inbox(db, actor):
    from pendopo.notifications.models import InboxMessage

    return list(db.scalars(select(InboxMessage).where(InboxMessage.account_id == actor.account_id, InboxMessage.topic == "simponie.fiktif_positif")))


def test_stopped_days_put_off_the_deemed_grant(db, apply_for, walk, front, resident):
    row = walk(apply_for("SIP-DOKTER", at=MONDAY), (front, "minta_perbaikan", {"note": "STR."}), at=MONDAY)
    walk(row, (resident, "perbaiki", {"note": "Sudah."}), at=MONDAY + timedelta(days=3))

    assert grant_overdue(db, now=datetime(2026, 8, 21, 16, 0, tzinfo=UTC)) == 0
    assert grant_overdue(db, now=datetime(2026, 8, 21, 17, 0, tzinfo=UTC)) == 1


def test_while_it_waits_for_the_applicant_nothing_is_deemed_granted(db, apply_for, walk, front):
    walk(apply_for(at=MONDAY), (front, "minta_perbaikan", {"note": "Kurang."}), at=MONDAY)

    assert grant_overdue(db, now=MONDAY + timedelta(days=60)) == 0


def test_what_was_deemed_granted_is_signed_without_another_application(db, apply_for, walk, head):
    row = apply_for("SIP-DOKTER", at=MONDAY)
    later = MONDAY + timedelta(days=10)
    grant_overdue(db, now=later)

    walk(row, (head, "tandatangani"), at=later)
    assert row.berkas.state == "terbit"
    assert document_of(db, PERMIT, row.berkas_id).data["dianggap"] is True
