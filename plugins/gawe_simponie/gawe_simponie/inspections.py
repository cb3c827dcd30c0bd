"""Inspections in the field: a BAP with position and photos, drafted without a line and sent once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput
from pendopo.db import insert_into
from pendopo.i18n import format_time, speaking
from pendopo.identity import Actor
from pendopo.kit.attachments import Attachment, attachments_of, claim
from pendopo.kit.berkas import add_internal_note, get_berkas
from pendopo.kit.documents import issue

from .documents import BAP
from .kind import TECH
from .models import Bap
from .steps import of_berkas, office

OWNER = "gawe_simponie.bap"
RESULTS = {"sesuai": N_("Sesuai"), "tidak_sesuai": N_("Tidak sesuai")}


@dataclass
class Visit:
    """What an officer found. `client_key`: made by the page, so that a draft sent twice is one BAP."""

    client_key: str
    inspected_at: datetime
    result: str
    findings: str
    team: str
    witness: str = ""
    lat: float | None = None
    lon: float | None = None
    accuracy_m: int | None = None
    photos: Sequence[Attachment] = field(default_factory=list)


@speaking("id", plugin="gawe_simponie")
def record_visit(db: Session, actor: Actor, berkas_id: int, visit: Visit, *, now: datetime) -> Bap:
    """Keep the BAP of a visit and draw its paper. Sending the same draft again returns the one that is there.

    Raises Conflict where no visit is planned, InvalidInput for a time to come or a place not given.
    """
    berkas = get_berkas(db, actor, berkas_id)
    actor.require(TECH, berkas.opd_id)
    row = of_berkas(db, berkas.id)
    known = db.scalar(select(Bap).where(Bap.client_key == visit.client_key))
    if known is not None:
        if known.berkas_id != berkas.id or known.by != actor.account_id:
            raise Conflict(N_("Draf ini sudah dikirim untuk berkas lain."))
        return known
    if berkas.state != "peninjauan_lapangan":
        raise Conflict(N_("Berkas ini tidak sedang menunggu peninjauan lapangan."))
    if visit.inspected_at > now + timedelta(minutes=10):
        raise InvalidInput(N_("Waktu pemeriksaan belum terjadi."), field="inspected_at")
    if visit.result not in RESULTS:
        raise InvalidInput(N_("Pilih salah satu dari daftar."), field="result")
    values = {
        "berkas_id": berkas.id,
        "client_key": visit.client_key,
        "inspected_at": visit.inspected_at,
        "lat": visit.lat,
        "lon": visit.lon,
        "accuracy_m": visit.accuracy_m,
        "result": visit.result,
        "findings": visit.findings,
        "team": visit.team[:300],
        "witness": visit.witness[:160],
        "by": actor.account_id,
        "at": now,
    }
    made = db.scalar(insert_into(db, Bap).values(**values).on_conflict_do_nothing().returning(Bap.id))
    if made is None:
        return db.scalars(select(Bap).where(Bap.client_key == visit.client_key)).one()
    bap = db.get_one(Bap, made)
    claim(db, list(visit.photos), owner=OWNER, ref=bap.id)
    opd = office(db, row.type.stage("peninjauan_lapangan").opd)
    data = {
        "jenis": row.type.name,
        "pemegang": row.applicant_name,
        "register": berkas.register,
        "lokasi": row.address,
        "waktu": format_time(visit.inspected_at),
        "posisi": position_words(bap),
        "petugas": bap.team,
        "saksi": bap.witness,
        "hasil": RESULTS[bap.result],
        "temuan": bap.findings,
        "foto": len(visit.photos),
    }
    bap.document_id = issue(db, actor, BAP, data=data, opd_id=opd.id, berkas_id=berkas.id, ref=berkas.id, now=now).id
    add_internal_note(db, actor, berkas.id, f"BAP: {RESULTS[bap.result]}. {bap.findings[:500]}", now=now)
    return bap


def position_words(bap: Bap) -> str:
    if bap.lat is None or bap.lon is None:
        return ""
    where = f"{bap.lat:.6f}, {bap.lon:.6f}"
    return f"{where} (± {bap.accuracy_m} m)" if bap.accuracy_m else where


def visits_of(db: Session, berkas_id: int) -> list[tuple[Bap, list[Attachment]]]:
    """Visits with their photos, the newest first."""
    rows = db.scalars(select(Bap).where(Bap.berkas_id == berkas_id).order_by(Bap.id.desc()))
    return [(row, attachments_of(db, OWNER, row.id)) for row in rows]
