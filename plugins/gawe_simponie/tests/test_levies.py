"""The levy: computed, set, billed, paid, and only then the decision."""

from datetime import timedelta

import pytest

from gawe_simponie import levies
from gawe_simponie.documents import SKRD
from pendopo import Conflict, PermissionRefused
from pendopo.kit.documents import document_of
from pendopo.kit.payments import bill_for
from pendopo.kit.payments.receiving import Arrival, receive_payment

from .conftest import steps_of


def pay(db, row, deliver, at):
    one = bill_for(db, levies.LEVY, row.berkas_id)
    receive_payment(db, Arrival(one.kode_bayar, f"R{one.id}", one.amount, at, "va", "uji"), now=at)
    db.commit()
    deliver()
    db.expire_all()


def test_a_permit_with_a_fee_waits_for_its_payment_and_is_signed_only_after_it(db, apply_for, walk, front, surveyor, head, deliver, now):
    row = walk(apply_for("PBG"), (front, "lengkap"), at=now)
    assert steps_of(db, surveyor, row) >= {"rekomendasi_berbayar"}
    assert "rekomendasi" not in steps_of(db, surveyor, row)

    walk(row, (surveyor, "rekomendasi_berbayar"), at=now)
    assert (row.berkas.state, row.fee_amount, row.berkas.clock) == ("menunggu_bayar", 5_407_500, "pause")
    assert bill_for(db, levies.LEVY, row.berkas_id).amount == 5_407_500
    assert document_of(db, SKRD, row.berkas_id).status == "berlaku"

    pay(db, row, deliver, now + timedelta(days=1))
    assert (row.berkas.state, row.paid_at is not None) == ("draf_izin", True)
    walk(row, (front, "ajukan_ttd"), (head, "tandatangani"), at=now + timedelta(days=1))
    assert row.berkas.state == "terbit"


def test_being_told_of_a_payment_twice_changes_nothing(db, apply_for, walk, front, surveyor, deliver, now):
    row = walk(apply_for("PBG"), (front, "lengkap"), (surveyor, "rekomendasi_berbayar"), at=now)
    pay(db, row, deliver, now)
    version = row.berkas.version
    levies.hear_paid(db, row.bill_id, row.berkas_id, now, "NTPD")

    assert row.berkas.version == version


def test_measured_figures_count_for_the_levy(db, apply_for, walk, front, surveyor, now):
    row = walk(apply_for("PBG"), (front, "lengkap"), at=now)
    levies.measure(
        db,
        surveyor,
        row.berkas_id,
        {
            "fungsi": "hunian",
            "luas_lantai": "60",
            "jumlah_lantai": 1,
            "kompleksitas": "sederhana",
            "permanensi": "permanen",
            "kepemilikan": "perorangan",
            "kegiatan": "baru",
        },
    )

    assert row.data["luas_lantai"] == "200"
    walk(row, (surveyor, "rekomendasi_berbayar"), at=now)
    assert row.fee_amount == 270_000


def test_a_levy_that_was_set_is_not_measured_again(db, apply_for, walk, front, surveyor, now):
    row = walk(apply_for("PBG"), (front, "lengkap"), (surveyor, "rekomendasi_berbayar"), at=now)

    with pytest.raises((Conflict, PermissionRefused)):
        levies.measure(db, surveyor, row.berkas_id, {"luas_lantai": "60"})


def test_a_fee_of_nothing_needs_no_bill(db, apply_for, walk, front, undertaker, now):
    row = walk(apply_for("MAKAM", values={"kelas": "tidak_mampu"}), (front, "lengkap"), at=now)

    assert "rekomendasi" in steps_of(db, undertaker, row)
    assert "rekomendasi_berbayar" not in steps_of(db, undertaker, row)


def test_the_penalty_is_one_per_cent_for_each_month_begun(db, apply_for, walk, front, surveyor, now):
    row = walk(apply_for("PBG"), (front, "lengkap"), (surveyor, "rekomendasi_berbayar"), at=now)
    one = bill_for(db, levies.LEVY, row.berkas_id)

    assert levies.penalty(db, one, one.due) == 0
    assert levies.penalty(db, one, one.due + timedelta(days=1)) == 54_075
    assert levies.penalty(db, one, one.due + timedelta(days=4000)) == 24 * 54_075
