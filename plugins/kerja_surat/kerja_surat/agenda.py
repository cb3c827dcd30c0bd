"""Leaders' agenda and rooms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import Conflict, InvalidInput, N_, NotFound, live
from pendopo.identity import Actor, Jabatan, holders_of
from pendopo.kit.settings import value
from pendopo.notifications import notify
from pendopo.plugins import current_host

from .models import Acara, AcaraPejabat, Pemesanan, Ruang
from .rules import Span, conflicts, outranks, overlaps

AGENDA = "surat.agenda"
ROOMS = "surat.rooms"
LONGEST = timedelta(days=14)


def _check_span(start: datetime, end: datetime) -> None:
    if end <= start:
        raise InvalidInput(N_("Waktu selesai harus sesudah waktu mulai."), field="end")
    if end - start > LONGEST:
        raise InvalidInput(N_("Acara paling lama 14 hari."), field="end")


def collisions(db: Session, jabatan_id: int, span: Span, *, without: int | None = None) -> list[Acara]:
    """Appointments of one official that collide with `span`, travel time between places included (setting, minutes)."""
    buffer = timedelta(minutes=value(db, "surat.jeda_perjalanan_menit"))
    near = (
        select(Acara).join(AcaraPejabat)
        .where(AcaraPejabat.jabatan_id == jabatan_id, AcaraPejabat.status.in_(("diundang", "hadir")), Acara.cancelled_at.is_(None),
               Acara.start_at < span.end + buffer, Acara.end_at > span.start - buffer)
        .order_by(Acara.start_at)
    )
    return [a for a in db.scalars(near) if a.id != without and conflicts(span, Span(a.start_at, a.end_at, a.place), buffer)]


def away(db: Session, jabatan_id: int, span: Span) -> list:
    """Lawful absences of the holder in that time, as leave and travel tell them."""
    found = []
    for account_id in holders_of(db, jabatan_id, span.start.date()):
        found += current_host().call_each("absences", db=db, account_id=account_id, start=span.start.date(), end=span.end.date())
    return found


def add_acara(
    db: Session, actor: Actor, *, title: str, start: datetime, end: datetime, place: str, jabatan_ids: Sequence[int], note: str = "",
    surat_id: int | None = None, in_spite: bool = False, now: datetime,
) -> Acara:
    """Put something on the agenda of the positions named. A collision is refused unless `in_spite`: then somebody chooses."""
    actor.require(AGENDA)
    _check_span(start, end)
    if not jabatan_ids:
        raise InvalidInput(N_("Pilih paling sedikit satu pejabat."), field="officials")
    span = Span(start, end, place)
    if not in_spite:
        for jabatan_id in jabatan_ids:
            jabatan = db.get(Jabatan, jabatan_id)
            if jabatan is None:
                raise InvalidInput(N_("Pejabat ini tidak ditemukan."), field="officials")
            if away(db, jabatan_id, span):
                raise Conflict(N_("%(post)s sedang tidak masuk pada waktu itu. Undang Plh-nya, atau simpan tetap."), field="officials", post=jabatan.name)
            clash = collisions(db, jabatan_id, span)
            if clash:
                raise Conflict(N_("%(post)s sudah ada acara: %(title)s. Pilih waktu lain, wakilkan, atau simpan tetap."), field="start", post=jabatan.name, title=clash[0].title)
    acara = Acara(title=title, start_at=start, end_at=end, place=place, note=note, surat_id=surat_id, made_by=actor.account_id)
    acara.officials = [AcaraPejabat(jabatan_id=jabatan_id, status="diundang") for jabatan_id in dict.fromkeys(jabatan_ids)]
    db.add(acara)
    db.flush()
    for official in acara.officials:
        notify(
            db, topic="surat.agenda", to=holders_of(db, official.jabatan_id, start.date()), template="kerja_surat/notify/agenda",
            context={"title": title, "start": start.isoformat(), "place": place}, url=f"/kerja/surat/agenda/{acara.id}", key=f"acara:{acara.id}:{official.jabatan_id}",
        )
    live.publish(db, "surat-agenda:semua")
    return acara


def answer_invitation(db: Session, actor: Actor, acara_id: int, *, jabatan_id: int, answer: str, wakil_jabatan_id: int | None = None, note: str = "", now: datetime) -> AcaraPejabat:
    """Come, send somebody, or decline. Sending somebody puts it on that person's agenda."""
    acara = get_acara(db, actor, acara_id)
    official = next((o for o in acara.officials if o.jabatan_id == jabatan_id), None)
    if official is None:
        raise NotFound()
    if jabatan_id not in [post.jabatan_id for post in actor.posts]:
        actor.require(AGENDA)
    if answer not in ("hadir", "diwakilkan", "ditolak"):
        raise InvalidInput(N_("Jawaban ini tidak dikenal."), field="answer")
    if answer == "diwakilkan":
        if wakil_jabatan_id is None or wakil_jabatan_id == jabatan_id:
            raise InvalidInput(N_("Pilih siapa yang mewakili."), field="wakil")
        clash = collisions(db, wakil_jabatan_id, Span(acara.start_at, acara.end_at, acara.place), without=acara.id)
        if clash:
            raise Conflict(N_("Yang mewakili sudah ada acara: %(title)s."), field="wakil", title=clash[0].title)
        if all(o.jabatan_id != wakil_jabatan_id for o in acara.officials):
            db.add(AcaraPejabat(acara_id=acara.id, jabatan_id=wakil_jabatan_id, status="diundang", note=note[:300]))
            notify(
                db, topic="surat.agenda", to=holders_of(db, wakil_jabatan_id, acara.start_at.date()), template="kerja_surat/notify/agenda",
                context={"title": acara.title, "start": acara.start_at.isoformat(), "place": acara.place}, url=f"/kerja/surat/agenda/{acara.id}",
                key=f"acara:{acara.id}:{wakil_jabatan_id}",
            )
    if answer == "ditolak" and not note.strip():
        raise InvalidInput(N_("Tuliskan alasannya."), field="note")
    official.status, official.note = answer, note[:300]
    official.wakil_jabatan_id = wakil_jabatan_id if answer == "diwakilkan" else None
    db.flush()
    db.refresh(acara, ["officials"])
    live.publish(db, "surat-agenda:semua")
    return official


