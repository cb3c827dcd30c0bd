"""Decisions: signed at the desk, sent back, refused, appealed; permits renewed, changed and ended."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from gawe_simponie import permits
from gawe_simponie.decisions import hear_signed, waiting_signatures
from gawe_simponie.documents import ENDING, GIVEN_BACK, PERMIT, REFUSAL
from gawe_simponie.jobs import remind_holders
from gawe_simponie.models import Izin
from pendopo import Conflict, InvalidInput, PermissionRefused
from pendopo.i18n import speaking
from pendopo.identity import Penugasan
from pendopo.kit.berkas import move_berkas
from pendopo.kit.calendar import calendar_for
from pendopo.kit.documents import document_of

from .conftest import MONDAY, steps_of

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@pytest.fixture
def for_signature(apply_for, walk, front, researcher, head):
    """`for_signature()`: an application whose decision waits at the head's desk."""
    return lambda: walk(apply_for(at=NOW), (front, "lengkap"), (researcher, "rekomendasi"), (front, "ajukan_ttd"), at=NOW)


def test_a_signed_permit_has_a_number_by_the_pattern_of_its_type_and_a_paper(db, issued, now):
    row = issued()
    izin = db.scalar(select(Izin).where(Izin.berkas_id == row.berkas_id))

    assert izin.number == f"070/0001/PENELITIAN/{now.year}"
    assert document_of(db, PERMIT, row.berkas_id).number == izin.number
    assert izin.valid_until == date(2027, 4, 1)  # not longer than the research itself


def test_numbers_of_each_type_are_counted_for_themselves_without_gaps(db, issued):
    numbers = [db.scalar(select(Izin.number).where(Izin.berkas_id == issued().berkas_id)) for _n in range(3)]

    assert [number.split("/")[1] for number in numbers] == ["0001", "0002", "0003"]


def test_a_refusal_tells_its_reason_on_paper_and_may_be_appealed(db, apply_for, walk, front, researcher, head, resident, now):
    row = walk(apply_for(), (front, "lengkap"), (researcher, "tidak_rekomendasi", {"note": "Di luar wilayah."}), at=now)
    assert "ajukan_ttd" not in steps_of(db, front, row)

    walk(row, (head, "tolak", {"note": "Tempat penelitian di luar kabupaten."}), at=now)
    assert "di luar kabupaten" in " ".join(document_of(db, REFUSAL, row.berkas_id).data["alinea"])

    walk(row, (resident, "ajukan_keberatan", {"note": "Tempatnya di Anyar."}), at=now)
    walk(row, (head, "terima_keberatan", {"note": "Benar, di Anyar."}), (front, "ajukan_ttd"), (head, "tandatangani"), at=now)
    assert row.berkas.state == "terbit"


def test_an_appeal_after_its_days_is_refused(db, apply_for, walk, front, researcher, head, resident):
    row = walk(apply_for(at=MONDAY), (front, "lengkap"), (researcher, "tidak_rekomendasi", {"note": "Tidak."}), (head, "tolak", {"note": "Tidak."}), at=MONDAY)

    with pytest.raises(Conflict):
        move_berkas(db, resident, row.berkas_id, "ajukan_keberatan", note="Terlambat.", now=MONDAY + timedelta(days=45))


def test_revoking_ends_permit_and_paper_with_a_letter(db, issued, walk, head, now):
    row = walk(issued(), (head, "cabut", {"note": "Melanggar ketentuan."}), at=now)

    izin = db.scalar(select(Izin).where(Izin.berkas_id == row.berkas_id))
    assert (row.berkas.state, izin.status, izin.reason) == ("dicabut", "dicabut", "Melanggar ketentuan.")
    assert document_of(db, PERMIT, row.berkas_id).status == "dicabut"
    assert document_of(db, ENDING, row.berkas_id).status == "berlaku"


