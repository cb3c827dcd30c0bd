"""Numbers have no gaps, papers never change, and what is issued to be signed later is signed."""

import threading
from datetime import date

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from pendopo.kit.documents import (
    Document,
    DocumentSignature,
    NotValid,
    document_bytes,
    document_of,
    documents_of,
    hand_over,
    issue,
    mask_name,
    preview,
    replace,
    revoke,
)
from pendopo.kit.documents.models import DocumentBook
from pendopo.outbox import OutboxRow
from pendopo.testing.people import settle


def numbers(db, slug):
    return sorted(db.scalars(select(Document.number).where(Document.kind == slug)))


# -------------------------------------------------------------------------------------------------------------- numbers


def test_numbers_run_without_gaps_also_when_a_paper_is_rolled_back(db, give, kinds):
    give(kinds.plain)
    with pytest.raises(RuntimeError), db.begin_nested():
        give(kinds.plain)
        raise RuntimeError("batal")
    give(kinds.plain)

    assert numbers(db, "polos") == ["400/polos/2026/0001", "400/polos/2026/0002"]


def test_many_at_once_get_each_their_own_number(db, portal, head, kinds, opd_id, now):
    settle()
    faults = []

    def issue_some():
        try:
            for _ in range(3):
                with portal.db.session() as own:
                    issue(own, head, kinds.plain, data={"nama": "x", "keperluan": "y"}, now=now, opd_id=opd_id)
        except Exception as error:  # noqa: BLE001  told by the test's thread
            faults.append(error)

    threads = [threading.Thread(target=issue_some) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert numbers(db, "polos") == [f"400/polos/2026/{n:04}" for n in range(1, 13)]


def test_a_plugin_with_a_number_book_of_its_own_gives_number_and_day(db, give, kinds, text_of):
    paper = give(kinds.plain, own_number="600.1/0041.a/DPUPR/2026", dated=date(2026, 11, 20))

    assert (paper.number, paper.dated) == ("600.1/0041.a/DPUPR/2026", date(2026, 11, 20))
    assert "600.1/0041.a/DPUPR/2026" in text_of(document_bytes(db, paper))
    assert give(kinds.plain).number == "400/polos/2026/0001"


def test_a_paper_is_seen_before_it_is_issued_and_takes_no_number(db, kinds, opd_id, chair, now, text_of):
    words = text_of(preview(db, kinds.plain, data={"nama": "Siti Contoh", "keperluan": "x"}, opd_id=opd_id, signer=chair, now=now))

    assert "BELUM DITANDATANGANI SECARA ELEKTRONIK" in words
    assert "Dra. Ratna Contoh" in words
    assert "Periksa keaslian" not in words
    assert numbers(db, "polos") == []


def test_each_year_and_each_office_counts_anew_when_its_pattern_says_so(db, give, kinds, people, now):
    by_office = kinds.make("kantor", number="{opd}/{roman}/{year}/{seq}")
    other = people.opd("dinkes", "Dinas Kesehatan")

    assert give(by_office).number == "DPUPR/XI/2026/1"
    assert give(by_office, opd_id=other).number == "DINKES/XI/2026/1"
    assert give(by_office).number == "DPUPR/XI/2026/2"
    assert give(by_office, at=now.replace(year=2027)).number == "DPUPR/XI/2027/1"


def test_the_pattern_may_be_a_setting_and_hold_what_the_paper_says(db, give, kinds, portal):
    from pendopo import SettingSpec
    from pendopo.registry import current

    current().settings["uji.pola"] = SettingSpec("uji.pola", "Pola", "text", "{keperluan}-{seq:03}")
    assert give(kinds.make("pola", number="uji.pola"), keperluan="izin").number == "izin-001"


def test_a_pattern_without_a_running_number_is_our_mistake(db, give, kinds):
    with pytest.raises(ValueError, match="running number"):
        give(kinds.make("tetap", number="400/{year}"))


# -------------------------------------------------------------------------------------------------- papers never change


@pytest.mark.parametrize("column", ["number", "sha256", "token", "signing", "opd_id"])
def test_the_database_refuses_to_change_a_sealed_paper(db, give, kinds, column):
    document = give(kinds.letter)
    settle()

    with pytest.raises(DatabaseError, match="a paper never changes"), db.begin_nested():
        db.execute(update(Document).where(Document.id == document.id).values({column: None if column == "opd_id" else "lain"}))


def test_the_database_refuses_to_delete_a_paper_or_to_change_a_signature(db, give, kinds):
    document = give(kinds.letter)
    settle()

    for statement in (
        delete(Document).where(Document.id == document.id),
        delete(DocumentSignature).where(DocumentSignature.document_id == document.id),
        update(DocumentSignature).where(DocumentSignature.document_id == document.id).values(name="Orang Lain"),
    ):
        with pytest.raises(DatabaseError, match="a paper never changes"), db.begin_nested():
            db.execute(statement)


def test_a_paper_of_nobody_is_laid_into_one_wallet_and_stays_there(db, give, kinds, resident):
    document = give(kinds.letter, holder_id=None)
    settle()

    assert hand_over(db, document, resident.account_id)
    assert documents_of(db, holder_id=resident.account_id) == [document]
    assert not hand_over(db, document, resident.account_id)
    settle()
    with pytest.raises(DatabaseError, match="a paper never changes"), db.begin_nested():
        db.execute(update(Document).where(Document.id == document.id).values(holder_id=document.issued_by))


def test_a_paper_whose_person_was_erased_gets_no_holder_again(db, give, kinds, resident):
    document = give(kinds.letter, holder_id=None)
    db.execute(update(Document).where(Document.id == document.id).values(data={}))
    settle()

    assert not hand_over(db, document, resident.account_id)
    with pytest.raises(DatabaseError, match="a paper never changes"), db.begin_nested():
        db.execute(update(Document).where(Document.id == document.id).values(holder_id=resident.account_id))


def test_a_revoked_paper_never_holds_again(db, give, kinds, head, now):
    document = revoke(db, head, give(kinds.letter), reason="keliru", now=now)
    settle()

    with pytest.raises(DatabaseError, match="a paper never changes"), db.begin_nested():
        db.execute(update(Document).where(Document.id == document.id).values(status="berlaku"))


def test_a_correction_is_a_new_paper_that_points_back(db, give, kinds, head, now, deliver):
    old = give(kinds.letter)
    before = document_bytes(db, old)
    new = replace(db, head, old, kinds.letter, data={"nama": "Siti C. Contoh", "keperluan": "kuliah"}, reason="nama kurang", now=now)

    assert (old.status, old.reason) == ("diganti", "nama kurang")
    assert (new.status, new.replaces_id, new.holder_id, new.opd_id) == ("berlaku", old.id, old.holder_id, old.opd_id)
    assert new.number == "400/surat/2026/0002"
    assert document_bytes(db, old) == before


def test_a_paper_is_replaced_or_revoked_only_once(db, give, kinds, head, now):
    document = revoke(db, head, give(kinds.letter), reason="keliru", now=now)

    with pytest.raises(NotValid):
        revoke(db, head, document, reason="lagi", now=now)
    with pytest.raises(NotValid):
        replace(db, head, document, kinds.letter, data={}, reason="lagi", now=now)


def test_two_who_end_a_paper_at_once_don_t_both_win(db, portal, give, kinds, head, now):
    document_id = give(kinds.plain).id
    settle()
    won = []

    def end():
        try:
            with portal.db.session() as own:
                revoke(own, head, own.get(Document, document_id), reason="bersama", now=now)
            won.append(True)
        except NotValid:
            won.append(False)

    threads = [threading.Thread(target=end) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False, False, False, True]


# ---------------------------------------------------------------------------------------------------- signed later, facts


def test_what_is_signed_later_waits_and_then_holds(db, give, kinds, deliver):
    document = give(kinds.later)
    assert (document.status, document.sha256) == ("menunggu", "")

    deliver()
    db.expire_all()
    assert document.status == "berlaku"
    assert b"/ByteRange" in document_bytes(db, document)


def test_what_was_revoked_before_its_signature_stays_unsigned(db, give, kinds, head, now, deliver):
    document = give(kinds.later)
    revoke(db, head, document, reason="batal", now=now)

    deliver()
    db.expire_all()
    assert (document.status, document.sealed_at) == ("dicabut", None)
    assert not db.scalars(select(OutboxRow).where(OutboxRow.done_at.is_(None))).all()


def test_facts_are_told_once_the_paper_holds(db, give, kinds, head, now, portal, deliver):
    give(kinds.later)
    assert not facts(db, "document_issued")
    deliver()
    document = db.scalar(select(Document))
    assert facts(db, "document_issued") == [document.id]
    revoke(db, head, document, reason="keliru", now=now)
    assert facts(db, "document_revoked") == [document.id]


def facts(db, hook):
    return [row.payload["document_id"] for row in db.scalars(select(OutboxRow).where(OutboxRow.kind == "fact", OutboxRow.target == hook))]


def test_the_holder_is_told_unless_the_paper_is_loaded_quietly(db, client, give, kinds, resident):
    give(kinds.letter, quiet=True)
    assert "Terbit:" not in client.sign_in(resident).get("/inbox/").text
    give(kinds.letter)
    assert "Terbit:" in client.get("/inbox/").text


# ---------------------------------------------------------------------------------------------------------------- reading


def test_papers_are_found_by_row_and_by_holder(db, give, kinds, resident):
    first, second = give(kinds.letter, ref=7), give(kinds.letter, ref=7)

    assert document_of(db, kinds.letter, 7) is second
    assert documents_of(db, kind=kinds.letter, ref=7) == [second, first]
    assert documents_of(db, holder_id=resident.account_id) == [second, first]
    assert document_of(db, kinds.card, 7) is None


def test_a_masked_name_keeps_first_letters_only():
    assert mask_name("Siti Aminah") == "S*** A*****"
    assert mask_name("") == ""


# ------------------------------------------------------------------------------------------------------- a person's rights


def test_a_person_gets_their_papers_with_their_data_and_erasure_leaves_the_paper_alone(db, portal, give, kinds, resident):
    from pendopo.kit.documents import plugin

    document = give(kinds.letter)
    exported = plugin.personal_data(db, resident.account_id)
    assert exported[0].rows[0]["number"] == document.number
    before = document_bytes(db, document)

    plugin.person_erased(db, "k", resident.account_id)
    db.expire_all()
    assert (document.holder_id, document.data) == (None, {})
    assert plugin.personal_data(db, resident.account_id) == []
    assert document_bytes(db, document) == before


def test_the_books_of_numbers_are_kept_per_kind(db, give, kinds):
    give(kinds.plain)
    give(kinds.letter)

    assert {(book.kind, book.last) for book in db.scalars(select(DocumentBook))} == {("polos", 1), ("surat", 1)}