def get_acara(db: Session, actor: Actor, acara_id: int) -> Acara:
    """An agenda item that `actor` may see: with the permission, or as one of its officials."""
    acara = db.get(Acara, acara_id)
    held = {post.jabatan_id for post in actor.posts}
    if acara is None or not (actor.can(AGENDA) or held & {o.jabatan_id for o in acara.officials}):
        raise NotFound()
    return acara


def agenda_between(db: Session, actor: Actor, start: datetime, end: datetime, *, jabatan_id: int | None = None) -> list[Acara]:
    query = select(Acara).where(Acara.start_at < end, Acara.end_at > start, Acara.cancelled_at.is_(None)).order_by(Acara.start_at)
    if jabatan_id is not None:
        query = query.where(Acara.id.in_(select(AcaraPejabat.acara_id).where(AcaraPejabat.jabatan_id == jabatan_id)))
    elif not actor.can(AGENDA):
        query = query.where(Acara.id.in_(select(AcaraPejabat.acara_id).where(AcaraPejabat.jabatan_id.in_([p.jabatan_id for p in actor.posts]))))
    return list(db.scalars(query.limit(500)))


def cancel_acara(db: Session, actor: Actor, acara_id: int, *, now: datetime) -> Acara:
    actor.require(AGENDA)
    acara = get_acara(db, actor, acara_id)
    acara.cancelled_at = now
    live.publish(db, "surat-agenda:semua")
    return acara


# ---------------------------------------------------------------------------------------------------------------- rooms


