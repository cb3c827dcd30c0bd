"""Letters that go out: versions, paraf in order, numbers, the sealed paper."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from kerja_surat import outgoing, sealing
from kerja_surat.models import SuratKeluar
from kerja_surat.rules import WrongPattern
from pendopo import Conflict, InvalidInput, NotFound, PermissionRefused
from pendopo.kit.documents import NotValid
from pendopo.kit.settings import SettingValue
from pendopo.kit.settings import forget_cache as forget_settings
from pendopo.plugins import current_host


def set_setting(db, name, value):
    db.add(SettingValue(name=name, value=value, effective_from=date(2020, 1, 1), set_at=datetime(2026, 1, 1, tzinfo=UTC)))
    db.flush()
    forget_settings()


def signer_of(letter):
    """Who signed: name, position, and the day of birth in the NIP."""
    (signature,) = letter.document.signatures
    return signature.name, signature.post, signature.nip[:8]


def checked(db, letter):
    """What anyone who scans the QR code is told."""
    return current_host().ask("verify_document", db=db, token=letter.document.token)


def test_a_letter_passes_its_chain_in_order_and_takes_its_number_at_the_end(db, office, a_draft, now):
    letter = a_draft()
    outgoing.submit(db, office.petugas, letter.id, now=now)

    with pytest.raises(PermissionRefused):
        outgoing.approve(db, office.kadis, letter.id, now=now)
    outgoing.approve(db, office.kabid, letter.id, now=now)
    assert letter.nomor == ""
    outgoing.approve(db, office.kadis, letter.id, now=now)

    assert (letter.status, letter.nomor) == ("disegel", "600.1/0001/DPUPR/2026")
    assert signer_of(letter) == ("Contoh kadis", "Kadis", "19900202")


def test_a_sealed_letter_never_changes(db, office, sealed, now):
    letter = sealed()

    with pytest.raises(Conflict):
        outgoing.rewrite(db, office.petugas, letter.id, version=1, perihal="Lain", body="Isi yang lain sama sekali", now=now)
    with pytest.raises(Conflict):
        outgoing.discard(db, office.petugas, letter.id, now=now)


def test_a_change_after_a_paraf_begins_the_chain_anew(db, office, a_draft, now):
    letter = a_draft()
    outgoing.submit(db, office.petugas, letter.id, now=now)
    outgoing.approve(db, office.kabid, letter.id, now=now)

    outgoing.rewrite(db, office.kadis, letter.id, version=1, perihal="Jawaban", body="Isi yang lebih tepat.", now=now)

    assert letter.status == "konsep"
    assert [p.status for p in letter.paraf_list] == ["menunggu", "menunggu"]
    assert [v.body for v in letter.versions] == ["Dengan hormat, jalan diperbaiki.", "Isi yang lebih tepat."]


def test_two_writers_do_not_overwrite_each_other(db, office, a_draft, now):
    letter = a_draft()
    outgoing.rewrite(db, office.petugas, letter.id, version=1, perihal="Satu", body="Isi menurut petugas.", now=now)

    with pytest.raises(Conflict):
        outgoing.rewrite(db, office.kabid, letter.id, version=1, perihal="Dua", body="Isi menurut kabid.", now=now)


def test_nobody_gives_paraf_to_a_text_they_did_not_see(db, office, a_draft, now):
    letter = a_draft()
    outgoing.rewrite(db, office.petugas, letter.id, version=1, perihal="Satu", body="Isi yang baru sekali.", now=now)
    outgoing.submit(db, office.petugas, letter.id, now=now)

    with pytest.raises(Conflict):
        outgoing.approve(db, office.kabid, letter.id, version=1, now=now)


def test_a_returned_draft_goes_to_its_writer_with_the_reason(db, office, a_draft, now):
    letter = a_draft()
    outgoing.submit(db, office.petugas, letter.id, now=now)

    with pytest.raises(InvalidInput):
        outgoing.send_back(db, office.kabid, letter.id, note="", now=now)
    outgoing.send_back(db, office.kabid, letter.id, note="Tambahkan tanggalnya", now=now)
    assert outgoing.returned_to_me(db, office.petugas) == [letter]
    outgoing.submit(db, office.petugas, letter.id, now=now + timedelta(minutes=1))
    assert outgoing.waiting_for_me(db, office.kabid) == [letter]


def test_strangers_see_no_draft_and_change_none(db, office, a_draft, now):
    letter = a_draft()

    with pytest.raises(NotFound):
        outgoing.get_outgoing(db, office.kadinkes, letter.id)
    with pytest.raises(PermissionRefused):
        outgoing.rewrite(db, office.sekda, letter.id, version=1, perihal="Lain", body="Isi yang lain sama sekali", now=now)
    with pytest.raises(PermissionRefused):
        a_draft(office.kadinkes)


def test_a_plh_signs_with_the_own_name_and_the_post_of_the_absent(db, office, a_draft, now):
    office.stand_in("kadis", "kabid_sda")
    letter = a_draft(reviewers=())
    outgoing.submit(db, office.petugas, letter.id, now=now)
    outgoing.approve(db, office.kabid_sda, letter.id, now=now)

    assert signer_of(letter)[:2] == ("Contoh kabid_sda", "Plh. Kadis")


def test_while_a_plh_stands_in_the_one_away_does_not_sign(db, office, a_draft, now):
    office.stand_in("kadis", "kabid_sda")
    letter, kadis = a_draft(reviewers=()), office.kadis
    outgoing.submit(db, office.petugas, letter.id, now=now)

    with pytest.raises(PermissionRefused):
        outgoing.approve(db, kadis, letter.id, now=now)
    assert outgoing.approve(db, office.kabid_sda, letter.id, now=now).status == "disegel"


def test_a_back_dated_letter_is_put_between(sealed):
    sealed(), sealed()
    letters = [sealed(letter_date=date(2026, 11, 20)), sealed(letter_date=date(2026, 11, 20)), sealed()]

    assert [letter.nomor for letter in letters] == ["600.1/0000.a/DPUPR/2026", "600.1/0000.b/DPUPR/2026", "600.1/0003/DPUPR/2026"]


def test_a_unit_may_have_a_pattern_of_its_own(db, sealed):
    set_setting(db, "surat.pola_nomor_unit", {"dpupr": "{klasifikasi}/{urut}-BM/{tahun}"})

    assert sealed().nomor == "600.1/0001-BM/2026"


def test_a_pattern_that_cannot_be_filled_takes_no_number(db, office, a_draft, now):
    kadis = office.kadis
    letter = a_draft(reviewers=())
    outgoing.submit(db, office.petugas, letter.id, now=now)
    set_setting(db, "surat.pola_nomor", "{klasifikasi}/{bulan}")
    with pytest.raises(WrongPattern), db.begin_nested():
        outgoing.approve(db, kadis, letter.id, now=now)

    set_setting(db, "surat.pola_nomor", "{urut}")
    assert outgoing.approve(db, kadis, letter.id, now=now).nomor == "0001"


def test_numbers_have_no_gap_when_many_are_sealed_at_once(portal, db, office, a_draft, now):
    letters = []
    for _ in range(8):
        letter = a_draft(reviewers=())
        outgoing.submit(db, office.petugas, letter.id, now=now)
        letters.append(letter.id)
    db.commit()
    kadis = office.kadis
    faults = []

    def sign(ids):
        for letter_id in ids:
            try:
                with portal.db.session() as own:
                    outgoing.approve(own, kadis, letter_id, now=now)
            except (Conflict, PermissionRefused):
                pass
            except Exception as error:  # noqa: BLE001  the test shows what a thread met
                faults.append(error)

    threads = [threading.Thread(target=sign, args=(letters[n:] + letters[:n],)) for n in (0, 3, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    db.expire_all()
    assert not faults
    assert sorted(db.scalars(select(SuratKeluar.urut))) == list(range(1, 9))


def test_a_pattern_that_gives_a_number_twice_is_refused(db, office, a_draft, sealed, now):
    set_setting(db, "surat.pola_nomor", "{klasifikasi}/{urut}")
    sealed(reviewers=(), signer="kadis")
    letter = outgoing.draft_letter(
        db, office.sekda, opd_id=office.opd["setda"], jenis="nota_dinas", perihal="Nota", body="Isi nota dinas.", tujuan="Kadis", klasifikasi="600.1",
        signer_jabatan_id=office.posts["sekda"], now=now,
    )
    sekda = office.sekda
    outgoing.submit(db, sekda, letter.id, now=now)

    with pytest.raises(WrongPattern), db.begin_nested():
        outgoing.approve(db, sekda, letter.id, now=now)


def test_a_draft_bears_its_mark_and_what_was_typed_is_never_markup(db, a_draft, text_of, now):
    words = text_of(sealing.paper_of(db, a_draft(perihal="#panic(1) *tebal* $x$"), now))

    assert "KONSEP" in words.replace("\n", "")
    assert "BELUM DITANDATANGANI SECARA ELEKTRONIK" in words
    assert "#panic(1) *tebal* $x$" in words
    assert "(belum bernomor)" in words
    assert "Periksa keaslian" not in words


def test_a_correction_takes_the_place_of_the_letter_that_holds(db, office, sealed, now):
    letter = sealed(reviewers=())
    assert checked(db, letter).status == "berlaku"

    ralat = sealed(reviewers=(), jenis="ralat", corrects_id=letter.id)
    assert checked(db, letter).status == "diganti"
    assert ralat.nomor in checked(db, letter).status_note
    assert checked(db, letter).replaced_by == (ralat.nomor, ralat.document.verify_href)
    with pytest.raises(Conflict):
        sealed(jenis="ralat", corrects_id=letter.id)

    end = sealed(reviewers=(), jenis="pencabutan", corrects_id=ralat.id)
    assert checked(db, ralat).status == "dicabut"
    assert end.nomor in checked(db, ralat).status_note
    assert checked(db, letter).status == "diganti"
    for ended in (letter, ralat):
        with pytest.raises(Conflict):
            sealed(jenis="pencabutan", corrects_id=ended.id)


def test_a_letter_is_revoked_once_though_two_were_written(db, office, a_draft, sealed, now):
    letter = sealed(reviewers=())
    kadis = office.kadis
    drafts = [a_draft(jenis="pencabutan", corrects_id=letter.id, reviewers=()) for _ in range(2)]
    for draft in drafts:
        outgoing.submit(db, office.petugas, draft.id, now=now)

    outgoing.approve(db, kadis, drafts[0].id, now=now)
    assert checked(db, letter).status == "dicabut"
    with pytest.raises(NotValid), db.begin_nested():
        outgoing.approve(db, kadis, drafts[1].id, now=now)


def test_a_correction_without_a_sealed_letter_is_refused(db, office, a_draft):
    with pytest.raises(InvalidInput) as refusal:
        a_draft(jenis="ralat")

    assert refusal.value.field == "jenis"


def test_of_a_secret_letter_only_the_existence_is_told(db, sealed):
    letter = sealed(sifat="rahasia", reviewers=())
    paper = checked(db, letter)

    assert (paper.number, paper.signer, paper.dated, paper.sha256, paper.signers, paper.issuer) == ("", "", None, "", (), "")
    assert (paper.status, paper.kind) == ("berlaku", "Naskah dinas")
    assert "rahasia" in paper.note

    ralat = sealed(sifat="rahasia", reviewers=(), jenis="ralat", corrects_id=letter.id)
    assert checked(db, letter).status == "diganti"
    assert ralat.nomor not in repr(checked(db, letter))
