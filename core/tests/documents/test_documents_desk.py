"""Signers sign at their desk, in order, stand-ins by name, and may send a paper back."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import object_session

from pendopo.identity import Jabatan, Penugasan
from pendopo.identity.loading import touch
from pendopo.kit.documents import NotYourSignature, SignedAlready, SignerChanged, checking, desk, document_bytes, signing
from pendopo.kit.documents.inspecting import signatures_in

DESK = "/kerja/tanda-tangan/"


@pytest.fixture
def secretary(officer):
    return officer("uji.sign", name="Drs. Tono Contoh")


@pytest.fixture
def both(give, kinds, chair, secretary):
    """A paper that the secretary signs first and the head second."""
    return give(kinds.desk, signer=None, signers=[secretary.posts[0].jabatan_id, chair])


def sign(client, who, document, **form):
    object_session(document).expire_all()
    signature = signing.next_signature(document)
    return client.sign_in(who).post(DESK, data={"id": [signature.id], **form})


def test_a_paper_waits_at_the_desk_of_whose_turn_it_is(db, client, both, head, secretary, deliver):
    deliver()

    assert both.number in client.sign_in(secretary).get(DESK).text
    assert both.number not in client.sign_in(head).get(DESK).text
    assert "Menunggu tanda tangan Anda" in client.sign_in(secretary).get("/inbox/").text


def test_two_sign_in_order_and_both_signatures_hold(db, client, both, head, secretary):
    assert sign(client, secretary, both).headers["location"] == DESK
    db.expire_all()
    assert both.status == "menunggu"
    sign(client, head, both)

    db.expire_all()
    assert both.status == "berlaku"
    assert [one.name for one in both.signatures] == ["Drs. Tono Contoh", "Dra. Ratna Contoh"]
    found = signatures_in(document_bytes(db, both), checking._roots())
    assert [(one["name"], one["intact"], one["whole"]) for one in found] == [("Drs. Tono Contoh (UJI)", True, True), ("Dra. Ratna Contoh (UJI)", True, True)]


def test_nobody_signs_out_of_turn_or_for_another(db, client, both, head, officer):
    answer = sign(client, head, both)

    assert "tidak menunggu tanda tangan Anda" in client.get(answer.headers["location"]).text
    sign(client, officer("uji.sign"), both)
    db.expire_all()
    assert signing.next_signature(both).place == 1


def test_the_desk_is_closed_to_residents(client, resident):
    assert client.sign_in(resident).get(DESK).status_code == 403
    assert client.sign_out().get(DESK).status_code == 303


def test_until_it_is_signed_a_paper_says_so_and_is_not_given_away(db, client, both, resident, text_of):
    assert "BELUM DITANDATANGANI SECARA ELEKTRONIK" in text_of(document_bytes(db, both))
    page = client.get(both.verify_href).text
    assert "belum lengkap ditandatangani" in page
    assert "belum menandatangani" in page
    assert both.file_href not in client.sign_in(resident).get("/dokumen/").text


def test_a_stand_in_signs_as_such(db, client, portal, both, secretary, people, text_of):
    plh = people.officer("uji.sign", name="Ir. Wakil Contoh")
    jabatan_id = secretary.posts[0].jabatan_id
    db.add(Penugasan(account_id=plh.account_id, jabatan_id=jabatan_id, kind="plh", starts_on=date(2026, 1, 1), ends_on=date(2099, 1, 1)))
    touch(db, plh.account_id)

    sign(client, secretary, both)
    db.expire_all()
    assert signing.next_signature(both).place == 1, "while there is a stand-in, the holder does not sign"
    sign(client, plh, both)
    db.expire_all()
    assert both.signatures[0].post == "Plh. " + db.get(Jabatan, jabatan_id).name
    assert "Ir. Wakil Contoh" in text_of(document_bytes(db, both))


def test_a_signer_who_changed_after_the_first_signature_is_refused(db, client, portal, both, head, secretary, people):
    sign(client, secretary, both)
    late = people.officer("uji.sign", name="Ganti Contoh")
    holding = db.scalar(select(Penugasan).where(Penugasan.jabatan_id == head.posts[0].jabatan_id))
    holding.ends_on = date(2026, 1, 1)
    db.add(Penugasan(account_id=late.account_id, jabatan_id=head.posts[0].jabatan_id, starts_on=date(2026, 1, 2)))
    touch(db, late.account_id)

    answer = sign(client, late, both)
    assert SignerChanged().sentence() in client.get(answer.headers["location"]).text


def test_a_paper_sent_back_is_revoked_with_the_reason(db, client, both, secretary, head):
    signature = signing.next_signature(both)
    client.sign_in(secretary)

    assert client.get(f"{DESK}{signature.id}/penolakan").status_code == 200
    assert client.post(f"{DESK}{signature.id}/penolakan", data={"reason": ""}).status_code == 422
    assert client.post(f"{DESK}{signature.id}/penolakan", data={"reason": "tanggalnya keliru"}).status_code == 303
    db.expire_all()
    assert (both.status, both.reason) == ("dicabut", "tanggalnya keliru")
    assert client.sign_in(head).get(f"{DESK}{signature.id}/penolakan").status_code == 403


def test_the_same_signature_is_not_given_twice(db, portal, both, secretary, now):
    from pendopo.testing.people import settle

    work = signing.prepare(db, signing.next_signature(both), now=now)
    pdf, certificate = signing.have_signed(work)
    settle()
    assert desk.sign(portal, secretary, work.signature_id, now=now).refusal is None

    with portal.db.session() as other, pytest.raises(SignedAlready):
        signing.keep(other, work, pdf, certificate, now=now)


def test_all_that_was_shown_is_signed_at_once_and_nothing_else(db, client, give, kinds, chair, head):
    shown = [give(kinds.desk, signer=None, signers=[chair]) for _number in range(3)]
    page = client.sign_in(head).get(DESK).text
    late = give(kinds.desk, signer=None, signers=[chair])
    assert "Tandatangani semua (3)" in page
    answer = client.post(DESK, data={"semua": "1", "naskah": [one.signatures[0].id for one in shown]})

    assert "3 naskah ditandatangani" in client.get(answer.headers["location"]).text
    db.expire_all()
    assert [one.status for one in (*shown, late)] == ["berlaku"] * 3 + ["menunggu"]


def test_what_was_not_chosen_is_not_signed(db, client, both, secretary):
    client.sign_in(secretary).post(DESK, data={})

    db.expire_all()
    assert signing.next_signature(both).place == 1


def test_refusing_what_is_not_ones_own_is_refused(db, both, resident, head, now):
    with pytest.raises(NotYourSignature):
        desk.refuse(db, head, signing.next_signature(both).id, reason="x", now=now)


def test_what_a_waiting_paper_replaces_holds_until_it_is_signed(db, client, give, kinds, chair, head):
    old = give(kinds.letter)
    new = give(kinds.desk, replaces=old)
    assert (old.status, new.status) == ("berlaku", "menunggu")

    sign(client, head, new)
    db.expire_all()
    assert (old.status, old.reason, new.status) == ("diganti", f"Diganti dengan nomor {new.number}", "berlaku")
