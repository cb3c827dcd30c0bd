"""Single events as iCalendar (RFC 5545), for people's own calendars."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.responses import Response

__all__ = ["IcsEvent", "escaped", "ics", "ics_response", "ics_text", "utc"]

LINE = 75  # octets


@dataclass(frozen=True)
class IcsEvent:
    """`uid` stays the same when the event is moved; `cancelled` takes it out of calendars that have it. `alarm_minutes` before."""

    uid: str
    title: str
    start: datetime
    end: datetime
    place: str = ""
    text: str = ""
    link: str = ""
    cancelled: bool = False
    alarm_minutes: int = 0


def escaped(text: str) -> str:
    """Text as the value of a line."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Broken after at most 75 octets, never inside a letter."""
    pieces, piece = [], ""
    for letter in line:
        if len((piece + letter).encode()) > LINE:
            pieces.append(piece)
            piece = " "
        piece += letter
    return "\r\n".join([*pieces, piece])


def ics_text(lines: Iterable[str]) -> str:
    """Whole lines as a file: folded, and ended as the standard wants."""
    return "".join(_folded(line) + "\r\n" for line in lines)


def utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _lines(event: IcsEvent, now: datetime) -> list[str]:
    told = {"LOCATION": event.place, "DESCRIPTION": event.text}
    lines = [
        "BEGIN:VEVENT", f"UID:{escaped(event.uid)}", f"DTSTAMP:{utc(now)}", f"DTSTART:{utc(event.start)}", f"DTEND:{utc(event.end)}",
        f"SUMMARY:{escaped(event.title)}", f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}",
        *(f"{name}:{escaped(text)}" for name, text in told.items() if text), *([f"URL:{event.link}"] if event.link else []),
    ]
    if event.alarm_minutes:
        lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{escaped(event.title)}", f"TRIGGER:-PT{event.alarm_minutes}M", "END:VALARM"]
    return [*lines, "END:VEVENT"]


def ics(events: Iterable[IcsEvent], *, now: datetime) -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Pendopo//ID", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    for event in events:
        lines += _lines(event, now)
    return ics_text([*lines, "END:VCALENDAR"])


def ics_response(name: str, events: Iterable[IcsEvent], *, now: datetime) -> Response:
    """`name`.ics as a download."""
    safe = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-_")) or "acara"
    headers = {"Content-Disposition": f'attachment; filename="{safe}.ics"'}
    return Response(ics(events, now=now), media_type="text/calendar; charset=utf-8", headers=headers)
