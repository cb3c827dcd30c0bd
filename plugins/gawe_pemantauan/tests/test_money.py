"""The budget, the payment, the report on its use, and the rest that goes back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from gawe_pemantauan import flags, jobs, programs, returning, work
from gawe_pemantauan.models import Lpj, Penetapan
from gawe_pemantauan.steps import RestNotReturned
from pendopo import Conflict, InvalidInput, PermissionRefused
from pendopo.kit.berkas import move_berkas
from pendopo.kit.payments.receiving import Arrival, receive_payment

ASKED, OTHER_NIK = 11_590_000, "3604305708950001"
PAID = datetime(2027, 3, 5, 3, 0, tzinfo=UTC)
LATER = PAID + timedelta(days=40)


def test_the_decree_takes_the_budget_and_never_passes_it(db, make_program, make_body, send, go):
    small = make_program(pagu=ASKED + 1_000_000)
    first = go(send(to=small), "tetapkan")
    second = go(send(to=small, body=make_body(name="Masjid Nurul Huda Anyar", rekening="0099999999", nik=OTHER_NIK)), "masukkan_anggaran")

    assert (first.approved, small.approved) == (ASKED, ASKED)
    with pytest.raises(programs.BudgetExceeded), db.begin_nested():
        go(second, "tetapkan")
    db.refresh(small)
    assert small.approved == ASKED
    assert programs.budget_error(db) == []


def test_many_in_one_decree_stop_at_the_budget(db, make_program, make_body, send, go, kesra, now):
    small = make_program(pagu=2 * ASKED)
    ids = [
        go(
            send(to=small, body=make_body(name=f"Musala Nomor {n} Anyar", rekening=f"00123456{n:02}", nik=f"36043017089500{n:02}")), "masukkan_anggaran"
        ).berkas_id
        for n in range(1, 4)
    ]
    result = work.determine(db, kesra, dict.fromkeys(ids, ASKED), sk_number="400/Kep.1/2026", sk_date=now.date(), now=now)

    assert (len(result.done), len(result.refused)) == (2, 1)
    assert len(db.scalars(select(Penetapan)).all()) == 1
    assert programs.budget_error(db) == []


def test_an_undone_decree_gives_its_money_back(db, program, send, go, kesra, now):
    proposal = go(send(), "tetapkan")
    move_berkas(db, kesra, proposal.berkas_id, "batalkan", note="Lembaga membubarkan diri.", now=now)

    assert (program.approved, proposal.approved, proposal.berkas.state) == (0, None, "dibatalkan")


def test_the_budget_can_not_fall_below_what_is_determined(db, program, send, go, kesra):
    go(send(), "tetapkan")
    new = programs.NewProgram(program.title, program.jenis, program.summary, 2026, 2027, program.opd_id, 1_000_000, program.opens_on, program.closes_on)
    with pytest.raises(Conflict), db.begin_nested():
        programs.change_program(db, kesra, program.id, new)


def test_money_is_paid_once_in_its_year_and_reported_by_january(db, send, go, kesra, now):
    proposal = go(send(), "nphd_lengkap")
    with pytest.raises(InvalidInput), db.begin_nested():
        go(proposal, "cairkan", paid_on=date(2026, 11, 23))

    go(proposal, "cairkan", at=PAID)
    assert (proposal.paid, proposal.lpj_due_on, proposal.berkas.state) == (ASKED, date(2028, 1, 10), "lpj_ditunggu")


def test_an_sp2d_pays_one_proposal(db, make_body, send, go):
    go(send(), "cairkan", at=PAID)
    other = go(send(body=make_body(name="Masjid Nurul Huda Anyar", rekening="0099999999", nik=OTHER_NIK)), "nphd_lengkap")
    with pytest.raises(Conflict), db.begin_nested():
        go(other, "cairkan", at=PAID)


def test_the_rest_goes_back_before_it_is_finished(db, send, go, resident, kesra, scan, reported):
    proposal = reported()
    assert db.get(Lpj, proposal.berkas_id).rest == 390_000
    with pytest.raises(RestNotReturned), db.begin_nested():
        move_berkas(db, kesra, proposal.berkas_id, "terima_lpj", now=PAID + timedelta(days=40))

    move_berkas(db, kesra, proposal.berkas_id, "terima_lpj", data={"sts": "STS-1", "returned_on": date(2027, 4, 10)}, now=PAID + timedelta(days=40))
    assert (db.get(Lpj, proposal.berkas_id).returned, proposal.berkas.state) == (390_000, "selesai")


def test_a_late_report_is_marked_and_can_still_come(db, send, go, resident, scan):
    proposal = go(send(), "cairkan", at=PAID)
    assert jobs.mark_late(db, now=datetime(2028, 1, 10, 12, 0, tzinfo=UTC)) == 0
    assert jobs.mark_late(db, now=datetime(2028, 1, 11, 1, 0, tzinfo=UTC)) == 1
    assert proposal.berkas.state == "terlambat_lpj"

    move_berkas(db, resident, proposal.berkas_id, "kirim_lpj", data={"realised": ASKED}, attachments=[scan], now=datetime(2028, 1, 12, tzinfo=UTC))
    assert proposal.berkas.state == "lpj_diperiksa"


def test_the_applicant_is_reminded_a_month_before(db, send, go):
    go(send(), "cairkan", at=PAID)
    assert jobs.remind(db, now=datetime(2027, 12, 11, 1, 0, tzinfo=UTC)) == 1
    assert jobs.remind(db, now=datetime(2027, 12, 12, 1, 0, tzinfo=UTC)) == 0


def test_what_is_not_corrected_is_closed_with_its_reason(db, send, go, kesra, now):
    proposal = go(send(), "konfirmasi_camat")
    move_berkas(db, kesra, proposal.berkas_id, "minta_perbaikan", note="Foto belum jelas.", now=now)
    assert jobs.drop_uncorrected(db, now=now + timedelta(days=29)) == 0
    assert jobs.drop_uncorrected(db, now=now + timedelta(days=31)) == 1
    assert (proposal.berkas.state, proposal.refusal) == ("ditolak", "tidak_dilengkapi")


# ------------------------------------------------------------------------------------------------------ the rest as a bill


def pay(db, bill, now, ref="BANK-1"):
    receive_payment(db, Arrival(bill.kode_bayar, ref, bill.amount, now, "qris", "simulator"), now=now)


def test_the_rest_is_billed_and_its_payment_is_the_proof(db, reported, kesra, deliver):
    proposal = reported()
    bill = returning.open_bill(db, proposal.berkas_id)
    assert (bill.amount, bill.payer_id, bill.account) == (390_000, proposal.berkas.applicant_id, "4.1.04.15")
    pay(db, bill, LATER)
    deliver()

    db.expire_all()
    report = db.get(Lpj, proposal.berkas_id)
    assert (report.returned, report.sts, report.returned_on) == (390_000, bill.ntpd, LATER.date())
    move_berkas(db, kesra, proposal.berkas_id, "terima_lpj", now=LATER)
    assert proposal.berkas.state == "selesai"


def test_nothing_is_billed_when_all_was_used(db, reported):
    assert returning.open_bill(db, reported(ASKED).berkas_id) is None


def correct(db, proposal, kesra, resident, scan, realised):
    move_berkas(db, kesra, proposal.berkas_id, "minta_perbaikan_lpj", note="Satu nota belum dihitung.", now=LATER)
    move_berkas(db, resident, proposal.berkas_id, "kirim_lpj", data={"realised": realised}, attachments=[scan], now=LATER)


def test_a_corrected_report_replaces_the_bill_that_nobody_paid(db, reported, kesra, resident, scan):
    proposal = reported()
    old = returning.open_bill(db, proposal.berkas_id)
    correct(db, proposal, kesra, resident, scan, 11_000_000)

    db.refresh(old)
    assert (old.status, returning.open_bill(db, proposal.berkas_id).amount) == ("batal", 590_000)


@pytest.mark.parametrize(("realised", "billed", "back"), [(11_000_000, 200_000, 0), (11_500_000, None, 300_000)])
def test_after_payment_only_the_difference_is_billed_or_given_back(db, reported, kesra, resident, scan, deliver, realised, billed, back):
    proposal = reported()
    paid = returning.open_bill(db, proposal.berkas_id)
    pay(db, paid, LATER)
    deliver()
    correct(db, proposal, kesra, resident, scan, realised)

    db.refresh(paid)
    more = returning.open_bill(db, proposal.berkas_id)
    assert (more.amount if more else None, paid.refunded) == (billed, back)
    report = db.get(Lpj, proposal.berkas_id)
    assert report.returned + (more.amount if more else 0) == report.rest


def test_a_proof_from_elsewhere_ends_the_bill(db, reported, kesra):
    proposal = reported()
    bill = returning.open_bill(db, proposal.berkas_id)
    move_berkas(db, kesra, proposal.berkas_id, "terima_lpj", data={"sts": "STS-1", "returned_on": date(2027, 4, 10)}, now=LATER)

    db.refresh(bill)
    assert bill.status == "batal"


# ------------------------------------------------------------------------------------------------------- twice in a row


def test_two_proposals_of_one_body_are_not_both_determined(db, make_program, make_body, send, go):
    body = make_body()
    first, second = (go(send(to=make_program(paid_year=year), body=body), "mulai_lapangan") for year in (2027, 2028))
    for proposal in (first, second):
        for flag in flags.flags_of(db, proposal.berkas_id):
            flag.cleared_at = PAID
    go(first, "tetapkan")
    for flag in flags.flags_of(db, second.berkas_id):
        flag.cleared_at = PAID
    go(second, "masukkan_anggaran")

    with pytest.raises(flags.TooSoon), db.begin_nested():
        go(second, "tetapkan")
    assert programs.budget_error(db) == []


def test_who_transfers_reads_the_whole_account_and_leaves_a_trace(db, client, send, go, kesra, resident):
    proposal = go(send(), "nphd_lengkap")
    assert work.account_to_pay(db, kesra, proposal.berkas_id) == "0012345678"
    with pytest.raises(PermissionRefused), db.begin_nested():
        work.account_to_pay(db, resident, proposal.berkas_id)

    client.sign_in(kesra)
    where = f"/kerja/pemantauan/{proposal.berkas_id}"
    assert "0012345678" not in client.get(where).text
    shown = client.post(f"{where}/rekening")
    assert "0012345678" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    go(proposal, "cairkan", at=PAID)
    with pytest.raises(Conflict), db.begin_nested():
        work.account_to_pay(db, kesra, proposal.berkas_id)


def test_an_empty_ceiling_means_the_usual_one_also_after_a_change(db, program, kesra):
    new = programs.NewProgram(program.title, program.jenis, program.summary, 2026, 2027, program.opd_id, program.pagu, program.opens_on, program.closes_on)
    assert programs.change_program(db, kesra, program.id, new).plafon == 50_000_000
