"""From an application to a card, its reports, its end."""

import re
import subprocess
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from gawe_kartukuning import applications, cards, jobs, seekers
from gawe_kartukuning.models import Kartu, Lapor, Permohonan
from pendopo import Conflict, InvalidInput, PermissionRefused, SignInNeeded
from pendopo.identity import ANONYMOUS, Penugasan, Post
from pendopo.kit import attachments as files
from pendopo.kit.berkas import get_berkas, move_berkas
from pendopo.kit.documents import document_bytes


def test_a_nik_is_kept_encrypted_and_found_again(db, citizen, enrol):
    seeker = enrol(citizen)

    assert b"3604" not in seeker.nik_cipher
    assert seeker.nik_lookup and "3604" not in seeker.nik_lookup


def test_an_application_is_due_in_one_working_day(db, applied, now):
    berkas = applied.berkas

    assert (berkas.state, berkas.private) == ("diajukan", True)
    assert berkas.register.startswith("AK1-2026-000001-")
    assert berkas.due_at.date() == now.date() + timedelta(days=1)


def test_a_second_application_is_refused_while_one_is_open(db, citizen, applied, now):
    with pytest.raises(applications.AlreadyApplied):
        applications.apply(db, citizen, applied.pencari, now=now)


def test_one_nik_is_registered_once(db, people, citizen, enrol, new_seeker, now, today):
    enrol(citizen)
    other = people.resident("Orang Lain")

    with pytest.raises(Conflict):
        seekers.register_seeker(db, other, new_seeker(nik="3604301708950001"), account_id=other.account_id, on=today, now=now)


def test_an_issued_card_has_number_dates_and_paper(db, card, applied, now):
    paper = cards.paper_of(db, card)

    assert card.nomor == "3604/AK1/2026/000001" == paper.number
    assert (card.issued_on, card.valid_until, card.next_due) == (date(2026, 11, 24), date(2028, 11, 24), date(2027, 5, 24))
    assert applied.open_of is None
    assert applied.berkas.state == "kartu_terbit"


def test_a_card_is_signed_after_the_commit_has_two_faces_and_a_code_that_leads_to_its_check(db, card, deliver, tmp_path):
    deliver()
    paper = cards.paper_of(db, card)
    db.refresh(paper)
    path = tmp_path / "kartu.pdf"
    path.write_bytes(document_bytes(db, paper))

    def told_by(*command):
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert paper.status == "berlaku"
    assert re.search(r"Pages: +2\n", told_by("pdfinfo", str(path)))
    words = told_by("pdftotext", "-layout", str(path), "-")
    assert card.nomor in words and "24 Mei 2027" in words
    assert "3604301708950001" not in words
    assert "Signature" in told_by("pdfsig", "-nocert", str(path))
    told_by("pdftoppm", "-r", "250", "-f", "1", "-l", "1", "-png", "-singlefile", str(path), str(tmp_path / "muka"))
    assert told_by("zbarimg", "-q", "--raw", str(tmp_path / "muka.png")).strip().endswith(paper.verify_href)


def test_the_public_fields_of_a_card_are_initials_only(db, card):
    paper = cards.paper_of(db, card)

    assert ("Nama", "S. C.") in cards.public_fields(paper)
    assert "Siti" not in str(cards.public_fields(paper))
    assert "3604301708950001" not in str(paper.data)


def test_the_page_behind_the_code_says_how_the_card_stands_and_not_who_holds_it(db, client, citizen, card, deliver, now):
    deliver()
    cards.report(db, citizen, card.id, "bekerja", **days_after(now, 20))
    text = client.get(cards.paper_of(db, card).verify_href).text

    assert "Keadaan kartu" in text and "Bekerja" in text
    assert "Siti" not in text


def test_a_stand_in_signs_in_the_name_of_the_position(db, head, applied, issue):
    """Who holds other positions too signs with the one of this office; a Plt is named as such."""
    db.execute(update(Penugasan).where(Penugasan.account_id == head.account_id).values(kind="plt"))
    elsewhere = Post(head.posts[0].jabatan_id + 1000, "Kepala Seksi", head.posts[0].opd_id + 1000, "Kecamatan")
    issued = issue(applied, signer=replace(head, posts=(elsewhere, replace(head.posts[0], kind="plt"))))
    one = cards.paper_of(db, issued).signatures[0]

    assert (one.jabatan_id, one.name) == (head.posts[0].jabatan_id, "Kepala Contoh")
    assert one.post.startswith("Plt. ")


