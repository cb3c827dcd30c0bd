"""What a step of the berkas changes in the proposal itself: called inside the move, before anyone is told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, live
from pendopo.identity import Actor, find_opd, regency_day
from pendopo.kit.berkas import Berkas

from . import agreement, flags, programs, returning
from .models import Kunjungan, Lembaga, Lpj, Pencairan, Proposal
from .options import option
from .rules import REASONS, Visit, lpj_due, may_be_recommended, missing_checks, rest_of, rupiah

PUBLIC_TOPIC = "public:pemantauan"


class ChecklistOpen(Conflict):
    message = N_("Pemeriksaan administrasi belum selesai: %(n)s butir belum sesuai.")


class VisitMissing(Conflict):
    message = N_("Catat dahulu kunjungan lapangan yang menemukan objek dan kegiatannya.")


class FlagsOpen(Conflict):
    message = N_("Masih ada %(n)s tanda yang belum diperiksa.")


class RestNotReturned(InvalidInput):
    message = N_("Sisa %(rest)s belum disetor. Tunggu tagihannya dibayar, atau isi nomor dan tanggal STS.")


def on_move(db: Session, berkas: Berkas, transition: str, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    proposal = db.get(Proposal, berkas.id)
    if proposal is None:
        raise LookupError(f"berkas {berkas.id} has no proposal")
    act = _ACTS.get(transition)
    if act is not None:
        act(db, proposal, data, actor, now)
    db.flush()
    live.publish(db, PUBLIC_TOPIC)


def office(db: Session, name: str) -> int | None:
    """The id of the office that a setting names (`opd_kesra`, `opd_tapd`, `opd_bendahara`)."""
    opd = find_opd(db, str(option(db, name)))
    return opd.id if opd else None


def _send(berkas: Berkas, opd_id: int | None) -> None:
    if opd_id is not None and opd_id != berkas.opd_id:
        berkas.opd_id, berkas.officer_id = opd_id, None


def _confirm_desa(db: Session, proposal: Proposal, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    proposal.desa_confirmed, proposal.desa_by, proposal.desa_note = data.get("confirmed") == "ya", actor.account_id, data["note"][:500]
    if not proposal.desa_confirmed:
        flags.raise_flag(db, proposal, "tidak_dikonfirmasi", detail="desa", now=now)
    _send(proposal.berkas, programs.kecamatan_office(db, proposal.berkas.desa_code))


def _confirm_camat(db: Session, proposal: Proposal, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    if actor.account_id is not None and actor.account_id == proposal.desa_by:
        raise Conflict(N_("Konfirmasi desa Anda sendiri tidak dapat Anda benarkan sebagai kecamatan."))
    proposal.camat_confirmed, proposal.camat_by, proposal.camat_note = data.get("confirmed") == "ya", actor.account_id, data["note"][:500]
    if not proposal.camat_confirmed:
        flags.raise_flag(db, proposal, "tidak_dikonfirmasi", detail="camat", now=now)
    _send(proposal.berkas, office(db, "opd_kesra"))


def _legalise(db: Session, proposal: Proposal, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    """After a disaster: the camat's word sends it straight to the office that assesses."""
    _confirm_camat(db, proposal, data, actor, now)
    _send(proposal.berkas, proposal.program.opd_id)


