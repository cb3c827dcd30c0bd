"""What a step of the berkas changes in the application itself, and which steps its permit type knows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput
from pendopo.identity import Actor, Opd, find_opd
from pendopo.kit.berkas import Berkas
from pendopo.kit.calendar import CalendarNotLoaded, calendar_for

from . import fees
from .models import Bap, Permohonan, Tahap
from .options import option
from .types import PermitType

STAGE_OF = {  # state -> stage of the type's plan
    "diajukan": "cek_kelengkapan",
    "cek_kelengkapan": "cek_kelengkapan",
    "verifikasi_teknis": "verifikasi_teknis",
    "peninjauan_lapangan": "peninjauan_lapangan",
    "draf_izin": "penyusunan",
    "ttd": "penandatanganan",
}
AT_APPLICANT = ("perbaikan", "menunggu_bayar")


def of_berkas(db: Session, berkas_id: int) -> Permohonan:
    row = db.get(Permohonan, berkas_id)
    if row is None:
        raise LookupError(f"berkas {berkas_id} has no application")
    return row


def fee_of(row: Permohonan) -> fees.Fee:
    """What the permit costs by what is known now; nothing for changes and for giving a permit back."""
    return fees.NO_FEE if row.tujuan in ("perubahan", "pencabutan") else fees.fee_for(row.type.fee_rule, row.values, row.type.say)


# ----------------------------------------------------------------------------------------------- which steps there are


def offers(db: Session, berkas: Berkas, transition: str) -> bool:
    """Does this application know the step? By its type's stages, its fee, and what was found so far."""
    ask = _OFFERS.get(transition)
    row = db.get(Permohonan, berkas.id) if ask else None
    return row is None or ask is None or ask(db, berkas, row)


def _technical(row: Permohonan) -> bool:
    return row.tujuan != "pencabutan" and row.type.stage("verifikasi_teknis") is not None


def _costs(row: Permohonan) -> bool:
    return row.paid_at is None and fee_of(row).amount > 0


def _examined(db: Session, berkas: Berkas, row: Permohonan) -> bool:
    """Is everything done that must be before a recommendation? After a visit its BAP; without one, where none is required."""
    if berkas.state == "peninjauan_lapangan":
        return db.scalar(select(Bap.id).where(Bap.berkas_id == berkas.id).limit(1)) is not None
    stage = row.type.stage("peninjauan_lapangan")
    return stage is None or not stage.required or row.tujuan == "perubahan"


_OFFERS: dict[str, Callable[[Session, Berkas, Permohonan], bool]] = {
    "lengkap": lambda db, berkas, row: _technical(row),
    "lengkap_langsung": lambda db, berkas, row: not _technical(row) and not _costs(row),
    "lengkap_berbayar": lambda db, berkas, row: not _technical(row) and _costs(row),
    "tinjau": lambda db, berkas, row: row.type.stage("peninjauan_lapangan") is not None,
    "rekomendasi": lambda db, berkas, row: _examined(db, berkas, row) and not _costs(row),
    "rekomendasi_berbayar": lambda db, berkas, row: _examined(db, berkas, row) and _costs(row),
    "ajukan_ttd": lambda db, berkas, row: row.recommended is not False and (row.bill_id is None or row.paid_at is not None),
    "cabut": lambda db, berkas, row: row.tujuan != "pencabutan",
}


# ------------------------------------------------------------------------------------------------------------- on a step


