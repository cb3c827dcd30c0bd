"""From an application for work to a placement: apply, call, hire or refuse; a placement closes the card."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound, live
from pendopo.identity import Actor
from pendopo.notifications import notify

from . import cards, kbji, rules, seekers
from .employers import as_offer, own_vacancy, public_vacancy
from .kind import VERIFY
from .matching import Match, match
from .models import Kartu, Lamaran, Lapor, Lowongan, Pencari, Penempatan
from .options import number

STATES = {
    "dikirim": (N_("Terkirim"), "info"),
    "dipanggil": (N_("Dipanggil"), "primary"),
    "diterima": (N_("Diterima"), "ok"),
    "ditolak": (N_("Belum diterima"), "muted"),
    "ditarik": (N_("Ditarik"), "muted"),
}
WAITING = ("dikirim", "dipanggil")


class CardNeeded(Conflict):
    message = N_("Melamar memerlukan kartu kuning yang aktif. Ajukan kartu, atau laporkan keadaan Anda bila kartunya perlu lapor.")


def usable_card(db: Session, seeker: Pencari, on: date) -> Kartu:
    """The card with which somebody may apply. Raises CardNeeded."""
    card = cards.live_card(db, seeker.id)
    if card is None or not rules.is_usable(card.facts, on, grace_days=number(db, "tenggang_hari", on)):
        raise CardNeeded()
    return card


def matched(seeker: Pencari, vacancy: Lowongan, on: date) -> Match:
    return match(seekers.as_person(seeker, on), as_offer(vacancy))


def apply_for_work(db: Session, actor: Actor, vacancy_id: int, letter: str = "", *, on: date, now: datetime) -> Lamaran:
    """Once for each vacancy. Raises Conflict when it is closed, or when the employer demands what is missing."""
    seeker = seekers.own_seeker(db, actor)
    vacancy = public_vacancy(db, vacancy_id)
    if not vacancy.is_open(on):
        raise Conflict(N_("Lowongan ini sudah ditutup."))
    usable_card(db, seeker, on)
    fit = matched(seeker, vacancy, on)
    if not fit.possible:
        raise Conflict(N_("Syarat lowongan ini belum terpenuhi. Lihat penjelasannya di halaman lowongan."))
    row = db.scalar(select(Lamaran).where(Lamaran.lowongan_id == vacancy_id, Lamaran.pencari_id == seeker.id))
    if row is not None and row.status != "ditarik":
        raise Conflict(N_("Anda sudah melamar lowongan ini."))
    if row is None:
        row = Lamaran(lowongan_id=vacancy_id, pencari_id=seeker.id)
        db.add(row)
    row.status, row.surat, row.skor, row.at, row.pesan = "dikirim", letter.strip()[:1000], fit.score, now, ""
    row.lowongan, row.pencari = vacancy, seeker
    try:
        db.flush()
    except IntegrityError as error:  # pressed twice in the same moment
        raise Conflict(N_("Anda sudah melamar lowongan ini.")) from error
    if vacancy.pemberi.account_id is not None:
        _tell(
            db,
            [vacancy.pemberi.account_id],
            "lamaran",
            {"title": vacancy.judul, "initials": rules.initials(seeker.nama)},
            _employer_url(vacancy),
            f"lamaran:{row.id}:{now.isoformat()}",
        )
    return row


def withdraw(db: Session, actor: Actor, application_id: int, *, now: datetime) -> Lamaran:
    seeker = seekers.own_seeker(db, actor)
    row = db.get(Lamaran, application_id)
    if row is None or row.pencari_id != seeker.id:
        raise NotFound()
    return _set(db, row, "ditarik", "", WAITING, now)


def answer(db: Session, actor: Actor, application_id: int, status: str, message: str = "", *, now: datetime) -> Lamaran:
    """The employer calls or refuses; hiring is `hire`."""
    row = _of_employer(db, actor, application_id)
    if status not in ("dipanggil", "ditolak"):
        raise InvalidInput(N_("Pilih salah satu dari daftar."), field="status")
    if status == "dipanggil" and len(message.strip()) < 5:
        raise InvalidInput(N_("Tulis kapan dan di mana pelamar ditunggu."), field="pesan")
    row = _set(db, row, status, message, WAITING if status == "ditolak" else ("dikirim",), now)
    _tell_seeker(db, row, now)
    return row


def hire(db: Session, actor: Actor, application_id: int, *, start: date, pay: int | None, on: date, now: datetime) -> Penempatan:
    """Employed through a vacancy here. Never more than the vacancy wants; the card closes."""
    row = _of_employer(db, actor, application_id)
    vacancy = row.lowongan
    _one_after_the_other(db, vacancy, row.pencari)
    taken = len(db.scalars(select(Lamaran.id).where(Lamaran.lowongan_id == vacancy.id, Lamaran.status == "diterima")).all())
    if taken >= vacancy.wanted:
        raise Conflict(N_("Semua tempat pada lowongan ini sudah terisi."))
    _set(db, row, "diterima", "", WAITING, now)
    placement = place(
        db,
        actor,
        row.pencari,
        kbji_code=vacancy.kbji,
        company=vacancy.pemberi.nama,
        employer_id=vacancy.pemberi_id,
        application_id=row.id,
        start=start,
        pay=pay,
        lokasi=vacancy.lokasi,
        source="pemberi",
        on=on,
        now=now,
    )
    if taken + 1 >= vacancy.wanted and vacancy.status == "terbit":
        vacancy.status = "ditutup"
    db.flush()
    _tell_seeker(db, row, now)
    return placement


def _one_after_the_other(db: Session, vacancy: Lowongan, seeker: Pencari) -> None:
    """Lock both rows, so that a vacancy isn't filled over and nobody is hired by two in the same moment."""
    for table, row in ((Lowongan, vacancy), (Pencari, seeker)):
        db.execute(update(table).where(table.id == row.id).values(id=table.id).execution_options(synchronize_session=False))


