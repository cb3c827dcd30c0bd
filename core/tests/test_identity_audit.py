"""The audit trail shows what was done to it."""

import threading

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from pendopo.identity import Account, as_system, record, verify_audit
from pendopo.identity.audit import AuditFault
from pendopo.identity.models import AuditEntry, AuditSeal

SYSTEM = as_system("uji")


@pytest.fixture
def trail(db):
    """Five lines; and the lock taken off, as somebody with the database in hand would."""
    for n in range(5):
        record(db, SYSTEM, "uji", f"hal:{n}", {"n": n})
    db.commit()
    ids = db.scalars(select(AuditEntry.id).order_by(AuditEntry.id)).all()
    if db.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            db.execute(text(f"DROP TRIGGER core_audit_no_{verb}"))
    else:
        db.execute(text("ALTER TABLE core_audit DISABLE TRIGGER USER"))
    return ids


def test_an_untouched_trail_is_whole(db, trail):
    assert verify_audit(db) is None


def test_an_empty_trail_is_whole(db):
    assert verify_audit(db) is None


@pytest.mark.parametrize("change", ["detail = '{}'", "actor_name = 'lain'", "action = 'lain'", "subject = 'lain'", "actor_id = 7", "on_behalf_of = 7"])
def test_a_changed_line_is_found(db, trail, change):
    db.execute(text(f"UPDATE core_audit SET {change} WHERE id = :id"), {"id": trail[2]})

    assert verify_audit(db) == AuditFault(trail[2], "changed")


def test_a_line_taken_out_is_found(db, trail):
    db.execute(text("DELETE FROM core_audit WHERE id = :id"), {"id": trail[1]})

    assert verify_audit(db) == AuditFault(trail[2], "moved")


def test_a_line_put_in_is_found(db, trail):
    db.execute(text("UPDATE core_audit SET id = 1000 WHERE id = :id"), {"id": trail[4]})
    copy = "INSERT INTO core_audit SELECT 500, at, actor_id, actor_name, on_behalf_of, action, subject, detail, prev_hash, hash FROM core_audit WHERE id = :id"
    db.execute(text(copy), {"id": trail[3]})

    assert verify_audit(db) == AuditFault(500, "moved")


def test_lines_cut_off_at_the_end_are_found(db, trail):
    db.execute(text("DELETE FROM core_audit WHERE id >= :id"), {"id": trail[3]})

    assert verify_audit(db) == AuditFault(trail[2], "cut")


def test_an_emptied_trail_is_found(db, trail):
    db.execute(text("DELETE FROM core_audit"))

    assert verify_audit(db) == AuditFault(None, "cut")


def test_a_trail_made_anew_without_the_secret_is_found(db, trail, monkeypatch):
    import pendopo.identity.audit as audit

    db.execute(text("DELETE FROM core_audit"))
    db.execute(text("DELETE FROM core_audit_seal"))
    db.expunge_all()
    with monkeypatch.context() as patch:
        patch.setattr(audit, "seal_of", lambda purpose, words: "0" * 64)
        record(db, SYSTEM, "uji", "hal:palsu", {})
        db.commit()

    assert verify_audit(db).what == "cut"


@pytest.mark.parametrize("statement", ["UPDATE core_audit SET action = 'lain'", "DELETE FROM core_audit"])
def test_the_database_itself_refuses_to_change_the_trail(db, statement):
    record(db, SYSTEM, "uji", "hal:1", {})
    db.commit()
    with pytest.raises(DBAPIError, match="append-only"):
        db.execute(text(statement))
    db.rollback()


def test_many_writers_at_once_make_one_chain(portal, db):
    def write(who):
        for n in range(8):
            with portal.db.session() as own:
                record(own, as_system(f"penulis {who}"), "uji", f"hal:{n}", {})

    writers = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert db.scalar(select(func.count()).select_from(AuditEntry)) == 32
    assert db.get(AuditSeal, 1).entries == 32
    assert verify_audit(db) is None


def test_what_is_rolled_back_leaves_no_line(portal, db):
    with pytest.raises(RuntimeError), portal.db.session() as own:
        record(own, SYSTEM, "uji", "hal:1", {})
        raise RuntimeError
    with portal.db.session() as own:
        record(own, SYSTEM, "uji", "hal:2", {})

    assert [entry.subject for entry in db.scalars(select(AuditEntry))] == ["hal:2"]
    assert verify_audit(db) is None


def test_a_nik_never_reaches_the_trail(db):
    record(db, as_system("3604301708950002"), "uji", "warga 3604301708950002", {"nik": "3604301708950002", "list": ["x 3604301708950002 y"]})
    db.commit()

    entry = db.scalars(select(AuditEntry)).one()
    assert "3604301708950002" not in f"{entry.actor_name} {entry.subject} {entry.detail}"


def test_two_who_touch_the_same_rows_in_another_order_do_not_wait_for_each_other(portal, people):
    """One notes what it did and then changes a person; the other changes the person first."""
    siti, both_at_work, faults = people.resident().account_id, threading.Barrier(2), []

    def work(notes_first):
        try:
            with portal.db.session() as own:
                if notes_first:
                    record(own, SYSTEM, "uji", "hal:1", {})
                if portal.db.is_sqlite:
                    own.execute(text("SELECT 1"))
                else:
                    both_at_work.wait(10)
                own.get(Account, siti).name = "Siti"
                own.flush()
                if not notes_first:
                    record(own, SYSTEM, "uji", "hal:2", {})
        except DBAPIError as error:
            faults.append(error)

    workers = [threading.Thread(target=work, args=(first,)) for first in (True, False)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert faults == []
    assert verify_audit_of(portal) is None


def verify_audit_of(portal):
    with portal.db.session(write=False) as db:
        return verify_audit(db)
