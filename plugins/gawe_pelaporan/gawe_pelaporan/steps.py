"""What a step of the berkas changes in the report itself: called inside the move, before anyone is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, live
from pendopo.identity import Actor, find_opd
from pendopo.kit.berkas import Berkas, read_register
from pendopo.kit.calendar import CalendarNotLoaded, calendar_for

from .categories import BY_CODE
from .models import Laporan
from .options import class_days, opd_code_for, option
from .rules import KELAS, class_due

ANSWERS = ("survei", "tangani_sementara", "jadwalkan", "kerjakan", "anggarkan", "selesaikan", "jawab", "jawaban_luar")
FINISHES = ("selesaikan", "jawab", "jawaban_luar")
WARN_AT = 0.8


def on_move(db: Session, berkas: Berkas, transition: str, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    laporan = db.get(Laporan, berkas.id)
    if laporan is None:
        raise LookupError(f"berkas {berkas.id} has no report")
    act = _ACTS.get(transition)
    if act is not None:
        act(db, laporan, berkas, data, actor, now)
    if transition in ANSWERS and laporan.answered_at is None:
        laporan.answered_at = now
    if transition in FINISHES:
        laporan.finished_at = now
    live.publish(db, f"public:laporan-{berkas.id}")
    if laporan.published_at is not None:
        live.publish(db, "public:pelaporan")


def start_class_clock(db: Session, laporan: Laporan, berkas: Berkas, start: datetime) -> None:
    """Let the class deadline run from `start` (PermenPANRB 62/2018: from the receipt); it waits when that year's calendar is not loaded."""
    calendar = calendar_for(db)
    days = class_days(db, laporan.kelas, on=calendar.local(start).date())
    berkas.clock, berkas.clock_from, berkas.deadline_days = "run", start, days
    berkas.paused_at = berkas.stopped_at = None
    berkas.escalation = 0
    try:
        berkas.due_at = class_due(calendar, start, days)
        berkas.warn_at = class_due(calendar, start, int(days * WARN_AT))
    except CalendarNotLoaded:
        berkas.due_at = berkas.warn_at = None
    laporan.class_due_at = berkas.due_at


def _set_kelas(laporan: Laporan, data: dict[str, Any]) -> None:
    kelas = data.get("kelas") or laporan.kelas
    if kelas not in KELAS:
        raise InvalidInput(N_("Pilih kelas dari daftar."), field="kelas")
    laporan.kelas = kelas


def publish(db: Session, laporan: Laporan, now: datetime) -> None:
    from .reports import prepare_public_text

    prepare_public_text(laporan)
    laporan.verified_at = laporan.verified_at or now
    laporan.published_at = laporan.published_at or now