def on_move(db: Session, berkas: Berkas, transition: str, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    row = of_berkas(db, berkas.id)
    act = _ACTS.get(transition)
    if act is not None:
        act(db, row, berkas, data, actor, now)
    place_in_office(db, row, berkas)
    open_stage(db, row, berkas, now)


def place_in_office(db: Session, row: Permohonan, berkas: Berkas) -> None:
    """Technical stages lie with the technical office, everything else with the one that owns the permit."""
    stage = row.type.stage(berkas.state) if berkas.state in ("verifikasi_teknis", "peninjauan_lapangan") else None
    if berkas.state in AT_APPLICANT:
        return  # whoever asked waits for the answer
    opd = office(db, stage.opd if stage else row.type.data["opd"])
    if berkas.opd_id != opd.id:
        berkas.opd_id, berkas.officer_id = opd.id, None


def office(db: Session, code: str) -> Opd:
    opd = find_opd(db, code)
    if opd is None:
        raise InvalidInput(N_("Perangkat daerah %(code)s belum terdaftar. Hubungi pengelola portal."), code=code)
    return opd


def open_stage(db: Session, row: Permohonan, berkas: Berkas, now: datetime) -> None:
    """End the stage that was open and begin the one of the new state, unless the matter is closed."""
    db.execute(update(Tahap).where(Tahap.berkas_id == berkas.id, Tahap.until.is_(None)).values(until=now))
    if berkas.is_open:
        waits = berkas.state in AT_APPLICANT
        db.add(
            Tahap(
                berkas_id=berkas.id,
                state=berkas.state,
                opd_id=None if waits else berkas.opd_id,
                since=now,
                until=None,
                due_on=stage_due(db, row.type, berkas.state, now),
            )
        )
    db.flush()


def stage_due(db: Session, permit: PermitType, state: str, now: datetime) -> date | None:
    """The last day of a stage by the type's plan; for repairs the applicant's fourteen days. None where there is no plan or no calendar yet."""
    calendar = calendar_for(db)
    if state == "perbaikan":
        return calendar.local(now).date() + timedelta(days=int(option(db, "perbaikan_hari")))
    stage = permit.stage(STAGE_OF.get(state, ""))
    if stage is None:
        return None
    try:
        return calendar.due_date(now, stage.days)
    except CalendarNotLoaded:
        return None


def _plan_visit(db: Session, row: Permohonan, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    day = data.get("inspect_on")
    if day is None or day < calendar_for(db).local(now).date():
        raise InvalidInput(N_("Pilih tanggal hari ini atau sesudahnya."), field="inspect_on")
    row.inspect_on = day


def _recommend(db: Session, row: Permohonan, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    row.recommended = True


def _recommend_with_fee(db: Session, row: Permohonan, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    from .levies import charge

    row.recommended = True
    charge(db, actor, row, now=now)


def _advise_against(db: Session, row: Permohonan, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    row.recommended = False


def _draft(db: Session, row: Permohonan, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    from .decisions import draft_decision

    draft_decision(db, actor, row, now=now)


def _take_back(db: Session, row: Permohonan, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    from .decisions import withdraw_draft

    withdraw_draft(db, actor, row, str(data.get("note", "")), now=now)


def _refuse(db: Session, row: Permohonan, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    from .decisions import withdraw_draft
    from .documents import write_refusal

    row.decided_at, row.reason = now, str(data.get("note", ""))
    withdraw_draft(db, actor, row, row.reason, now=now)
    write_refusal(db, actor, row, appeal_days=int(option(db, "keberatan_ajukan_hk")), now=now)


def _appeal(db: Session, row: Permohonan, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    """Within its days (UU 30/2014 Pasal 77)."""
    calendar = calendar_for(db)
    if row.decided_at is None or now > calendar.add_working_days(row.decided_at, int(option(db, "keberatan_ajukan_hk"))):
        raise Conflict(N_("Waktu mengajukan keberatan sudah lewat. Anda masih dapat mengajukan permohonan baru."))


def _uphold(db: Session, row: Permohonan, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    row.recommended, row.decided_at = True, None


def _deem(db: Session, row: Permohonan, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    from .deemed import settle

    row.deemed_at, row.recommended = now, True
    settle(db, actor, row, now=now)


def _revoke(db: Session, row: Permohonan, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    from .permits import end_permit

    row.reason = str(data.get("note", ""))
    end_permit(db, actor, row, now=now)


_ACTS = {
    "lengkap_berbayar": _recommend_with_fee,
    "tinjau": _plan_visit,
    "rekomendasi": _recommend,
    "rekomendasi_berbayar": _recommend_with_fee,
    "tidak_rekomendasi": _advise_against,
    "ajukan_ttd": _draft,
    "kembalikan": _take_back,
    "tolak": _refuse,
    "ajukan_keberatan": _appeal,
    "terima_keberatan": _uphold,
    "fiktif_positif": _deem,
    "cabut": _revoke,
}