def _to_office(db: Session, proposal: Proposal, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    missing = missing_checks(proposal.program.papers, proposal.checklist)
    if missing:
        raise ChecklistOpen(n=len(missing))
    _send(proposal.berkas, proposal.program.opd_id)


def newest_visit(db: Session, berkas_id: int) -> Kunjungan | None:
    return db.scalar(select(Kunjungan).where(Kunjungan.berkas_id == berkas_id).order_by(Kunjungan.visited_at.desc(), Kunjungan.id.desc()).limit(1))


def _recommend(db: Session, proposal: Proposal, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    visit = newest_visit(db, proposal.berkas_id)
    if visit is None or not may_be_recommended(Visit(visit.object_exists, visit.active, visit.has_board, visit.papers_match)):
        raise VisitMissing()
    if waiting := flags.open_count(db, proposal.berkas_id):
        raise FlagsOpen(n=waiting)
    proposal.recommended = _value(data.get("recommended"), proposal.eligible, proposal.eligible, "recommended")
    proposal.score = visit.score


def _value(given: int | None, usual: int, most: int, field: str) -> int:
    amount = usual if given is None else int(given)
    if amount <= 0:
        raise InvalidInput(N_("Nilai harus lebih dari nol."), field=field)
    if amount > most:
        raise InvalidInput(N_("Paling banyak %(most)s."), field=field, most=rupiah(most))
    return amount


def _to_tapd(db: Session, proposal: Proposal, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    _send(proposal.berkas, office(db, "opd_tapd"))


def _into_budget(db: Session, proposal: Proposal, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    usual = proposal.recommended or proposal.eligible
    proposal.considered = _value(data.get("considered"), usual, proposal.eligible, "considered")
    proposal.budget_ref = str(data.get("budget_ref") or "")[:120]


def _decree(db: Session, proposal: Proposal, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    """Determine the value; the budget is taken in one statement, so that two at once never overspend."""
    usual = proposal.considered or proposal.recommended or proposal.eligible
    amount = _value(data.get("approved"), usual, proposal.eligible, "approved")
    _still_may_receive(db, proposal)
    programs.take_budget(db, proposal.program_id, amount)
    proposal.approved = amount
    proposal.penetapan_id = programs.penetapan_for(
        db, actor, proposal.program_id, sk_number=str(data.get("sk_number") or ""), sk_date=data["sk_date"], dpa=str(data.get("dpa") or ""), now=now
    ).id
    _send(proposal.berkas, office(db, "opd_bendahara"))


def _still_may_receive(db: Session, proposal: Proposal) -> None:
    """Another proposal of the same body or person may have been determined meanwhile. The body's row is held, so that two at once see each other."""
    if proposal.lembaga_id is not None:
        db.execute(select(Lembaga.id).where(Lembaga.id == proposal.lembaga_id).with_for_update())
    nik_mark = proposal.person.nik_mark if proposal.person else ""
    flags.check_years(db, proposal.program, proposal.lembaga_id, nik_mark, but=proposal.berkas_id)


def _cancel(db: Session, proposal: Proposal, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    programs.give_back(db, proposal.program_id, proposal.approved or 0)
    proposal.approved = None
    agreement.withdraw(db, actor, proposal.berkas_id, N_("Penetapan dibatalkan"), now=now)
    flags.withdraw(db, proposal.berkas_id, now=now)


def _nphd(db: Session, proposal: Proposal, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    proposal.nphd_number, proposal.nphd_date = str(data["nphd_number"])[:60], data["nphd_date"]
    agreement.withdraw(db, actor, proposal.berkas_id, N_("Ditandatangani di atas kertas"), now=now)


def _pay(db: Session, proposal: Proposal, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    paid_on: date = data["paid_on"]
    if paid_on > regency_day(now):
        raise InvalidInput(N_("Tanggal pencairan belum tiba."), field="paid_on")
    if paid_on.year < proposal.program.paid_year:
        raise InvalidInput(N_("Bantuan ini dianggarkan untuk tahun %(year)s."), field="paid_on", year=proposal.program.paid_year)
    sp2d = str(data["sp2d"]).strip()[:60]
    if db.scalar(select(Pencairan.id).where(Pencairan.sp2d == sp2d)) is not None:
        raise Conflict(N_("Nomor SP2D ini sudah tercatat."), field="sp2d")
    amount = proposal.approved or 0
    db.add(Pencairan(berkas_id=proposal.berkas_id, sp2d=sp2d, paid_on=paid_on, amount=amount, by=actor.account_id, at=now))
    proposal.paid = amount
    if proposal.program.jenis != "bansos_tak_terencana":
        proposal.lpj_due_on = lpj_due(paid_on, str(option(db, "lpj_batas", on=paid_on)))


def _report(db: Session, proposal: Proposal, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    realised = int(data["realised"])
    row = db.get(Lpj, proposal.berkas_id) or Lpj(berkas_id=proposal.berkas_id, realised=0, rest=0, note="", sent_at=now, returned=0, sts="")
    row.realised, row.rest, row.sent_at, row.note = realised, rest_of(proposal.paid, realised), now, data["note"]
    db.add(row)
    db.flush()
    returning.settle(db, actor, proposal, row, now=now)


def _accept_report(db: Session, proposal: Proposal, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    row = db.get_one(Lpj, proposal.berkas_id)
    sts, returned_on = str(data.get("sts") or "").strip()[:60], data.get("returned_on")
    if row.returned < row.rest:
        if not (sts and returned_on):
            raise RestNotReturned(field="sts", rest=rupiah(row.rest - row.returned))
        row.returned, row.returned_on, row.sts = row.rest, returned_on, sts
        returning.withdraw_bill(db, actor, proposal.berkas_id, f"STS {sts}", now=now)
    row.accepted_at = now


def _refuse(db: Session, proposal: Proposal, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    reason = str(data.get("reason") or "")
    if reason not in REASONS:
        raise InvalidInput(N_("Pilih alasan dari daftar."), field="reason")
    proposal.refusal = reason
    flags.withdraw(db, proposal.berkas_id, now=now)


def _drop(db: Session, proposal: Proposal, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    proposal.refusal = "tidak_dilengkapi"
    flags.withdraw(db, proposal.berkas_id, now=now)


def _withdraw(db: Session, proposal: Proposal, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    flags.withdraw(db, proposal.berkas_id, now=now)


def _back_to_kesra(db: Session, proposal: Proposal, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    proposal.checklist = {slug: state for slug, state in proposal.checklist.items() if state == "ok"}


_ACTS = {
    "konfirmasi_desa": _confirm_desa,
    "konfirmasi_camat": _confirm_camat,
    "sahkan_camat": _legalise,
    "perbaiki": _back_to_kesra,
    "disposisi": _to_office,
    "rekomendasikan": _recommend,
    "selesai_asesmen": _recommend,
    "ke_tapd": _to_tapd,
    "masukkan_anggaran": _into_budget,
    "tetapkan": _decree,
    "batalkan": _cancel,
    "nphd": _nphd,
    "nphd_lengkap": _nphd,
    "cairkan": _pay,
    "kirim_lpj": _report,
    "terima_lpj": _accept_report,
    "gugurkan": _drop,
    "tarik": _withdraw,
    **dict.fromkeys(("tolak_administrasi", "tolak_lapangan", "tolak_tapd", "tolak_penetapan"), _refuse),
}
