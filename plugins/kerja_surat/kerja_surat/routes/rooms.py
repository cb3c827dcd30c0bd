"""Pages of the meeting rooms."""

from __future__ import annotations

from datetime import time, timedelta

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pendopo import _
from pendopo.http import page, path_int
from pendopo.identity import Jabatan

from .. import choices, rooms
from ..forms import BookingForm, RoomForm
from ..models import Pemesanan
from .agenda import day_in
from .answers import answered, done, given


def rooms_page(request: Request, *, booking: BookingForm | None = None, room: RoomForm | None = None, taken: bool = False, status: int = 200) -> Response:
    """Who uses which room on a day, and the forms; `booking` or `room` is one that was sent and is shown again."""
    db, actor = request.state.db, request.user
    calendar, day = day_in(request, "hari")
    if booking is not None and booking.start.data:
        day = calendar.local(booking.start.data).date()
    form = booking or booking_form(request, {"start": calendar.at(day, time(9)), "end": calendar.at(day, time(10)), "people": 10})
    start, listed = calendar.at(day, time(0)), rooms.room_list(db)
    bookings = rooms.bookings_between(db, start, start + timedelta(days=1))
    office = {row.id: row.opd_id for row in db.execute(select(Jabatan.id, Jabatan.opd_id))}
    return page(
        request,
        "kerja_surat/rooms.html",
        status=status,
        day=day,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        rooms=listed,
        bookings=bookings,
        jabatan=choices.jabatan_names(db),
        mine={b.id for b in bookings if rooms.may_cancel(actor, b, office.get(b.jabatan_id))},
        taken=taken,
        may_book=bool(listed and form.jabatan.choices and actor.can(rooms.ROOMS)),
        wrong=booking or room,
        form=form,
        room=(room or RoomForm(request, prefix="ruang-")) if actor.can(rooms.MANAGE) else None,
        tab="ruang",
    )


def booking_form(request: Request, prefill: dict[str, object] | None = None) -> BookingForm:
    form = BookingForm(request, prefix="pesan-", prefill=prefill)
    form.ruang.choices = [(room.id, _("%(name)s, %(seats)s kursi") % {"name": room.name, "seats": room.seats}) for room in rooms.room_list(request.state.db)]
    form.jabatan.choices = choices.my_posts(request.user)
    return form


def index(request: Request) -> Response:
    return rooms_page(request)


def book(request: Request) -> Response:
    form = booking_form(request)
    taken = False

    def act() -> Response:
        nonlocal taken
        whose = {"ruang_id": form.ruang.data, "jabatan_id": form.jabatan.data}
        try:
            booking = rooms.book_room(request.state.db, request.user, now=request.state.now, **whose, **given(form, "ruang", "jabatan"))
        except rooms.RoomTaken:
            taken = True
            raise
        return _on_its_day(request, booking, _("Ruang dipesan."))

    return answered(form, act, lambda: rooms_page(request, booking=form, taken=taken, status=form.status))


def _on_its_day(request: Request, booking: Pemesanan, said: str) -> Response:
    return done(request, said, "surat:kerja.ruang", hari=day_in(request, "hari")[0].local(booking.start_at).date().isoformat())


def cancel(request: Request) -> Response:
    booking = rooms.cancel_booking(request.state.db, request.user, path_int(request), now=request.state.now)
    return _on_its_day(request, booking, _("Pemesanan dibatalkan."))


def add_room(request: Request) -> Response:
    request.user.require(rooms.MANAGE)
    form = RoomForm(request, prefix="ruang-")

    def act() -> Response:
        rooms.add_room(request.state.db, request.user, now=request.state.now, **given(form))
        return done(request, _("Ruang ditambahkan."), "surat:kerja.ruang")

    return answered(form, act, lambda: rooms_page(request, room=form, status=form.status))


routes = [
    Route("/ruang/", index, name="surat:kerja.ruang"),
    Route("/ruang/baru", add_room, methods=["POST"], name="surat:kerja.ruang.new"),
    Route("/ruang/pesanan", book, methods=["POST"], name="surat:kerja.ruang.book"),
    Route("/ruang/pesanan/{id:int}/pembatalan", cancel, methods=["POST"], name="surat:kerja.ruang.cancel"),
]
