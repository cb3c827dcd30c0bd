"""Appointments at the counters of offices: times, queue numbers, checking in and calling.

`open_slots(db, counter, day, now=now)` are the times of a day; `book(db, actor, counter_id, starts_at, now=now)` takes one.
"""

from .errors import AlreadyBooked, NobodyWaits, NotNow, SlotTaken
from .models import Appointment, Counter, CounterClosure
from .services import appointment_of, book, by_number, by_token, call_next, cancel, check_in, counter_of, counters_for, finish, move, no_show, recall, walk_in
from .slots import Slot, open_days, open_slots

__all__ = [
    "AlreadyBooked",
    "Appointment",
    "Counter",
    "CounterClosure",
    "NobodyWaits",
    "NotNow",
    "Slot",
    "SlotTaken",
    "appointment_of",
    "book",
    "by_number",
    "by_token",
    "call_next",
    "cancel",
    "check_in",
    "counter_of",
    "counters_for",
    "finish",
    "move",
    "no_show",
    "open_days",
    "open_slots",
    "recall",
    "walk_in",
]
