"""Letters that come in: the agenda book, who sees what, search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound, live
from pendopo.db import next_number
from pendopo.identity import Actor, record
from pendopo.kit.calendar import calendar_for
from pendopo.kit.settings import value

from .models import Counter, Disposisi, SuratMasuk
from .rules import DERAJAT, SECRET, SIFAT, answering_time, check_klasifikasi

READ = "surat.read"
REGISTER = "surat.register"
SEE_SECRET = "surat.read_secret"  # noqa: S105  a permission
SCANS = "kerja_surat.masuk"  # owner of the scanned pages


def due_for(db: Session, derajat: str, received: datetime) -> datetime:
    """When a letter of `derajat` received then must be dealt with, by the settings that held that day."""
    calendar = calendar_for(db)
    day = calendar.local(received).date()
    days = {name: value(db, f"surat.batas_{name}_hk", day) for name in ("biasa", "penting", "segera")}
    rule = answering_time(derajat, days, value(db, "surat.batas_amat_segera_jam", day))
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
    source_key: str | None = None,
    received_at: datetime | None = None,
    before: int | None = None,
    now: datetime,
) -> SuratMasuk:
    """Enter a letter in the agenda book of an OPD; its agenda number is taken in the same transaction.

    `before`: the position before which it is laid at once. Raises InvalidInput for an unknown sifat or derajat, a date in
    the future or a wrong klasifikasi.
    """
    from .disposisi import lay_before

    actor.require(REGISTER, opd_id)
    received = received_at or now
    calendar = calendar_for(db)
    if sifat not in SIFAT or derajat not in DERAJAT:
        raise InvalidInput(N_("Sifat atau derajat surat tidak dikenal."), field="sifat")
    if tanggal_surat > calendar.local(now).date():
        raise InvalidInput(N_("Tanggal surat tidak boleh di masa depan."), field="tanggal_surat")
    if received > now:
        raise InvalidInput(N_("Waktu terima tidak boleh di masa depan."), field="received_at")
    klasifikasi = check_klasifikasi(klasifikasi)
    year = calendar.local(received).year
    letter = SuratMasuk(
        opd_id=opd_id,
        year=year,
        agenda_number=next_number(db, Counter, opd_id=opd_id, book="masuk", year=year),
        nomor_surat=nomor_surat,
        tanggal_surat=tanggal_surat,
        received_at=received,
        pengirim=pengirim,
        perihal=perihal,
        ringkasan=ringkasan,
        sifat=sifat,
        derajat=derajat,
        klasifikasi=klasifikasi,
        source=source,
        source_ref=source_ref,
        source_key=source_key,
        status="dicatat",
        due_at=due_for(db, derajat, received),
        entered_by=actor.account_id,
    )
    db.add(letter)
    db.flush()
    if before is not None:
        lay_before(db, actor, letter, before, now=now)
    live.publish(db, f"surat-unit:{opd_id}")
    record(db, actor, "surat.registered", f"surat_masuk:{letter.id}", {"agenda": letter.agenda_number, "opd": opd_id})
    return letter


def jabatan_ids(actor: Actor) -> list[int]:
    return [post.jabatan_id for post in actor.posts]


def visible_letters(actor: Actor) -> Select[tuple[SuratMasuk]]:
    """The letters that `actor` may see: of the OPD where they may read (secret ones only with that right), those sent to
    or by a position of theirs, and those that they entered themselves.
    """
    mine = jabatan_ids(actor)
    named = select(Disposisi.surat_id).where(or_(Disposisi.to_jabatan_id.in_(mine), Disposisi.from_jabatan_id.in_(mine)))
    allowed = [SuratMasuk.id.in_(named), SuratMasuk.entered_by == actor.account_id]
    for permission in (READ, SEE_SECRET):
        scope = actor.opd_scope(permission)
        conditions = [] if permission == SEE_SECRET else [SuratMasuk.sifat.not_in(SECRET)]
        if scope is not None:
            conditions.append(SuratMasuk.opd_id.in_(scope))
        allowed.append(conditions[0] & conditions[1] if len(conditions) == 2 else conditions[0] if conditions else SuratMasuk.id.is_not(None))
    return select(SuratMasuk).where(or_(*allowed))


def get_letter(db: Session, actor: Actor, letter_id: int) -> SuratMasuk:
    """One letter that `actor` may see; NotFound otherwise, so that a secret one does not even show that it exists."""
    letter = db.scalar(visible_letters(actor).where(SuratMasuk.id == letter_id))
    if letter is None:
        raise NotFound()
    return letter


@dataclass(frozen=True)
class Wanted:
    """What a list of letters is narrowed to; empty values narrow nothing. `late`: open and past its time."""

    text: str = ""
    status: str = ""
    derajat: str = ""
    opd_id: int | None = None
    since: date | None = None
    until: date | None = None
    late: bool = False


def list_letters(
    db: Session, actor: Actor, wanted: Wanted | None = None, *, before: int | None = None, limit: int = 30, now: datetime | None = None
) -> list[SuratMasuk]:
    """Newest first, `before` an id; every word is looked for in number, sender, subject and summary."""
    wanted = wanted or Wanted()
    query = visible_letters(actor)
    for word in wanted.text.split()[:6]:
        query = query.where(
            or_(
                *(column.icontains(word, autoescape=True) for column in (SuratMasuk.perihal, SuratMasuk.pengirim, SuratMasuk.nomor_surat, SuratMasuk.ringkasan))
            )
        )
    if wanted.status:
        query = query.where(SuratMasuk.status == wanted.status)
    if wanted.derajat:
        query = query.where(SuratMasuk.derajat == wanted.derajat)
    if wanted.opd_id:
        query = query.where(SuratMasuk.opd_id == wanted.opd_id)
    calendar = calendar_for(db)
    if wanted.since:
        query = query.where(SuratMasuk.received_at >= calendar.at(wanted.since, time(0)))
    if wanted.until:
        query = query.where(SuratMasuk.received_at < calendar.at(wanted.until + timedelta(days=1), time(0)))
    if wanted.late and now is not None:
        query = query.where(SuratMasuk.status != "selesai", SuratMasuk.due_at < now)
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
    live.publish(db, f"surat:{letter.id}")
    live.publish(db, f"surat-unit:{letter.opd_id}")
    record(db, actor, "surat.closed", f"surat_masuk:{letter.id}", {})
    return letter
