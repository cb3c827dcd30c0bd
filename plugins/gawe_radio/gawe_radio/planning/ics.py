"""The week as iCalendar (RFC 5545): a rule stays a rule, single days are exceptions to it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from pendopo.i18n import current_zone
from pendopo.kit.ics import escaped, ics_text, utc
from pendopo_stream.slots import occurrences

from .. import programmes
from ..models import Program
from .models import ProgramChange


def local(moment: datetime) -> str:
    return f"{moment.astimezone(current_zone.get()):%Y%m%dT%H%M%S}"


def calendar(db: Session, *, name: str, link: str, now: datetime) -> str:
    programs = programmes.active_programs(db)
    by_program: dict[int, list[ProgramChange]] = {}
    for change in programmes.changes_of(db):
        by_program.setdefault(change.program_id, []).append(change)
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Pendopo//Radio//ID", "CALSCALE:GREGORIAN", "METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(name)}",
        f"X-WR-TIMEZONE:{current_zone.get().key}", *_zone(now),
    ]
    for program in programs:
        lines += _events(program, by_program.get(program.id, []), link, now)
    return ics_text([*lines, "END:VCALENDAR"])


def _zone(now: datetime) -> list[str]:
    """Indonesia knows no summer time: one offset is the whole zone."""
    zone = current_zone.get()
    offset = now.astimezone(zone).strftime("%z")
    return [
        "BEGIN:VTIMEZONE", f"TZID:{zone.key}", "BEGIN:STANDARD", "DTSTART:19700101T000000", f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}",
        f"TZNAME:{now.astimezone(zone):%Z}", "END:STANDARD", "END:VTIMEZONE",
    ]


def _events(program: Program, changes: list[ProgramChange], link: str, now: datetime) -> list[str]:
    rule = programmes.rule_of(program)
    held = [change for change in changes if programmes.is_occurrence(rule, change.at)]
    zone = current_zone.get().key
    # A calendar takes DTSTART for a time of its own, so it must be one that the rule gives.
    times = occurrences(rule, program.start, program.start + programmes.LOOK_AHEAD, current_zone.get())
    if not times:
        return []
    own = _event(program, program.title, program.description, program.presenter, times[0].start, timedelta(seconds=program.duration_s), link, now)
    if program.rrule:
        own.insert(-1, f"RRULE:{_until_in_utc(program.rrule)}")
    own[-1:-1] = [f"EXDATE;TZID={zone}:{local(change.at)}" for change in held if change.kind == "batal"]
    for change in held:
        slot = programmes.changed_slot(program, change)
        if slot is not None:
            words = program.description if change.kind == "pindah" else change.note
            instead = _event(program, slot.title, words, slot.presenter, slot.start, slot.end - slot.start, link, now)
            instead.insert(-1, f"RECURRENCE-ID;TZID={zone}:{local(change.at)}")
            own += instead
    return own


def _event(program: Program, title: str, words: str, presenter: str, start: datetime, length: timedelta, link: str, now: datetime) -> list[str]:
    about = ". ".join(part for part in (words.rstrip("."), presenter) if part)
    zone = current_zone.get().key
    return [
        "BEGIN:VEVENT", f"UID:acara-{program.id}@radio", f"DTSTAMP:{utc(now)}", f"DTSTART;TZID={zone}:{local(start)}",
        f"DURATION:PT{int(length.total_seconds() // 60)}M", f"SUMMARY:{escaped(title)}", *([f"DESCRIPTION:{escaped(about)}"] if about else []),
        f"CATEGORIES:{program.classification}", f"URL:{link}", "TRANSP:TRANSPARENT", "END:VEVENT",
    ]


def _until_in_utc(rrule: str) -> str:
    """With a zone at DTSTART, RFC 5545 wants UNTIL in UTC; we keep it on the regency's clock."""
    parts = []
    for part in rrule.split(";"):
        key, _equals, value = part.partition("=")
        if key == "UNTIL":
            moment = datetime.strptime(value, "%Y%m%dT%H%M%S").replace(tzinfo=current_zone.get())
            part = f"UNTIL={utc(moment)}"
        parts.append(part)
    return ";".join(parts)
