"""A few counters with two weeks behind them and a week ahead, equal for equal seed."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ...identity import Account, Opd
from ..calendar import Calendar, calendar_for
from .models import ABSENT, BOOKED, DONE, HERE, Appointment, Counter, QueueBook
from .slots import times_on

OFFICE = {str(day): [["08:00", "12:00"], ["13:00", "15:00"]] for day in range(4)} | {"4": [["08:00", "11:00"], ["13:30", "15:00"]]}
MORNING = {str(day): [["08:00", "11:30"]] for day in range(5)}
COUNTERS = (
    ("disnakertrans", "kartu-kuning", "Kartu pencari kerja (AK/1)", "A", "Lantai 1, loket 2", "KTP, ijazah terakhir, pasfoto 3×4.", OFFICE, 15, 2),
    ("disnakertrans", "lowongan", "Konsultasi lowongan dan pelatihan", "B", "Lantai 1, ruang konsultasi", "Riwayat hidup bila ada.", MORNING, 30, 1),
    ("dpmptsp", "simponie", "Konsultasi perizinan", "C", "Mal Pelayanan Publik, loket 5", "KTP dan rencana usaha.", OFFICE, 20, 3),
    ("bapenda", "pajak", "Pelayanan PBB-P2 dan BPHTB", "D", "Gedung A, loket 1", "SPPT tahun lalu dan KTP.", OFFICE, 15, 2),
    ("disdukcapil", "kependudukan", "Perekaman KTP elektronik", "E", "Lantai 1, loket 3", "Kartu keluarga asli.", MORNING, 10, 2),
    ("dpupr", "tata-ruang", "Informasi tata ruang", "F", "Ruang pelayanan", "Letak tanah: titik atau alamat.", MORNING, 30, 1),
)
PURPOSES = ("Kartu hilang", "Perpanjangan", "Tanya persyaratan", "Perbaikan nama", "", "", "")


@dataclass
class _Day:
    """Somebody sits down at one time of one counter after another."""

    counter: Counter
    day: date
    serial: int = 0


def fill(db: Session, seed: int, now: datetime, scale: float) -> None:
    rng = random.Random(seed)  # noqa: S311  an invented regency, not a secret
    calendar = calendar_for(db)
    offices = dict(db.execute(select(Opd.code, Opd.id)).all())
    citizens = list(db.scalars(select(Account.id).where(Account.kind == "warga", Account.handle.is_(None)).order_by(Account.id)))
    here = db.scalar(select(Account.id).where(Account.handle == "warga"))
    counters = [_counter(offices[code], rest) for code, *rest in COUNTERS if code in offices]
    db.add_all(counters)
    db.flush()
    today = calendar.local(now).date()
    taken: dict[tuple[int, str], date] = {}
    for counter in counters:
        for offset in range(-14, 8):
            _fill_day(db, rng, calendar, _Day(counter, today + timedelta(days=offset)), citizens, taken, today, now, scale)
    if here is not None and counters:
        _own(db, calendar, counters[0], here, now)
    db.flush()


def _counter(opd_id: int, rest: list) -> Counter:
    service, title, prefix, place, bring, hours, minutes, capacity = rest
    return Counter(opd_id=opd_id, service=service, title=title, prefix=prefix, place=place, bring=bring, hours=hours, slot_minutes=minutes, capacity=capacity,
                   days_ahead=14, lead_minutes=60, is_open=True)


def _fill_day(
    db: Session, rng: random.Random, calendar: Calendar, one: _Day, citizens: list[int], taken: dict, today: date, now: datetime, scale: float
) -> None:
    counter = one.counter
    full = 0.55 if one.day <= today else 0.3
    for start, end in list(times_on(counter.hours, counter.slot_minutes, calendar, one.day)):
        for seat in range(counter.capacity):
            if not citizens or rng.random() > full * min(1.0, scale):
                continue
            person, open_still = rng.choice(citizens), end > now
            if open_still and (person, counter.service) in taken:
                continue
            one.serial += 1
            state = (HERE if start <= now else BOOKED) if open_still else rng.choices((DONE, ABSENT), (9, 1))[0]
            if open_still:
                taken[person, counter.service] = one.day
            db.add(_row(counter, person, one, start, end, seat, state, rng.choice(PURPOSES), now))
    if one.serial:
        db.add(QueueBook(counter_id=counter.id, day=one.day, last=one.serial))


def _row(counter: Counter, person: int, one: _Day, start: datetime, end: datetime, seat: int, state: str, note: str, now: datetime) -> Appointment:
    closed = state in (DONE, ABSENT)
    came = start - timedelta(minutes=5)
    return Appointment(
        counter_id=counter.id, account_id=person, day=one.day, starts_at=start, ends_at=end, seat=seat, serial=one.serial, prefix=counter.prefix,
        open_key=None if closed else f"{person}:{counter.service}", token=secrets.token_urlsafe(18), state=state, note=note,
        booked_at=start - timedelta(days=2), booked_by=person, reminded_at=start - timedelta(days=1) if start < now else None,
        arrived_at=came if state in (DONE, HERE) else None,
        called_at=start if state == DONE else None, ended_at=end if closed else None,
    )


def _own(db: Session, calendar: Calendar, counter: Counter, account_id: int, now: datetime) -> None:
    """The citizen who signs in to look around has an appointment too: the first free time from tomorrow on."""
    from ...db import next_number

    day = calendar.local(now).date() + timedelta(days=1)
    for _n in range(14):
        for start, end in times_on(counter.hours, counter.slot_minutes, calendar, day):
            used = set(db.scalars(select(Appointment.seat).where(Appointment.counter_id == counter.id, Appointment.starts_at == start)))
            free = next((seat for seat in range(counter.capacity) if seat not in used), None)
            if free is not None and calendar.local(start).time() >= time(9):
                serial = next_number(db, QueueBook, counter_id=counter.id, day=day)
                db.add(_row(counter, account_id, _Day(counter, day, serial), start, end, free, BOOKED, "Kartu baru", now))
                return
        day += timedelta(days=1)