def record_placement(
    db: Session, actor: Actor, seeker_id: int, *, kbji_code: str, company: str, start: date, pay: int | None, lokasi: str, on: date, now: datetime
) -> Penempatan:
    """An officer notes that somebody found work elsewhere; employers must report hires."""
    actor.require(VERIFY)
    seeker = db.get(Pencari, seeker_id)
    if seeker is None:
        raise NotFound()
    return place(db, actor, seeker, kbji_code=kbji_code, company=company, start=start, pay=pay, lokasi=lokasi, source="petugas", on=on, now=now)


def place(
    db: Session,
    actor: Actor,
    seeker: Pencari,
    *,
    kbji_code: str,
    company: str,
    start: date,
    pay: int | None,
    lokasi: str,
    source: str,
    employer_id: int | None = None,
    application_id: int | None = None,
    on: date,
    now: datetime,
) -> Penempatan:
    if kbji_code not in kbji.TITLES:
        raise InvalidInput(N_("Pilih jabatan dari daftar."), field="kbji")
    if abs((start - on).days) > 366:
        raise InvalidInput(N_("Mulai kerja paling jauh setahun dari sekarang."), field="mulai")
    card = cards.live_card(db, seeker.id)
    row = Penempatan(
        pencari_id=seeker.id,
        kartu_id=card.id if card else None,
        lamaran_id=application_id,
        pemberi_id=employer_id,
        perusahaan=company,
        kbji=kbji_code,
        mulai=start,
        upah=pay,
        lokasi=lokasi,
        sumber=source,
        at=now,
        oleh=actor.account_id,
    )
    row.pencari = seeker
    db.add(row)
    if card is not None and rules.status_on(card.facts, on) in ("aktif", "perlu_lapor"):
        card.situation = "bekerja"
        db.add(Lapor(kartu_id=card.id, ke=None, dilapor_pada=now, keadaan="bekerja", oleh=actor.account_id, catatan=company[:300]))
        live.publish(db, cards.topic_of(card))
    db.flush()
    others = select(Lamaran).where(Lamaran.pencari_id == seeker.id, Lamaran.status.in_(WAITING), Lamaran.id != (application_id or 0))
    for other in db.scalars(others).all():
        _set(db, other, "ditarik", "", WAITING, now)
    return row


def _of_employer(db: Session, actor: Actor, application_id: int) -> Lamaran:
    row = db.get(Lamaran, application_id)
    if row is None:
        raise NotFound()
    own_vacancy(db, actor, row.lowongan_id)
    return row


def _set(db: Session, row: Lamaran, status: str, message: str, frm: tuple[str, ...], now: datetime) -> Lamaran:
    """One statement decides, so that two answers at once cannot both stand."""
    taken = db.execute(
        update(Lamaran)
        .where(Lamaran.id == row.id, Lamaran.status.in_(frm))
        .values(status=status, pesan=message.strip()[:500], decided_at=now)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:
        raise Conflict(N_("Lamaran ini sudah dijawab."))
    db.refresh(row)
    return row


def _employer_url(vacancy: Lowongan) -> str:
    return f"/kartu-kuning/perusahaan/lowongan/{vacancy.id}"


def _tell_seeker(db: Session, row: Lamaran, now: datetime) -> None:
    if row.pencari.account_id is None:
        return
    context = {"title": row.lowongan.judul, "company": row.lowongan.pemberi.nama, "status": row.status, "message": row.pesan}
    _tell(db, [row.pencari.account_id], "jawaban", context, f"/kartu-kuning/lowongan/{row.lowongan_id}", f"lamaran:{row.id}:{row.status}:{now.isoformat()}")


def _tell(db: Session, to: list[int], template: str, context: dict[str, Any], url: str, key: str) -> None:
    notify(db, topic="kartukuning.lamaran", to=to, template=f"gawe_kartukuning/notify/{template}", context=context, url=url, key=key)
