"""Meeting rooms: one meeting at a time, and who may move whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound, PermissionRefused, live
from pendopo.http import url
from pendopo.identity import Actor, Jabatan, record
from pendopo.notifications import notify

from .agenda import AGENDA, check_span
from .chain import held_post
from .models import Pemesanan, Ruang
from .rules import outranks

ROOMS = "surat.rooms"
MANAGE = "surat.manage_rooms"
TOPIC = "surat-ruang:semua"


class RoomTaken(Conflict):
    """The room is taken at that time; a higher rank may displace."""


def room_list(db: Session) -> list[Ruang]:
    return list(db.scalars(select(Ruang).order_by(Ruang.name)))


def add_room(db: Session, actor: Actor, *, name: str, place: str, seats: int, facilities: str = "", now: datetime) -> Ruang:
    actor.require(MANAGE)
    if db.scalar(select(Ruang.id).where(Ruang.name == name)) is not None:
        raise InvalidInput(N_("Sudah ada ruang dengan nama ini."), field="name")
    room = Ruang(name=name, place=place, seats=seats, facilities=facilities)
    db.add(room)
    db.flush()
    live.publish(db, TOPIC)
    record(db, actor, "surat.room_added", f"ruang:{room.id}", {"name": name})
    return room


def bookings_between(db: Session, start: datetime, end: datetime) -> list[Pemesanan]:
    query = select(Pemesanan).where(Pemesanan.start_at < end, Pemesanan.end_at > start, Pemesanan.status == "dipesan")
    return list(db.scalars(query.order_by(Pemesanan.start_at)))


def free_rooms(db: Session, start: datetime, end: datetime, seats: int = 0) -> list[Ruang]:
    """Rooms without a booking in `[start, end)` that hold `seats`, the smallest first."""
    taken = select(Pemesanan.ruang_id).where(Pemesanan.start_at < end, Pemesanan.end_at > start, Pemesanan.status == "dipesan")
    return list(db.scalars(select(Ruang).where(Ruang.id.not_in(taken), Ruang.seats >= seats).order_by(Ruang.seats, Ruang.name)))


def book_room(
    db: Session,
    actor: Actor,
    *,
    ruang_id: int,
    title: str,
    start: datetime,
    end: datetime,
    jabatan_id: int,
    people: int = 1,
    displace: bool = False,
    now: datetime,
) -> Pemesanan:
    """Book a room for a position. A taken room is refused; with `displace` a higher rank moves the other to the smallest
    free room that holds its people, and its booker is told. Raises Conflict when nothing is free for the one displaced.
    """
    actor.require(ROOMS)
    check_span(start, end)
    if end <= now:
        raise InvalidInput(N_("Waktu ini sudah lewat."), field="end")
    # Rooms are locked in one order: two bookings for one room, or for one substitute, wait for each other.
    wanted = select(Ruang).order_by(Ruang.id).with_for_update(key_share=True)
    locked = {room.id: room for room in db.scalars(wanted if displace else wanted.where(Ruang.id == ruang_id))}
    room = locked.get(ruang_id)
    if room is None:
        raise InvalidInput(N_("Ruang ini tidak ditemukan."), field="ruang")
    jabatan = db.get(Jabatan, jabatan_id)
    if jabatan is None or not (held_post(actor, jabatan_id) or actor.can(AGENDA, jabatan.opd_id)):
        raise InvalidInput(N_("Anda tidak memesan untuk jabatan ini."), field="jabatan")
    if people > room.seats:
        raise InvalidInput(N_("%(room)s hanya memuat %(seats)s orang."), field="people", room=room.name, seats=room.seats)
    for old in [one for one in bookings_between(db, start, end) if one.ruang_id == ruang_id]:
        if not displace or not outranks(jabatan.eselon, old.eselon):
            raise RoomTaken(N_("%(room)s sudah dipesan untuk %(title)s."), field="ruang", room=room.name, title=old.title)
        _displace(db, old, room)
    booking = Pemesanan(
        ruang_id=ruang_id,
        title=title,
        people=people,
        start_at=start,
        end_at=end,
        jabatan_id=jabatan_id,
        eselon=jabatan.eselon or "",
        booked_by=actor.require_signed_in(),
        status="dipesan",
    )
    db.add(booking)
    db.flush()
    live.publish(db, TOPIC)
    return booking


def _displace(db: Session, old: Pemesanan, room: Ruang) -> None:
    others = [r for r in free_rooms(db, old.start_at, old.end_at, seats=old.people) if r.id != room.id]
    if not others:
        raise Conflict(N_("Tidak ada ruang pengganti bagi pemesan sebelumnya."), field="ruang")
    old.status, old.moved_to_id = "digeser", others[0].id
    db.add(
        Pemesanan(
            ruang_id=others[0].id,
            title=old.title,
            people=old.people,
            start_at=old.start_at,
            end_at=old.end_at,
            jabatan_id=old.jabatan_id,
            eselon=old.eselon,
            booked_by=old.booked_by,
            status="dipesan",
        )
    )
    db.flush()
    notify(
        db,
        topic="surat.agenda",
        to=[old.booked_by],
        template="kerja_surat/notify/displaced",
        context={"title": old.title, "old": room.name, "new": others[0].name, "start": old.start_at},
        url=url("surat:kerja.ruang"),
        key=f"geser:{old.id}",
    )


def may_cancel(actor: Actor, booking: Pemesanan, opd_id: int | None) -> bool:
    """The booker, the holder of the position, and who keeps the agenda of its OPD (`opd_id`)."""
    return booking.booked_by == actor.account_id or held_post(actor, booking.jabatan_id) is not None or actor.can(AGENDA, opd_id)


def cancel_booking(db: Session, actor: Actor, booking_id: int, *, now: datetime) -> Pemesanan:
    booking = db.get(Pemesanan, booking_id)
    if booking is None or booking.status != "dipesan":
        raise NotFound()
    if not may_cancel(actor, booking, db.get(Jabatan, booking.jabatan_id).opd_id):
        raise PermissionRefused()
    booking.status = "batal"
    db.flush()
    live.publish(db, TOPIC)
    return booking
