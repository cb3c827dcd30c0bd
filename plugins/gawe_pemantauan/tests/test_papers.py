"""The annex of the decree at the desk of the Bupati, and the agreement that both sides sign, one after the other."""

from datetime import date

import pytest
from sqlalchemy import select

from gawe_pemantauan import agreement, issued
from gawe_pemantauan.models import Penetapan
from gawe_pemantauan.papers import NPHD, PositionUnknown
from pendopo import Conflict, InvalidInput, PermissionRefused
from pendopo.identity import Jabatan, Penugasan
from pendopo.identity.loading import touch
from pendopo.kit.berkas import move_berkas, timeline
from pendopo.kit.documents import document_bytes, document_of

OTHER_NIK, DESK = "3604305708950001", "/kerja/tanda-tangan/"


@pytest.fixture
def seated(db, people):
    """`seated("Bupati")`: whoever holds that position."""

    def make(post):
        who = people.officer("core.unknown", opd="setda", name=f"{post} Contoh")
        db.get(Jabatan, who.posts[0].jabatan_id).name = post
        db.flush()
        return who

    return make


@pytest.fixture
def bupati(seated):
    return seated("Bupati")


@pytest.fixture
def sekda(seated):
    return seated("Sekretaris Daerah")


@pytest.fixture
def sign(client, deliver):
    """`sign(actor, document)`: at their desk, like a person."""

    def at_desk(actor, document):
        waiting = next(one for one in document.signatures if one.signed_at is None)
        answer = client.sign_in(actor).post(DESK, data={"id": waiting.id})
        deliver()
        return answer

    return at_desk


def decree_of(db, program):
    return db.scalars(select(Penetapan).where(Penetapan.program_id == program.id)).one()


def test_the_annex_grows_with_its_decree_hides_persons_and_waits_for_the_bupati(db, make_program, send, go, kesra, bupati, sign, now, person):
    bansos = make_program("bansos_terencana")
    go(send(to=bansos, person=person("Aminah Rahasia"), rab=(), asked=2_000_000), "tetapkan")
    decree = decree_of(db, bansos)
    first = issued.decree_annex(db, kesra, decree.id, now=now)
    assert "Aminah" not in str(first.data)
    assert (first.status, first.signatures[0].name) == ("menunggu", "Bupati Contoh")
    assert issued.decree_annex(db, kesra, decree.id, now=now).id == first.id
    assert [stale for _row, _paper, stale in issued.decrees_of(db, bansos.id)] == [False]

    go(send(to=bansos, person=person("Budi Contoh", OTHER_NIK, "3604301708951111"), rab=(), asked=1_000_000), "tetapkan")
    assert [stale for _row, _paper, stale in issued.decrees_of(db, bansos.id)] == [True]
    second = issued.decree_annex(db, kesra, decree.id, now=now)
    assert (second.replaces_id, second.data["count"], second.data["total"]) == (first.id, "2", "Rp3.000.000")

    sign(bupati, second)
    db.expire_all()
    assert second.status == "berlaku"
    assert document_bytes(db, second).startswith(b"%PDF")


def test_a_stand_in_signs_the_annex_as_plh(db, people, program, send, go, kesra, bupati, sign, now):
    deputy = people.officer("core.unknown", opd="setda", name="Wakil Contoh")
    go(send(), "tetapkan")
    annex = issued.decree_annex(db, kesra, decree_of(db, program).id, now=now)
    post = bupati.posts[0].jabatan_id
    db.add(Penugasan(account_id=deputy.account_id, jabatan_id=post, kind="plh", starts_on=date(2026, 11, 1), ends_on=date(2099, 12, 31)))
    touch(db, deputy.account_id)

    sign(deputy, annex)
    db.expire_all()
    assert (annex.status, annex.signatures[0].name, annex.signatures[0].post) == ("berlaku", "Wakil Contoh", "Plh. Bupati")


def test_the_annex_is_made_by_who_determines_and_names_a_missing_position(db, program, send, go, kesra, resident, now):
    go(send(), "tetapkan")
    with pytest.raises(PermissionRefused), db.begin_nested():
        issued.decree_annex(db, resident, decree_of(db, program).id, now=now)
    with pytest.raises(PositionUnknown), db.begin_nested():
        issued.decree_annex(db, kesra, decree_of(db, program).id, now=now)