def test_the_pattern_of_numbers_is_set_by_the_operator(db, setting, applied, issue):
    setting("nomor", "AK1-{seq:04}/{year}")
    issued = issue(applied)

    assert issued.nomor == "AK1-0001/2026"
    assert cards.check_number(db, "ak1-0001/2026", cards.paper_of(db, issued).data["pin"]) is issued


def test_who_comes_to_the_counter_is_served_the_same_day(db, clerk, new_seeker, now, today):
    seeker = seekers.register_seeker(db, clerk, new_seeker(nik="3604301708950007"), account_id=None, on=today, now=now)
    berkas = applications.apply(db, clerk, seeker, channel="loket", now=now).berkas

    assert berkas.due_at.date() == now.date()


def test_only_the_head_signs(db, clerk, applied, approve, now):
    approve(applied)

    with pytest.raises(PermissionRefused):
        move_berkas(db, clerk, applied.berkas_id, "terbitkan", now=now)
    assert db.scalar(select(Kartu)) is None


def test_a_citizen_mends_and_sends_again(db, citizen, clerk, applied, now):
    move_berkas(db, clerk, applied.berkas_id, "perbaiki", note="Foto buram", now=now)
    assert applied.berkas.clock == "pause"
    move_berkas(db, citizen, applied.berkas_id, "kirim_ulang", now=now + timedelta(hours=1))

    assert (applied.berkas.state, applied.berkas.clock) == ("diajukan", "run")


def test_after_a_refusal_one_may_apply_again(db, citizen, clerk, applied, now):
    move_berkas(db, clerk, applied.berkas_id, "tolak", note="KTP bukan dari kabupaten ini", now=now)

    again = applications.apply(db, citizen, applied.pencari, now=now)
    assert again.open_of == applied.pencari_id


def test_with_a_valid_card_only_a_renewal_or_replacement_is_open(db, citizen, card, now):
    with pytest.raises(Conflict):
        applications.apply(db, citizen, card.pencari, now=now)
    with pytest.raises(Conflict):
        applications.apply(db, citizen, card.pencari, jenis="perpanjangan", now=now)


def test_a_replacement_keeps_the_days_of_the_old_card(db, citizen, card, issue, now):
    again = applications.apply(db, citizen, card.pencari, jenis="penggantian", alasan="Hilang", now=now + timedelta(days=40))
    new = issue(again, now + timedelta(days=40))
    old = db.get(Kartu, card.id, populate_existing=True)

    assert (new.issued_on, new.dues, new.replaces_id) == (old.issued_on, old.dues, old.id)
    assert (new.live_of, old.live_of) == (old.pencari_id, None)
    assert cards.paper_of(db, new).replaces_id == old.document_id
    assert cards.paper_of(db, old).status == "diganti"


def test_a_renewal_in_the_last_month_begins_anew(db, citizen, card, issue, now):
    late = now + timedelta(days=720)
    new = issue(applications.apply(db, citizen, card.pencari, jenis="perpanjangan", now=late), late)

    assert new.issued_on == late.date()
    assert new.last_report == 0


# ------------------------------------------------------------------------------------------------------------- reports


def days_after(now, days):
    return {"on": (now + timedelta(days=days)).date(), "now": now + timedelta(days=days)}


def test_a_report_is_refused_before_its_month_and_counted_in_it(db, citizen, card, now):
    with pytest.raises(Conflict, match="dibuka"):
        cards.report(db, citizen, card.id, "mencari", **days_after(now, 10))

    cards.report(db, citizen, card.id, "mencari", **days_after(now, 170))
    assert (card.last_report, card.next_due) == (1, date(2027, 11, 24))
    with pytest.raises(Conflict):
        cards.report(db, citizen, card.id, "mencari", **days_after(now, 171))


def test_a_late_report_wakes_the_card_up(db, citizen, card, now):
    cards.report(db, citizen, card.id, "mencari", **days_after(now, 260))
    row = db.scalar(select(Lapor))

    assert (row.ke, row.jatuh_tempo, row.keadaan) == (1, date(2027, 5, 24), "mencari")
    assert card.next_due == date(2027, 11, 24)


def test_work_is_told_at_any_time_and_so_is_its_end(db, citizen, card, now):
    cards.report(db, citizen, card.id, "bekerja", **days_after(now, 20))
    assert (card.situation, card.last_report) == ("bekerja", 0)
    cards.report(db, citizen, card.id, "mencari", **days_after(now, 40))

    assert card.situation == "mencari"
    assert [row.ke for row in cards.reports_of(db, card.id)] == [None, None]


def test_an_expired_or_revoked_card_is_not_reported_on(db, citizen, head, card, now):
    with pytest.raises(Conflict, match="berakhir"):
        cards.report(db, citizen, card.id, "mencari", **days_after(now, 740))
    cards.revoke_card(db, head, card.id, "Data palsu", now=now)
    with pytest.raises(Conflict):
        cards.report(db, citizen, card.id, "bekerja", **days_after(now, 1))
    assert cards.paper_of(db, card).status == "dicabut"