def bookings_on(db: Session, day_start: datetime, day_end: datetime) -> list[Pemesanan]:
    query = select(Pemesanan).where(Pemesanan.start_at < day_end, Pemesanan.end_at > day_start, Pemesanan.status == "dipesan")
    return list(db.scalars(query.order_by(Pemesanan.start_at)))


def free_rooms(db: Session, start: datetime, end: datetime, seats: int = 0) -> list[Ruang]:
    taken = select(Pemesanan.ruang_id).where(Pemesanan.start_at < end, Pemesanan.end_at > start, Pemesanan.status == "dipesan")
    return list(db.scalars(select(Ruang).where(Ruang.id.not_in(taken), Ruang.seats >= seats).order_by(Ruang.seats, Ruang.name)))


def book_room(
    db: Session, actor: Actor, *, ruang_id: int, title: str, start: datetime, end: datetime, jabatan_id: int, displace: bool = False, now: datetime,
) -> Pemesanan:
    """Book a room for a position. A taken room is refused; with `displace` a higher rank moves the other to a free room of
    at least the same size, and both are told. Raises Conflict when nothing is free for the one displaced.
    """
    actor.require(ROOMS)
    _check_span(start, end)
    room = db.scalar(select(Ruang).where(Ruang.id == ruang_id).with_for_update())
    if room is None:
        raise InvalidInput(N_("Ruang ini tidak ditemukan."), field="ruang")
    if jabatan_id not in [post.jabatan_id for post in actor.posts] and not actor.can(AGENDA):
        raise InvalidInput(N_("Anda tidak memesan untuk jabatan ini."), field="jabatan")
    jabatan = db.get(Jabatan, jabatan_id)
    near = db.scalars(select(Pemesanan).where(Pemesanan.ruang_id == ruang_id, Pemesanan.status == "dipesan", Pemesanan.start_at < end, Pemesanan.end_at > start)).all()
    for old in [old for old in near if overlaps(Span(start, end), Span(old.start_at, old.end_at))]:
        if not displace or not outranks(jabatan.eselon, old.eselon):
            raise Conflict(N_("%(room)s sudah dipesan untuk %(title)s."), field="ruang", room=room.name, title=old.title)
        _displace(db, old, room, now)
    booking = Pemesanan(ruang_id=ruang_id, title=title, start_at=start, end_at=end, jabatan_id=jabatan_id, eselon=jabatan.eselon or "", booked_by=actor.require_signed_in(), status="dipesan")
    db.add(booking)
    db.flush()
    live.publish(db, "surat-ruang:semua")
    return booking


def _displace(db: Session, old: Pemesanan, room: Ruang, now: datetime) -> None:
    others = [r for r in free_rooms(db, old.start_at, old.end_at, seats=room.seats // 2) if r.id != room.id]
    if not others:
        raise Conflict(N_("Tidak ada ruang pengganti bagi pemesan sebelumnya."), field="ruang")
    old.status, old.moved_to_id = "digeser", others[0].id
    db.add(Pemesanan(ruang_id=others[0].id, title=old.title, start_at=old.start_at, end_at=old.end_at, jabatan_id=old.jabatan_id, eselon=old.eselon, booked_by=old.booked_by, status="dipesan"))
    notify(
        db, topic="surat.agenda", to=[old.booked_by], template="kerja_surat/notify/displaced",
        context={"title": old.title, "old": room.name, "new": others[0].name}, url="/kerja/surat/ruang/", key=f"geser:{old.id}",
    )


def cancel_booking(db: Session, actor: Actor, booking_id: int, *, now: datetime) -> Pemesanan:
    booking = db.get(Pemesanan, booking_id)
    if booking is None or booking.status != "dipesan":
        raise NotFound()
    if booking.booked_by != actor.account_id:
        actor.require(AGENDA)
    booking.status = "batal"
    live.publish(db, "surat-ruang:semua")
    return booking


def week_of(day: date) -> tuple[date, date]:
    """Monday of that week and the Monday after."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=7)