def test_a_decision_lies_on_the_desk_of_the_head_and_of_nobody_else(db, for_signature, front, head):
    row = for_signature()

    assert [paper.ref for _one, paper in waiting_signatures(db, head)] == [row.berkas_id]
    assert waiting_signatures(db, front) == []
    assert document_of(db, PERMIT, row.berkas_id).status == "menunggu"
    with pytest.raises(PermissionRefused):
        move_berkas(db, head, row.berkas_id, "tandatangani", now=NOW)


def test_a_permit_holds_when_it_is_signed_at_the_desk(client, db, for_signature, head, deliver):
    rows = [for_signature(), for_signature()]
    client.sign_in(head)
    board = client.get("/kerja/simponie/papan").text
    chosen = [str(one.id) for one, _paper in waiting_signatures(db, head)]
    assert all(f'value="{one}"' in board for one in chosen)

    assert client.post("/kerja/tanda-tangan/", data={"id": chosen}).status_code == 303
    deliver()
    db.expire_all()
    assert [row.berkas.state for row in rows] == ["terbit", "terbit"]
    assert len(list(db.scalars(select(Izin)))) == 2


def test_hearing_of_a_signature_twice_makes_one_permit(db, issued):
    row = issued()
    hear_signed(db, document_of(db, PERMIT, row.berkas_id).id, NOW)

    assert len(list(db.scalars(select(Izin)))) == 1


def test_what_the_head_sends_back_is_written_anew(client, db, for_signature, walk, front, head, deliver):
    row = for_signature()
    first = waiting_signatures(db, head)[0][0].id
    client.sign_in(head)
    assert client.post(f"/kerja/tanda-tangan/{first}/penolakan", data={"reason": "Nama lembaga salah."}).status_code == 303
    deliver()
    db.expire_all()
    assert (row.berkas.state, document_of(db, PERMIT, row.berkas_id).status) == ("draf_izin", "dicabut")

    walk(row, (front, "ajukan_ttd"), (head, "tandatangani"), at=NOW)
    assert row.berkas.state == "terbit"


def test_a_stand_in_signs_as_such(db, for_signature, walk, head, people, offices):
    stand_in = people.officer(opd="dinkes", name="Pengganti Contoh")
    chair = head.posts[0].jabatan_id
    db.add(Penugasan(account_id=stand_in.account_id, jabatan_id=chair, kind="plh", starts_on=NOW.date() - timedelta(days=1)))
    db.flush()
    row = walk(for_signature(), (stand_in, "tandatangani"), at=NOW)

    signature = document_of(db, PERMIT, row.berkas_id).signatures[0]
    assert (signature.name, signature.post[:5]) == ("Pengganti Contoh", "Plh. ")


def test_where_nobody_signs_a_decision_is_not_brought_to_a_desk(db, apply_for, walk, front, researcher):
    row = walk(apply_for(), (front, "lengkap"), (researcher, "rekomendasi"), at=NOW)

    with pytest.raises(Conflict):
        move_berkas(db, front, row.berkas_id, "ajukan_ttd", now=NOW)


def test_a_paper_is_in_indonesian_whatever_its_officer_reads(db, for_signature):
    with speaking("en"):
        row = for_signature()

    assert document_of(db, PERMIT, row.berkas_id).data["mulai"].endswith("November 2026")
    assert document_of(db, PERMIT, row.berkas_id).data["isian"][0][0] == "Kampus atau lembaga"


def test_a_renewal_that_waits_at_the_desk_leaves_the_old_permit_valid(db, issued, apply_for, walk, front, researcher, head, resident):
    row = issued()
    izin = permits.own_permits(db, resident.account_id)[0]
    new = walk(apply_for("PENELITIAN", purpose="perubahan", izin=izin), (front, "lengkap"), (researcher, "rekomendasi"), (front, "ajukan_ttd"), at=NOW)
    assert (db.get(Izin, izin.id).status, document_of(db, PERMIT, row.berkas_id).status) == ("berlaku", "berlaku")

    walk(new, (head, "kembalikan", {"note": "Salah ketik."}), (front, "ajukan_ttd"), (head, "tandatangani"), at=NOW)
    assert db.get(Izin, izin.id).status == "diganti"
    assert document_of(db, PERMIT, row.berkas_id).status == "dicabut"  # only one paper points back, and that one was sent back


