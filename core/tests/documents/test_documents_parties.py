"""Somebody outside the offices agrees to a paper, with an account or on paper, before an office signs it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from pendopo.kit.documents import NotYourSignature, Party, checking, document_bytes, parties, replace, signing
from pendopo.kit.documents.inspecting import signatures_in
from pendopo.outbox import OutboxRow

DESK = "/kerja/tanda-tangan/"


@pytest.fixture
def agreement(give, kinds, chair, resident):
    """A paper that the resident agrees to first and the head signs second; staff with `uji.read` keep its kind."""
    kind = kinds.make("nphd", signed="desk", permission="uji.read")
    return give(kind, signer=None, signers=[Party(resident.name, "Ketua DKM Contoh", resident.account_id), chair])


@pytest.fixture
def address(agreement):
    return f"/dokumen/{agreement.id}/persetujuan"



def test_the_party_is_called_first_and_the_office_waits(client, agreement, resident, head, deliver, address):
    deliver()

    assert "Menunggu persetujuan Anda" in client.sign_in(resident).get("/inbox/").text
    assert address in client.get("/dokumen/").text
    assert agreement.number not in client.sign_in(head).get(DESK).text


def test_who_agreed_and_how_stands_on_the_signed_paper(db, client, agreement, resident, head, address, text_of):
    client.sign_in(resident)
    assert client.post(address, data={}).status_code == 422
    assert client.post(address, data={"agreed": "y"}).status_code == 303
    db.expire_all()
    assert "disetujui dengan akun portal" in client.get(agreement.verify_href).text
    client.sign_in(head).post(DESK, data={"id": [signing.next_signature(agreement).id]})

    db.expire_all()
    assert agreement.status == "berlaku"
    words = text_of(document_bytes(db, agreement))
    assert "disetujui dengan akun portal" in words and "Ketua DKM Contoh" in words
    found = signatures_in(document_bytes(db, agreement), checking._roots())
    assert [one["name"] for one in found] == ["Dra. Ratna Contoh (UJI)"], "nobody signs with a certificate in the name of a party"
    assert client.sign_out().get(agreement.verify_href).text.count("Tanda tangan uji") == 1


def test_a_party_may_send_the_paper_back_with_a_reason(db, client, agreement, resident, address):
    client.sign_in(resident)
    assert client.post(f"{address}?tolak=1", data={"reason": ""}).status_code == 422
    assert client.post(f"{address}?tolak=1", data={"reason": "rekeningnya keliru"}).status_code == 303

    db.expire_all()
    assert (agreement.status, agreement.reason) == ("dicabut", "rekeningnya keliru")
    [fact] = [row.payload for row in db.scalars(select(OutboxRow)) if "refused_by" in str(row.payload)]
    assert resident.name in str(fact)


def test_only_the_party_agrees_and_only_once(db, client, agreement, address, people, resident, now):
    assert client.sign_in(people.resident()).get(address).status_code == 403
    assert client.sign_out().get(address).status_code == 303
    parties.agree(db, resident, agreement.id, now=now)
    with pytest.raises(NotYourSignature):
        parties.agree(db, resident, agreement.id, now=now)


def test_nobody_agrees_on_behalf_of_a_party(db, agreement, resident, now):
    from dataclasses import replace as with_

    helper = with_(resident, on_behalf_of=resident.account_id)
    with pytest.raises(NotYourSignature):
        parties.agree(db, helper, agreement.id, now=now)


def test_an_officer_keeps_the_scan_of_what_was_signed_on_paper(db, client, agreement, officer, resident, head, text_of):
    clerk = officer("uji.read")
    address = f"/kerja/dokumen/{agreement.id}/kertas"
    assert client.sign_in(resident).get(address).status_code == 403
    client.sign_in(clerk)
    assert address in client.get(agreement.href).text
    scan = {"scans": ("nphd.pdf", document_bytes(db, agreement), "application/pdf")}
    assert client.post(address, data={"signed_on": "2099-01-01"}, files=scan).status_code == 422
    assert client.post(address, data={"signed_on": "2026-11-20"}).status_code == 422
    assert client.post(address, data={"signed_on": "2026-11-20"}, files=scan).status_code == 303

    db.expire_all()
    assert "ditandatangani di atas kertas 20 November 2026" in text_of(document_bytes(db, agreement)).replace("\n", " ").replace("  ", "")
    [kept] = parties.scans_of(db, agreement)
    assert client.get(kept.href).status_code == 200
    assert client.sign_out().get(kept.href).status_code in (303, 403, 404)
    assert agreement.number in client.sign_in(head).get(DESK).text


def test_a_paper_in_place_of_another_asks_its_parties_again(db, head, agreement, resident, kinds, now):
    parties.agree(db, resident, agreement.id, now=now)
    new = replace(db, head, agreement, kinds.make("nphd", signed="desk"), data=agreement.data, reason="salah ketik", now=now)

    assert [(one.name, one.is_party, one.signed_at) for one in new.signatures] == [
        (resident.name, True, None), ("Dra. Ratna Contoh", False, None)
    ]


@pytest.mark.parametrize("order", ["office first", "no office"])
def test_parties_come_before_an_office(give, kinds, chair, order):
    party = Party("Udin Contoh")
    with pytest.raises(ValueError, match="an office signs after them"):
        give(kinds.desk, signer=None, signers=[chair, party] if order == "office first" else [party])


def test_the_office_itself_signs_by_the_portal_when_its_turn_comes(db, give, kinds, resident, deliver, now):
    paper = give(kinds.desk, signer=None, signers=[Party(resident.name, account_id=resident.account_id), None])
    parties.agree(db, resident, paper.id, now=now)
    deliver()

    db.expire_all()
    assert paper.status == "berlaku"
