"""The invented regency: equal for equal seed, with cards in every state, and nothing that a person could be recognised by."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from gawe_kartukuning import rules
from gawe_kartukuning.cards import count_by_status
from gawe_kartukuning.demo import fill
from gawe_kartukuning.models import Impor, Kartu, Lamaran, Lowongan, Pencari, Penempatan, Permohonan
from pendopo import demo
from pendopo.identity import decrypt_nik


@pytest.mark.slow
def test_the_demo_shows_every_state_and_belongs_to_nobody(db):
    now = datetime.now(UTC)
    demo.make_people(db, seed=7, now=now, scale=0.2)
    fill(db, seed=7, now=now, scale=0.2)
    db.flush()

    counts = count_by_status(db, now.date())
    assert all(counts[status] for status in rules.STATUS if status != "dicabut")
    states = {row.berkas.state for row in db.scalars(select(Permohonan)).unique()}
    assert states >= {"diajukan", "diverifikasi", "perlu_perbaikan", "wawancara_singkat", "disetujui", "kartu_terbit"}
    assert all(db.scalar(select(func.count()).select_from(table)) for table in (Lamaran, Lowongan, Penempatan, Impor))
    assert all(decrypt_nik(cipher).endswith("0000") for cipher in db.scalars(select(Pencari.nik_cipher)))
    assert db.scalar(select(func.count()).select_from(Kartu).where(Kartu.document_id.is_not(None))) > 5
