"""Proof of broadcast: which lines of the log fall into a time, as CSV and as a paper, with the hashes that prove them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, _
from pendopo.i18n import format_date, format_time, speaking
from pendopo.kit.listing import matches
from pendopo.pages import current_pages

from ..models import AirLog

HERE = Path(__file__).parent
MOST_LINES = 5000
PROVED = {
    "track": N_("Lagu"), "spoken": N_("Pengumuman dibacakan"), "live": N_("Mikrofon"), "programme": N_("Acara"), "cart": N_("Sisipan"),
}
HEADER = ("waktu", "jenis", "isi", "lama_detik", "baris", "hash")


def lines(db: Session, start: datetime, end: datetime, *, text: str = "", kind: str = "") -> list[AirLog]:
    """What was on the air in `[start, end)`, in order. `text`: words of the title. `kind`: one of PROVED."""
    query = select(AirLog).where(AirLog.at >= start, AirLog.at < end, AirLog.event == kind if kind in PROVED else AirLog.event.in_(PROVED))
    query = query.where(matches(text[:80], AirLog.title))
    return list(db.scalars(query.order_by(AirLog.at, AirLog.id).limit(MOST_LINES)))


def length_s(row: AirLog) -> float | None:
    """How long it lasted, where the log says so."""
    track, voice_at, ends_at = (row.data.get(name) for name in ("track", "voice_at_ms", "ends_at_ms"))
    if voice_at is not None and ends_at is not None:
        return round((ends_at - voice_at) / 1000, 1)
    found = row.data.get("length_s") or (track.get("duration_s") if isinstance(track, dict) else None)
    return float(found) if found else None


def table(rows: list[AirLog]) -> list[tuple[Any, ...]]:
    return [(format_time(row.at, "yyyy-MM-dd HH.mm.ss"), _(PROVED[row.event]), words(row), length_s(row), row.line, row.hash) for row in rows]


def words(row: AirLog) -> str:
    if row.event == "live":
        return (_("%(name)s mulai berbicara") if row.data.get("on") else _("%(name)s selesai")) % {"name": row.title or "?"}
    return row.title or "–"


def paper(rows: list[AirLog], start: datetime, end: datetime, *, about: str, station_name: str, printed_by: str, now: datetime) -> bytes:
    """The PDF, in Indonesian, whoever asks."""
    import typst

    with speaking("id"):
        data = {
            "regency": current_pages().portal.settings.regency.name,
            "station": station_name,
            "period": f"{format_time(start)} – {format_time(end)}",
            "about": about,
            "printed": f"{printed_by}, {format_time(now)}",
            "date": format_date(now),
            "rows": [[str(cell) if cell is not None else "" for cell in line[:4]] + [line[5][:12]] for line in table(rows)],
            "first": rows[0].hash if rows else "",
            "last": rows[-1].hash if rows else "",
            "cut": len(rows) >= MOST_LINES,
        }
    return typst.compile(str(HERE / "proof.typ"), root=str(HERE), sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, format="pdf")