@pytest.fixture
def granted_aid(send, go):
    return go(send(), "tetapkan")


def test_both_sides_sign_the_agreement_in_order_and_then_the_money_is_prepared(db, client, granted_aid, kesra, resident, sekda, sign, deliver, now):
    paper = agreement.draw_up(db, kesra, granted_aid, now=now)
    assert (paper.data["value"], paper.data["chair"]) == ("Rp11.590.000", "H. Sanusi")
    assert "0012345678" not in str(paper.data)
    assert [one.post for one in paper.signatures] == ["Ketua Musala Al-Ikhlas Anyar", "Sekretaris Daerah"]
    assert paper.number not in client.sign_in(sekda).get(DESK).text, "the regency waits for the body"

    own = f"/pemantauan/saya/{granted_aid.berkas_id}"
    asked = client.sign_in(resident).get(own).text
    assert "NPHD menunggu persetujuan Anda" in asked
    assert "Anda menyetujui NPHD, lalu pemerintah daerah menandatangani." in asked, "the file lies with the body"
    assert client.post(f"/dokumen/{paper.id}/persetujuan", data={"agreed": "y"}).status_code == 303
    assert "NPHD menunggu persetujuan Anda" not in client.get(own).text
    db.refresh(granted_aid.berkas)
    assert granted_aid.berkas.state == "ditetapkan"

    sign(sekda, paper)
    db.expire_all()
    assert (granted_aid.berkas.state, granted_aid.nphd_number, granted_aid.nphd_date) == ("pencairan", paper.number, paper.dated)
    deliver()
    assert granted_aid.berkas.state == "pencairan"


def test_an_agreement_that_is_sent_back_can_be_drawn_up_again(db, client, granted_aid, kesra, resident, sekda, deliver, now):
    paper = agreement.draw_up(db, kesra, granted_aid, now=now)
    assert agreement.draw_up(db, kesra, granted_aid, now=now).id == paper.id
    client.sign_in(resident).post(f"/dokumen/{paper.id}/persetujuan?tolak=1", data={"reason": "Nomor rekening lama."})
    deliver()

    db.expire_all()
    assert granted_aid.berkas.state == "ditetapkan"
    assert any("Nomor rekening lama." in entry.text for entry in timeline(db, kesra, granted_aid.berkas))
    again = agreement.draw_up(db, kesra, granted_aid, now=now)
    assert (again.id != paper.id, again.status) == (True, "menunggu")


def test_an_agreement_needs_a_decree_and_who_pays(db, send, go, kesra, resident, now):
    proposal = send()
    with pytest.raises(Conflict), db.begin_nested():
        agreement.draw_up(db, kesra, proposal, now=now)
    with pytest.raises(PermissionRefused), db.begin_nested():
        agreement.draw_up(db, resident, proposal, now=now)


def test_an_agreement_on_paper_needs_its_scan_and_ends_the_electronic_one(db, granted_aid, kesra, sekda, scan, now):
    agreement.draw_up(db, kesra, granted_aid, now=now)
    data = {"nphd_number": "7/NPHD/2027", "nphd_date": date(2026, 11, 21)}
    with pytest.raises(InvalidInput), db.begin_nested():
        move_berkas(db, kesra, granted_aid.berkas_id, "nphd", data=data, now=now)

    move_berkas(db, kesra, granted_aid.berkas_id, "nphd", data=data, attachments=[scan], now=now)
    assert (granted_aid.berkas.state, granted_aid.nphd_number) == ("pencairan", "7/NPHD/2027")
    assert document_of(db, NPHD, granted_aid.berkas_id).status == "dicabut"


def test_an_undone_decree_leaves_no_agreement_to_sign(db, granted_aid, kesra, sekda, now):
    agreement.draw_up(db, kesra, granted_aid, now=now)
    move_berkas(db, kesra, granted_aid.berkas_id, "batalkan", note="Lembaga membubarkan diri.", now=now)

    assert document_of(db, NPHD, granted_aid.berkas_id).status == "dicabut"
    assert agreement.waiting_for(db, kesra, granted_aid) is None
