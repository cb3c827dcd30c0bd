"""A matter (berkas) on its way through the offices: workflow, timeline, deadlines, work list.

A plugin declares a `BerkasKind`, keeps its own columns in a table whose primary key is `berkas_id`, opens matters with
`receive_berkas` and moves them with `move_berkas`. `berkas_context` gives its page what the macros of `berkas/ui.html` draw.
"""

from ...identity import as_system
from .clock import days_left, was_in_time
from .desk import count_open
from .errors import AlreadyRated, BerkasMovedAlready, BerkasObjected, NoteMissing, PinLocked, StepNotOpen
from .models import Berkas, BerkasEvent, BerkasRating
from .moving import add_internal_note, add_message, assign_officer, move_berkas, officers_for, rate, receive_berkas, send_to_opd
from .pins import holds_pin, keep_pin
from .planting import PastBerkas, PastStep, plant_berkas
from .reading import (
    TimelineEntry,
    applicant_name,
    available_transitions,
    find_by_register,
    get_berkas,
    is_applicant,
    is_officer_of,
    kind_of,
    lies_with,
    may_see,
    timeline,
    verify_timeline,
)
from .register import luhn_digit, read_register
from .satisfaction import Satisfaction, satisfaction
from .sent import Sent, sent_of, tell_sent
from .views import berkas_context
from .workflow import BerkasKind, Deadline, State, Transition, ask_step, lapse_step, refuse_step, repair_step, withdraw_step

__all__ = [
    "AlreadyRated",
    "Berkas",
    "BerkasEvent",
    "BerkasKind",
    "BerkasMovedAlready",
    "BerkasObjected",
    "BerkasRating",
    "Deadline",
    "NoteMissing",
    "PastBerkas",
    "PastStep",
    "PinLocked",
    "Satisfaction",
    "Sent",
    "State",
    "StepNotOpen",
    "TimelineEntry",
    "Transition",
    "add_internal_note",
    "add_message",
    "applicant_name",
    "as_system",
    "ask_step",
    "assign_officer",
    "available_transitions",
    "berkas_context",
    "count_open",
    "days_left",
    "find_by_register",
    "get_berkas",
    "holds_pin",
    "is_applicant",
    "is_officer_of",
    "keep_pin",
    "kind_of",
    "lapse_step",
    "lies_with",
    "luhn_digit",
    "may_see",
    "move_berkas",
    "officers_for",
    "plant_berkas",
    "rate",
    "read_register",
    "receive_berkas",
    "refuse_step",
    "repair_step",
    "satisfaction",
    "send_to_opd",
    "sent_of",
    "tell_sent",
    "timeline",
    "verify_timeline",
    "was_in_time",
    "withdraw_step",
]
