"""What officers do beside moving a proposal: the check list, field visits, deciles, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, DomainError, InvalidInput, NotFound, live
from pendopo.identity import Actor, record
from pendopo.kit import attachments as files
from pendopo.kit.berkas import Berkas, add_message, move_berkas
from pendopo.kit.places import distance_m

from . import flags, secret
from .models import Kunjungan, Proposal
from .options import option, visit_points
from .rules import ALWAYS_CHECKED, Visit, visit_score
from .stages import AUDIT, PAY, SURVEY, VERIFY

VISITS = "gawe_pemantauan.kunjungan"


def _of_office(db: Session, actor: Actor, berkas_id: int, permission: str, states: Sequence[str]) -> Proposal:
    proposal = db.get(Proposal, berkas_id)
    if proposal is None:
        raise NotFound()
    actor.require(permission, proposal.berkas.opd_id)
    if proposal.berkas.state not in states:
        raise Conflict(N_("Langkah ini tidak tersedia untuk keadaan berkas sekarang."))
    return proposal


def check_papers(db: Session, actor: Actor, berkas_id: int, checklist: dict[str, str]) -> Proposal:
    """Keep what the administrative check found: item -> "ok" or "kurang"; items left out stay open."""
    proposal = _of_office(db, actor, berkas_id, VERIFY, ("cek_administrasi",))
    wanted = (*proposal.program.papers, *ALWAYS_CHECKED)
    proposal.checklist = {slug: state for slug, state in checklist.items() if slug in wanted and state in ("ok", "kurang")}
    db.flush()
    record(db, actor, "pemantauan.checked", f"berkas:{berkas_id}", {"ok": sum(s == "ok" for s in proposal.checklist.values()), "of": len(wanted)})
    live.publish(db, f"berkas:{berkas_id}")
    return proposal


@dataclass
class NewVisit:
    """What was seen, checked. `client_key`: made by the device, so that a visit sent twice is kept once."""

    visit: Visit
    note: str
    visited_at: datetime
    lat: float | None = None
    lon: float | None = None
    photos: Sequence[files.Attachment] = field(default_factory=list)
    client_key: str = ""


def add_visit(db: Session, actor: Actor, berkas_id: int, new: NewVisit, *, now: datetime) -> Kunjungan:
    """Write down a field visit; far from the place of the proposal it raises a flag. Raises InvalidInput or Conflict."""
    if new.client_key and (kept := db.scalar(select(Kunjungan).where(Kunjungan.client_key == new.client_key))) is not None:
        return kept
    proposal = _of_office(db, actor, berkas_id, SURVEY, ("verifikasi_lapangan", "asesmen"))
    if new.visited_at > now:
        raise InvalidInput(N_("Waktu kunjungan belum tiba."), field="visited_at")
    place = next(((p.lat, p.lon) for p in new.photos if p.lat is not None and p.lon is not None), None)
    lat, lon = (new.lat, new.lon) if new.lat is not None else place or (None, None)
    away = round(distance_m(lat, lon, proposal.lat, proposal.lon)) if None not in (lat, lon, proposal.lat, proposal.lon) else None
    row = Kunjungan(
        berkas_id=berkas_id,
        visited_at=new.visited_at,
        by=actor.account_id,
        note=new.note,
        lat=lat,
        lon=lon,
        distance_m=away,
        score=visit_score(new.visit, visit_points(db)),
        client_key=new.client_key or None,
        object_exists=new.visit.object_exists,
        active=new.visit.active,
        has_board=new.visit.has_board,
        papers_match=new.visit.papers_match,
    )
    db.add(row)
    db.flush()
    files.claim(db, list(new.photos), owner=VISITS, ref=row.id)
    if away is not None and away > int(option(db, "jarak_kunjungan_m")):
        flags.raise_flag(db, proposal, "jauh_dari_titik", detail=f"{away} m", now=now)
    proposal.score = row.score
    add_message(db, actor, berkas_id, N_("Petugas sudah berkunjung ke lokasi."), now=now)
    return row


def visits_of(db: Session, berkas_id: int) -> list[tuple[Kunjungan, list[files.Attachment]]]:
    rows = db.scalars(select(Kunjungan).where(Kunjungan.berkas_id == berkas_id).order_by(Kunjungan.visited_at, Kunjungan.id)).all()
    return [(row, files.attachments_of(db, VISITS, row.id)) for row in rows]


def set_desil(db: Session, actor: Actor, berkas_id: int, desil: int) -> Proposal:
    """Note the DTSEN decile (1 is poorest) that Dinsos found; sensitive, so kept encrypted and each change in the trail."""
    proposal = _of_office(db, actor, berkas_id, SURVEY, ("disposisi", "verifikasi_lapangan", "asesmen", "rekomendasi_opd"))
    if proposal.person is None:
        raise Conflict(N_("Desil hanya untuk perorangan."))
    if not 1 <= desil <= 10:
        raise InvalidInput(N_("Desil antara 1 dan 10."), field="desil")
    proposal.person.desil_cipher = secret.hide(str(desil))
    db.flush()
    record(db, actor, "pemantauan.desil_set", f"berkas:{berkas_id}", {})
    return proposal


def may_see_desil(actor: Actor, proposal: Proposal) -> bool:
    return any(actor.can(permission, proposal.berkas.opd_id) for permission in (SURVEY, VERIFY)) or actor.can(AUDIT)


def desil_of(proposal: Proposal) -> int | None:
    text = secret.reveal(proposal.person.desil_cipher) if proposal.person else ""
    return int(text) if text else None


def account_to_pay(db: Session, actor: Actor, berkas_id: int) -> str:
    """The account number in full, while the money is to be sent. Each reading stands in the trail."""
    proposal = _of_office(db, actor, berkas_id, PAY, ("ditetapkan", "pencairan"))
    record(db, actor, "pemantauan.account_read", f"berkas:{berkas_id}", {})
    return secret.reveal(proposal.rekening_cipher)


@dataclass
class Many:
    """How a step went for many proposals."""

    done: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def move_many(db: Session, actor: Actor, berkas_ids: Sequence[int], step: str, *, data: dict[str, Any] | None = None, note: str = "", now: datetime) -> Many:
    """Take a step with each; who is refused is named with the reason, the others go on."""
    result = Many()
    for berkas_id in dict.fromkeys(berkas_ids):
        berkas = db.get(Berkas, berkas_id)
        if berkas is None or db.get(Proposal, berkas_id) is None:
            continue
        try:
            with db.begin_nested():
                move_berkas(db, actor, berkas_id, step, data=data, note=note, now=now)
            result.done.append(berkas.register)
        except DomainError as refusal:
            if refusal.status in (401, 403):
                raise
            result.refused.append((berkas.register, refusal.sentence()))
            db.refresh(berkas)
    return result


def tell_many(db: Session, actor: Actor, berkas_ids: Sequence[int], text: str, *, now: datetime) -> int:
    """One word to the applicants of many, so that nobody waits in silence for the season of the budget. Returns how many were told."""
    ids = [one for one in dict.fromkeys(berkas_ids) if db.get(Proposal, one) is not None]
    for berkas_id in ids:
        add_message(db, actor, berkas_id, text, now=now)
    return len(ids)


def determine(db: Session, actor: Actor, values: dict[int, int], *, sk_number: str, sk_date: date, dpa: str = "", now: datetime) -> Many:
    """One decree for many recipients: all or those that fit; each takes its part of the budget in one statement."""
    result = Many()
    for berkas_id, value in values.items():
        step = move_many(db, actor, [berkas_id], "tetapkan", data={"approved": value, "sk_number": sk_number, "sk_date": sk_date, "dpa": dpa}, now=now)
        result.done += step.done
        result.refused += step.refused
    return result