def _forward(db: Session, laporan: Laporan, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    """To the office that was chosen, else to the one that answers for the category."""
    coordinator = find_opd(db, str(option(db, "opd_koordinator")))
    if berkas.opd_id is None or (coordinator is not None and berkas.opd_id == coordinator.id):
        opd = find_opd(db, opd_code_for(db, laporan.service_code))
        if opd is None:
            raise InvalidInput(N_("Dinas untuk kategori ini belum terdaftar. Pilih dinasnya."), field="opd")
        berkas.opd_id, berkas.officer_id = opd.id, None
    _set_kelas(laporan, data)
    named_due = berkas.due_at if berkas.deadline_days is None and berkas.clock_from == now else None
    if named_due is None:
        start_class_clock(db, laporan, berkas, laporan.received_at)
    else:
        laporan.class_due_at = named_due
    publish(db, laporan, now)


def _forward_outside(db: Session, laporan: Laporan, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    laporan.forwarded_to = str(data.get("forwarded_to") or "")[:160]
    set_sp4n_id(db, laporan, str(data.get("sp4n_id") or ""))
    coordinator = find_opd(db, str(option(db, "opd_koordinator")))
    if coordinator is not None and berkas.opd_id != coordinator.id:
        berkas.opd_id, berkas.officer_id = coordinator.id, None  # whoever forwards it keeps an eye on it
    _set_kelas(laporan, data)
    start_class_clock(db, laporan, berkas, laporan.received_at)
    publish(db, laporan, now)


def set_sp4n_id(db: Session, laporan: Laporan, text: str) -> None:
    """Note the national number; the same one twice would count a report twice. Raises Conflict."""
    number = text.strip()[:40] or None
    if number and db.scalar(select(Laporan.berkas_id).where(Laporan.sp4n_id == number, Laporan.berkas_id != laporan.berkas_id)) is not None:
        raise Conflict(N_("Nomor SP4N-LAPOR! ini sudah dipakai laporan lain."), field="sp4n_id")
    laporan.sp4n_id = number or laporan.sp4n_id


def _merge(db: Session, laporan: Laporan, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    """Into the first report: its sender becomes a supporter there."""
    from .reports import add_support

    clean = read_register(str(data.get("duplicate_of") or "")[:40])
    first = db.scalar(select(Laporan).join(Berkas, Berkas.id == Laporan.berkas_id).where(Berkas.register == clean)) if clean else None
    if first is None:
        raise InvalidInput(N_("Nomor register ini tidak ditemukan."), field="duplicate_of")
    if first.berkas_id == laporan.berkas_id:
        raise InvalidInput(N_("Laporan tidak dapat digabung dengan dirinya sendiri."), field="duplicate_of")
    if first.duplicate_of is not None:
        raise InvalidInput(N_("Laporan itu sendiri sudah digabung. Pakai nomor laporan pertamanya."), field="duplicate_of")
    laporan.duplicate_of = first.berkas_id
    laporan.verified_at = now
    if berkas.applicant_id is not None and first.berkas.applicant_id != berkas.applicant_id:
        add_support(db, berkas.applicant_id, first, now=now)


def _settle(db: Session, laporan: Laporan, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    laporan.verified_at = now


def _send_back(db: Session, laporan: Laporan, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    """Not this office's work: back to the coordinator, while the deadline goes on."""
    coordinator = find_opd(db, str(option(db, "opd_koordinator")))
    berkas.opd_id, berkas.officer_id = (coordinator.id if coordinator else None), None


def _plan(db: Session, laporan: Laporan, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    target = data.get("target_date")
    if target is None or target < calendar_for(db).local(now).date():
        raise InvalidInput(N_("Pilih tanggal hari ini atau sesudahnya."), field="target_date")
    laporan.target_date = target


def _budget(db: Session, laporan: Laporan, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    year = int(data["budget_year"])
    if year < calendar_for(db).local(now).year:
        raise InvalidInput(N_("Tahun anggaran sudah lewat."), field="budget_year")
    laporan.budget_year, laporan.budget_ref = year, str(data["budget_ref"]).strip()[:120]


def _answer(db: Session, laporan: Laporan, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    """Finishing by words alone: for questions, wishes, and matters without a place to repair."""
    if laporan.kelas not in ("informasi", "aspirasi") and BY_CODE[laporan.service_code].responsive:
        raise InvalidInput(N_("Pengaduan di lapangan diselesaikan dengan foto sesudah perbaikan. Pakai langkah Nyatakan selesai."), field="note")


def _reopen(db: Session, laporan: Laporan, berkas: Berkas, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    """Within its days; the first time to the same office, afterwards to the Inspektorat."""
    calendar = calendar_for(db)
    if laporan.finished_at is None:
        raise Conflict(N_("Laporan yang belum dinyatakan selesai tidak perlu dibuka kembali."))
    last = calendar.add_working_days(laporan.finished_at, int(option(db, "buka_kembali_hk")))
    if now > last:
        raise Conflict(N_("Waktu membuka kembali sudah lewat. Buatlah laporan baru dan sebut nomor ini."))
    laporan.reopened += 1
    laporan.finished_at = None
    if laporan.reopened > int(option(db, "buka_kembali_bebas")):
        overseer = find_opd(db, str(option(db, "opd_pengawas")))
        if overseer is not None:
            berkas.opd_id, berkas.officer_id = overseer.id, None
    start_class_clock(db, laporan, berkas, now)


_ACTS = {
    "disposisi": _forward,
    "teruskan_luar": _forward_outside,
    "gabung": _merge,
    "tolak": _settle,
    "kembalikan": _send_back,
    "jadwalkan": _plan,
    "anggarkan": _budget,
    "jawab": _answer,
    "buka_kembali": _reopen,
}
