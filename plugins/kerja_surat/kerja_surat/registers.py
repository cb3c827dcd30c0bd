"""Letters that come in: the agenda book and their way into the office."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from pendopo import Conflict, InvalidInput, N_, NotFound
from pendopo.db import next_number
from pendopo.identity import Actor, record
from pendopo.kit.calendar import calendar_for
from pendopo.kit.settings import value

from .models import Counter, Disposisi, SuratMasuk
from .rules import DERAJAT, SECRET, SIFAT, answering_time, check_klasifikasi

READ = "surat.read"
REGISTER = "surat.register"
SEE_SECRET = "surat.read_secret"


def due_for(db: Session, derajat: str, received: datetime) -> datetime:
    """When a letter of `derajat` received then must be dealt with (settings `surat.*`)."""
    days = {name: value(db, f"surat.batas_{name}_hk") for name in ("biasa", "penting", "segera")}
    rule = answering_time(derajat, days, value(db, "surat.batas_amat_segera_jam"))
    calendar = calendar_for(db)
    if rule.hours:
        return calendar.add_clock_hours(received, rule.hours)
    return calendar.add_working_days(received, rule.days, same_time=not rule.at_close)


def register_letter(
    db: Session,
    actor: Actor,
    *,
    opd_id: int,
    nomor_surat: str,
    tanggal_surat: date,
    pengirim: str,
    perihal: str,
    klasifikasi: str,
    sifat: str = "biasa",
    derajat: str = "biasa",
    ringkasan: str = "",
    source: str = "loket",
    source_ref: int | None = None,
    received_at: datetime | None = None,
    now: datetime,
) -> SuratMasuk:
    """Enter a letter in the agenda book of an OPD; its agenda number is taken in the same transaction.

    Raises InvalidInput for an unknown sifat or derajat, a date in the future or a wrong klasifikasi.
    """
    actor.require(REGISTER, opd_id)
    received = received_at or now
    if sifat not in SIFAT or derajat not in DERAJAT:
        raise InvalidInput(N_("Sifat atau derajat surat tidak dikenal."))
    if tanggal_surat > now.date() or received > now:
        raise InvalidInput(N_("Tanggal surat tidak boleh di masa depan."), field="tanggal_surat")
    year = calendar_for(db).local(received).year
    letter = SuratMasuk(
        opd_id=opd_id, year=year, agenda_number=next_number(db, Counter, opd_id=opd_id, book="masuk", year=year),
        nomor_surat=nomor_surat, tanggal_surat=tanggal_surat, received_at=received, pengirim=pengirim, perihal=perihal,
        ringkasan=ringkasan, sifat=sifat, derajat=derajat, klasifikasi=check_klasifikasi(klasifikasi), source=source,
        source_ref=source_ref, status="dicatat", due_at=due_for(db, derajat, received), entered_by=actor.account_id,
    )
    db.add(letter)
    db.flush()
    record(db, actor, "surat.registered", f"surat_masuk:{letter.id}", {"agenda": letter.agenda_number, "opd": opd_id})
    return letter


def jabatan_ids(actor: Actor) -> list[int]:
    return [post.jabatan_id for post in actor.posts]


def visible_letters(actor: Actor):
    """The letters that `actor` may see: of the OPD where they may read (secret ones only with that right), or sent to them by disposisi."""
    query = select(SuratMasuk)
    mine = select(Disposisi.surat_id).where(or_(Disposisi.to_jabatan_id.in_(jabatan_ids(actor)), Disposisi.from_jabatan_id.in_(jabatan_ids(actor))))
    allowed = [SuratMasuk.id.in_(mine)]
    for permission, secret in ((READ, False), (SEE_SECRET, True)):
        scope = actor.opd_scope(permission)
        here = [] if secret else [SuratMasuk.sifat.not_in(SECRET)]
        if scope is None:
            allowed.append(SuratMasuk.id.is_not(None) if not here else here[0])
        elif scope:
            condition = SuratMasuk.opd_id.in_(scope)
            allowed.append(condition & here[0] if here else condition)
    return query.where(or_(*allowed))


def get_letter(db: Session, actor: Actor, letter_id: int) -> SuratMasuk:
    """One letter that `actor` may see; NotFound otherwise, so that a secret one does not even show that it exists."""
    letter = db.scalar(visible_letters(actor).where(SuratMasuk.id == letter_id))
    if letter is None:
        raise NotFound()
    return letter


def list_letters(db: Session, actor: Actor, *, text: str = "", status: str = "", opd_id: int | None = None, before: int | None = None, limit: int = 30) -> list[SuratMasuk]:
    """Newest first, `before` an id; searched in number, sender, subject and summary."""
    query = visible_letters(actor)
    for word in text.split()[:6]:
        like = f"%{word.replace('%', '').replace('_', '')}%"
        query = query.where(or_(SuratMasuk.perihal.ilike(like), SuratMasuk.pengirim.ilike(like), SuratMasuk.nomor_surat.ilike(like), SuratMasuk.ringkasan.ilike(like)))
    if status:
        query = query.where(SuratMasuk.status == status)
    if opd_id:
        query = query.where(SuratMasuk.opd_id == opd_id)
    if before:
        query = query.where(SuratMasuk.id < before)
    return list(db.scalars(query.order_by(SuratMasuk.id.desc()).limit(limit)))


def counts_by_status(db: Session, actor: Actor) -> dict[str, int]:
    inner = visible_letters(actor).with_only_columns(SuratMasuk.id, SuratMasuk.status).subquery()
    return dict(db.execute(select(inner.c.status, func.count()).group_by(inner.c.status)).all())


def close_letter(db: Session, actor: Actor, letter_id: int, *, now: datetime) -> SuratMasuk:
    """Close a letter whose disposisi are all finished. Raises Conflict while one is open."""
    letter = get_letter(db, actor, letter_id)
    actor.require(REGISTER, letter.opd_id)
    if letter.status == "selesai":
        raise Conflict(N_("Surat ini sudah selesai."))
    if any(disposisi.is_open for disposisi in letter.disposisi_list):
        raise Conflict(N_("Masih ada disposisi yang belum selesai."))
    letter.status, letter.closed_at = "selesai", now
    db.flush()
    return letter
