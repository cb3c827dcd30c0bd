"""Fiktif positif: what was not decided in time is deemed granted, with a statement and an alert."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, _
from pendopo.i18n import format_date, speaking
from pendopo.identity import Actor, as_system, people_with
from pendopo.kit.berkas import Berkas, move_berkas
from pendopo.kit.calendar import calendar_for
from pendopo.kit.dates import regency_day
from pendopo.notifications import notify

from .decisions import draft_decision, waiting_paper
from .documents import DEEMED, signing_post, write_letter
from .kind import OVERSEE, PERMOHONAN, RUNNING, SIGN
from .levies import charge
from .models import Permohonan, Tahap
from .rules import is_deemed_granted
from .steps import office

CLOCK = as_system(N_("Batas waktu layanan"))
BATCH = 200


def grant_overdue(db: Session, *, now: datetime) -> int:
    """Let every application whose last day is over be deemed granted. Returns how many."""
    overdue = select(Berkas.id, Berkas.due_at).where(Berkas.is_open, Berkas.clock == "run", Berkas.state.in_(RUNNING))
    return _move_overdue(db, overdue, "fiktif_positif", N_("Tidak ada keputusan sampai %(day)s."), now)


def uphold_overdue(db: Session, *, now: datetime) -> int:
    """Let every appeal that was not decided in its days count as upheld (UU 30/2014 Pasal 77). Returns how many."""
    overdue = select(Berkas.id, Berkas.due_at).where(Berkas.state == "banding")
    return _move_overdue(db, overdue, "terima_keberatan", N_("Keberatan tidak diputus sampai %(day)s, maka dianggap dikabulkan."), now)


def _move_overdue(db: Session, matters: Select[tuple[int, datetime | None]], step: str, note: str, now: datetime) -> int:
    calendar, count = calendar_for(db), 0
    overdue = matters.where(Berkas.kind == PERMOHONAN.slug, Berkas.due_at <= now).order_by(Berkas.due_at).limit(BATCH)
    for berkas_id, due in db.execute(overdue).all():
        if not is_deemed_granted(calendar, due, now):
            continue
        try:
            with db.begin_nested():
                move_berkas(db, CLOCK, berkas_id, step, note=_(note) % {"day": format_date(due)}, now=now)
        except Conflict:
            continue  # somebody decided it in this moment
        count += 1
    return count


@speaking("id", plugin="gawe_simponie")
def settle(db: Session, actor: Actor, row: Permohonan, *, now: datetime) -> None:
    """The statement for the applicant, the alert for Sekda and Inspektorat, and the levy if there is one."""
    berkas = row.berkas
    lay = db.scalar(select(Tahap).where(Tahap.berkas_id == berkas.id, Tahap.until.is_(None)).limit(1))
    write_letter(
        db,
        actor,
        row,
        DEEMED,
        now=now,
        heading=_("Permohonan %(name)s nomor register %(register)s dianggap dikabulkan.") % {"name": row.type.name, "register": berkas.register},
        paragraphs=[
            _("Permohonan diterima lengkap tanggal %(start)s. Batas keputusan tanggal %(due)s lewat tanpa keputusan.")
            % {"start": format_date(row.submitted_at), "due": format_date(berkas.due_at)},
            _(
                "Menurut UU 30/2014 Pasal 53 sebagaimana diubah UU Cipta Kerja dan PP 28/2025, permohonan yang tidak diputus sampai batas waktunya "
                "dianggap dikabulkan menurut hukum."
            ),
            _("Surat ini dibuat otomatis. Izin dengan tanda tangan kepala dinas menyusul tanpa permohonan baru."),
        ],
    )
    if row.paid_at is None:
        charge(db, actor, row, now=now)
    lay_on_desk(db, actor, row, now=now)
    told = list(dict.fromkeys([*people_with(db, OVERSEE), *people_with(db, SIGN, berkas.opd_id)]))
    if told:
        notify(
            db,
            topic="simponie.fiktif_positif",
            to=told,
            template="gawe_simponie/notify/fiktif",
            context={"register": berkas.register, "title": row.type.name, "due": berkas.due_at, "state": lay.state if lay else ""},
            url=f"/kerja/simponie/{berkas.id}",
            key=f"fiktif:{berkas.id}:{row.deemed_at.isoformat()}",
        )


def lay_on_desk(db: Session, actor: Actor, row: Permohonan, *, now: datetime) -> None:
    """What is granted by law is only to be signed. Where the levy is open, or nobody signs, an officer brings it later."""
    unpaid = row.bill_id is not None and row.paid_at is None
    desk = signing_post(db, office(db, row.type.data["opd"]), on=regency_day(now))
    if not unpaid and desk is not None and waiting_paper(db, row) is None:
        draft_decision(db, actor, row, now=now)