def test_nobody_reports_for_another(db, person, clerk, card, now):
    stranger = person(2)
    with pytest.raises(PermissionRefused):
        cards.report(db, stranger, card.id, "bekerja", **days_after(now, 1))
    with pytest.raises(SignInNeeded):
        cards.report(db, ANONYMOUS, card.id, "bekerja", **days_after(now, 1))
    cards.report(db, clerk, card.id, "bekerja", **days_after(now, 1))
    assert card.situation == "bekerja"


def test_a_strange_situation_is_refused(db, citizen, card, now):
    with pytest.raises(InvalidInput):
        cards.report(db, citizen, card.id, "liburan", **days_after(now, 170))


def test_holders_are_reminded_once_for_each_step_and_once_when_they_missed(db, portal, citizen, card):
    from pendopo.notifications.models import InboxMessage

    due = card.next_due
    for left in (31, 30, 29, 8, 7, 6, 1, 1, 0, -1, -2):
        jobs.remind_holders(db, on=due - timedelta(days=left))
    subjects = [row.subject for row in db.scalars(select(InboxMessage).where(InboxMessage.topic == "kartukuning.lapor").order_by(InboxMessage.id))]

    assert len(subjects) == 4
    assert "terlewat" in subjects[-1].lower()


def test_a_holder_who_works_is_not_reminded(db, citizen, card, now):
    cards.report(db, citizen, card.id, "bekerja", **days_after(now, 20))

    assert jobs.remind_holders(db, on=card.next_due) == 0


def test_states_in_lists_are_those_of_the_rules(db, card, now):
    from gawe_kartukuning import rules

    for days in (0, 180, 181, 182, 400, 731, 732):
        on = (now + timedelta(days=days)).date()
        found = {status for status in rules.STATUS if db.scalar(select(Kartu.id).where(cards.where_status(status, on)))}
        assert found == {rules.status_on(card.facts, on)}
        usable = db.scalar(select(Kartu.id).where(cards.where_usable(on, 30))) is not None
        assert usable == rules.is_usable(card.facts, on, grace_days=30)


def test_a_card_is_checked_by_number_and_pin(db, card):
    pin = cards.paper_of(db, card).data["pin"]

    assert cards.check_number(db, f" {card.nomor.lower()} ", pin.lower()) is card
    assert cards.check_number(db, card.nomor, "XXXXXX") is None
    assert cards.check_number(db, "3604/AK1/2026/999999", pin) is None


# --------------------------------------------------------------------------------------------------- photos and mending


def test_a_photo_is_cut_to_three_by_four_and_made_small(db, citizen, enrol, picture):
    from PIL import Image

    draft = files.store_bytes(db, citizen, picture(1500, 1900), "saya.jpg")
    seeker = enrol(citizen, foto=draft)
    kept = seekers.photo_of(db, seeker)

    assert (kept.width, kept.height) == (600, 800)
    assert kept.size_bytes <= 500_000
    assert Image.MIME["JPEG"] == kept.mime


@pytest.mark.parametrize(("shape", "words"), [((900, 600), "tegak"), ((150, 200), "kecil")])
def test_a_photo_of_another_shape_is_refused(db, citizen, enrol, picture, shape, words):
    draft = files.store_bytes(db, citizen, picture(*shape), "saya.jpg")
    with pytest.raises(InvalidInput, match=words):
        enrol(citizen, foto=draft)


def test_an_empty_photo_is_refused(db, citizen, enrol, picture):
    draft = files.store_bytes(db, citizen, picture(blank=True), "saya.jpg")
    with pytest.raises(InvalidInput, match="kosong"):
        enrol(citizen, foto=draft)


def test_what_is_not_mended_is_closed_after_sixty_days(db, clerk, applied, now):
    move_berkas(db, clerk, applied.berkas_id, "perbaiki", note="Ijazah kurang jelas", now=now)

    assert jobs.drop_stale(db, now=now + timedelta(days=59)) == 0
    assert jobs.drop_stale(db, now=now + timedelta(days=61)) == 1
    assert db.get(Permohonan, applied.berkas_id).open_of is None


def test_an_officer_of_another_office_reads_nothing(db, people, applied):
    stranger = people.officer("pelaporan.read", opd="dpupr")
    with pytest.raises(PermissionRefused):
        get_berkas(db, stranger, applied.berkas_id)
    with pytest.raises(PermissionRefused):
        seekers.get_seeker(db, stranger, applied.pencari_id)
