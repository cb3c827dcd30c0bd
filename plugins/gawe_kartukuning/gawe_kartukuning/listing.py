"""What somebody sees in lists: vacancies for everyone, applications, cards and people for officers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from pendopo.identity import Actor
from pendopo.kit.berkas import Berkas, read_register
from pendopo.kit.listing import Asked, Page, matches, turn

from . import kbji, placing, rules, seekers
from .cards import where_status, where_usable
from .kind import OPEN, STATE, UNSEEN
from .matching import Match, match
from .models import Kartu, Lamaran, Lowongan, PemberiKerja, Pencari, Permohonan
from .options import number

# ------------------------------------------------------------------------------------------------------------- vacancies


@dataclass(frozen=True)
class VacancyFilters:
    text: str = ""
    group: str = ""
    level: str = ""
    kecamatan: str = ""
    place: str = ""
    pay: int = 0
    disability: bool = False
    page: int = 1

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.group or self.level or self.kecamatan or self.place or self.pay or self.disability)


def vacancy_filters(asked: Asked) -> VacancyFilters:
    return VacancyFilters(
        asked.text(),
        asked.one_of("bidang", kbji.GROUPS),
        asked.one_of("pendidikan", rules.LEVELS),
        asked.kecamatan(),
        asked.one_of("lokasi", rules.PLACES),
        asked.whole("upah") or 0,
        asked.is_ticked("disabilitas"),
        asked.page,
    )


def open_vacancies(wanted: VacancyFilters, on: date) -> Select[tuple[Lowongan]]:
    query = select(Lowongan).join(Lowongan.pemberi).where(Lowongan.status == "terbit", Lowongan.penutupan >= on)
    if wanted.text:
        query = query.where(matches(wanted.text, Lowongan.judul, Lowongan.uraian, Lowongan.tempat, PemberiKerja.nama))
    if wanted.group:
        query = query.where(Lowongan.kbji.like(f"{wanted.group}%"))
    if wanted.level:
        query = query.where(Lowongan.jenjang.in_([code for code, rank in rules.RANK.items() if rank <= rules.RANK[wanted.level]]))
    if wanted.kecamatan:
        query = query.where(Lowongan.kecamatan_code == wanted.kecamatan)
    if wanted.place:
        query = query.where(Lowongan.lokasi == wanted.place)
    if wanted.pay:
        query = query.where(func.coalesce(Lowongan.upah_maks, Lowongan.upah_min) >= wanted.pay)
    if wanted.disability:
        query = query.where(Lowongan.ramah_disabilitas.is_(True))
    return query


def vacancies(db: Session, wanted: VacancyFilters, on: date) -> Page:
    return turn(db, open_vacancies(wanted, on), wanted.page, Lowongan.published_at.desc(), Lowongan.id.desc())


def suited(db: Session, seeker: Pencari, on: date, *, limit: int = 6) -> list[tuple[Lowongan, Match]]:
    """Open vacancies that fit a person best, without those applied for."""
    from .employers import as_offer

    tried = select(Lamaran.lowongan_id).where(Lamaran.pencari_id == seeker.id, Lamaran.status != "ditarik")
    query = open_vacancies(VacancyFilters(), on).where(Lowongan.id.not_in(tried)).order_by(Lowongan.published_at.desc()).limit(400)
    person = seekers.as_person(seeker, on)
    found = [(row, match(person, as_offer(row))) for row in db.scalars(query).unique()]
    possible = [(row, fit) for row, fit in found if fit.possible and fit.score >= 40]
    return sorted(possible, key=lambda pair: (-pair[1].score, -pair[0].id))[:limit]


def candidates(db: Session, vacancy: Lowongan, on: date, *, limit: int = 50) -> list[tuple[Pencari, Match]]:
    """Who looks for this kind of work with a usable card, the best first; for officers."""
    from .employers import as_offer
    from .models import Minat, Pengalaman

    near = vacancy.kbji[:2]
    enough = [code for code, rank in rules.RANK.items() if rank >= rules.RANK[vacancy.jenjang]]
    wish = select(Minat.pencari_id).where(Minat.kbji.like(f"{near}%"))
    done = select(Pengalaman.pencari_id).where(Pengalaman.kbji.like(f"{near}%"))
    query = (
        select(Pencari)
        .join(Kartu, Kartu.live_of == Pencari.id)
        .where(
            where_usable(on, number(db, "tenggang_hari", on)),
            Pencari.jenjang.in_(enough),
            Pencari.erased_at.is_(None),
            or_(Pencari.id.in_(wish), Pencari.id.in_(done)),
        )
        .options(*seekers.with_profile())
        .order_by(Kartu.issued_on.desc())
        .limit(500)
    )
    offer = as_offer(vacancy)
    found = [(seeker, match(seekers.as_person(seeker, on), offer)) for seeker in db.scalars(query).unique()]
    return sorted((pair for pair in found if pair[1].possible), key=lambda pair: -pair[1].score)[:limit]


def applications_of(db: Session, seeker: Pencari, limit: int = 30) -> list[Lamaran]:
    return list(db.scalars(select(Lamaran).where(Lamaran.pencari_id == seeker.id).order_by(Lamaran.at.desc()).limit(limit)))


def applicants(db: Session, vacancy: Lowongan) -> list[Lamaran]:
    """Those who applied, the best first; who withdrew stands last."""
    rows = db.scalars(select(Lamaran).where(Lamaran.lowongan_id == vacancy.id)).all()
    rank = {"diterima": 0, "dipanggil": 1, "dikirim": 2, "ditolak": 3, "ditarik": 4}
    return sorted(rows, key=lambda row: (rank[row.status], -row.skor, row.id))


# ----------------------------------------------------------------------------------------------------------------- staff


@dataclass(frozen=True)
class QueueFilters:
    text: str = ""
    state: str = ""
    kecamatan: str = ""
    channel: str = ""
    overdue: bool = False
    page: int = 1


def queue_filters(asked: Asked) -> QueueFilters:
    return QueueFilters(
        asked.text(),
        asked.one_of("keadaan", (*STATE, "menunggu", "terbuka")),
        asked.kecamatan(),
        asked.one_of("kanal", ("web", "loket", "bkk")),
        asked.is_ticked("lewat"),
        asked.page,
    )


def queue(actor: Actor, wanted: QueueFilters, *, now: Any) -> Select[tuple[Permohonan]]:
    """Applications, by default those that wait for an officer; the nearest deadline first."""
    query = select(Permohonan).join(Permohonan.berkas).join(Permohonan.pencari)
    groups = {"": OPEN, "terbuka": OPEN, "menunggu": UNSEEN}
    register = read_register(wanted.text) if wanted.text else None
    if register:
        return query.where(Berkas.register == register)
    query = query.where(Berkas.state.in_(groups.get(wanted.state, (wanted.state,))))
    if wanted.text:
        query = query.where(matches(wanted.text, Pencari.nama))
    if wanted.kecamatan:
        query = query.where(Pencari.kecamatan_code == wanted.kecamatan)
    if wanted.channel:
        query = query.where(Berkas.channel == wanted.channel)
    if wanted.overdue:
        query = query.where(Berkas.is_open, Berkas.clock == "run", Berkas.due_at < now)
    return query


QUEUE_ORDER = (Berkas.is_open.desc(), Berkas.clock != "run", Berkas.due_at.is_(None), Berkas.due_at, Permohonan.berkas_id)


def cards(text: str, status: str, place: str, on: date) -> Select[tuple[Kartu]]:
    """Cards that count, by number, name, status or kecamatan."""
    query = select(Kartu).join(Kartu.pencari)
    query = query.where(where_status(status, on)) if status else query
    query = query.where(Kartu.live_of.is_not(None)) if status != "dicabut" else query
    if text:
        query = query.where(or_(Kartu.nomor == text.upper(), matches(text, Pencari.nama)))
    if place:
        query = query.where(Pencari.kecamatan_code == place)
    return query


def waiting_counts(db: Session, *, now: Any) -> dict[str, int]:
    """What stands in numbers above the queue."""
    rows = dict(db.execute(select(Berkas.state, func.count()).where(Berkas.kind == "ak1", Berkas.is_open).group_by(Berkas.state)).all())
    overdue = db.scalar(select(func.count()).select_from(Berkas).where(Berkas.kind == "ak1", Berkas.is_open, Berkas.clock == "run", Berkas.due_at < now)) or 0
    return {
        "waiting": sum(rows.get(state, 0) for state in UNSEEN),
        "approved": rows.get("disetujui", 0),
        "mending": rows.get("perlu_perbaikan", 0),
        "overdue": overdue,
    }


def partner_counts(db: Session) -> dict[str, int]:
    from .models import Bkk

    def count(table: Any) -> int:
        return db.scalar(select(func.count()).select_from(table).where(table.status == "menunggu")) or 0

    return {"employers": count(PemberiKerja), "vacancies": count(Lowongan), "schools": count(Bkk)}


def state_of(row: Lamaran) -> tuple[str, str]:
    return placing.STATES[row.status]