def test_a_permit_is_renewed_from_its_day_on_and_the_new_paper_points_back(db, issued, apply_for, walk, front, researcher, head, resident, now):
    row = issued()
    izin = permits.own_permits(db, resident.account_id)[0]
    with pytest.raises(Conflict):
        apply_for("PENELITIAN", purpose="perpanjangan", izin=izin, at=now)

    late = calendar_for(db).at(izin.valid_until, calendar_for(db).close) - timedelta(days=3)
    new = apply_for("PENELITIAN", purpose="perpanjangan", izin=izin, at=late, values={"selesai": "2027-09-01"})
    walk(new, (front, "lengkap"), (researcher, "rekomendasi"), (front, "ajukan_ttd"), (head, "tandatangani"), at=late)

    again = db.scalar(select(Izin).where(Izin.berkas_id == new.berkas_id))
    assert (db.get(Izin, izin.id).status, again.replaces_id) == ("diganti", izin.id)
    assert document_of(db, PERMIT, row.berkas_id).status == "diganti"
    assert document_of(db, PERMIT, new.berkas_id).replaces_id == izin.document_id


def test_only_one_application_runs_for_a_permit(issued, apply_for, db, resident, now):
    issued()
    izin = permits.own_permits(db, resident.account_id)[0]
    apply_for("PENELITIAN", purpose="perubahan", izin=izin)

    with pytest.raises(Conflict):
        apply_for("PENELITIAN", purpose="pencabutan", izin=izin)


def test_a_holder_may_give_a_permit_back(db, issued, apply_for, walk, front, head, resident, now):
    issued()
    izin = permits.own_permits(db, resident.account_id)[0]
    row = walk(apply_for("PENELITIAN", purpose="pencabutan", izin=izin), (front, "lengkap_langsung"), (front, "ajukan_ttd"), (head, "tandatangani"), at=now)

    assert db.get(Izin, izin.id).status == "dicabut"
    assert document_of(db, GIVEN_BACK, row.berkas_id).status == "berlaku"


def test_nobody_renews_the_permit_of_another(issued, apply_for, db, resident, people):
    issued()
    izin = permits.own_permits(db, resident.account_id)[0]

    with pytest.raises(InvalidInput):
        apply_for("PENELITIAN", actor=people.resident("Orang lain"), purpose="perubahan", izin=izin)


def test_a_doctor_has_at_most_three_places_of_practice(db, apply_for, walk, front, technician, head, now):
    for _n in range(3):
        walk(apply_for("SIP-DOKTER"), (front, "lengkap"), (technician, "rekomendasi"), (front, "ajukan_ttd"), (head, "tandatangani"), at=now)

    with pytest.raises(InvalidInput):
        apply_for("SIP-DOKTER")


def test_an_sip_holds_no_longer_than_five_years_and_the_str(db, apply_for, walk, front, technician, head, now):
    row = walk(
        apply_for("SIP-DOKTER", values={"str_berlaku_sampai": "2049-01-31"}),
        (front, "lengkap"),
        (technician, "rekomendasi"),
        (front, "ajukan_ttd"),
        (head, "tandatangani"),
        at=now,
    )
    izin = db.scalar(select(Izin).where(Izin.berkas_id == row.berkas_id))
    day = calendar_for(db).local(now).date()

    assert izin.valid_until == day.replace(year=day.year + 5) - timedelta(days=1)


def test_holders_are_reminded_once(db, issued, resident, deliver, now):
    issued()
    izin = permits.own_permits(db, resident.account_id)[0]
    near = calendar_for(db).at(izin.valid_until, calendar_for(db).close) - timedelta(days=10)

    assert (remind_holders(db, now=near), remind_holders(db, now=near)) == (1, 0)
