"""A warning of others in our announcer's words: short enough to read, with its source named."""

from __future__ import annotations

import re
from datetime import datetime

from pendopo.i18n import current_zone
from pendopo_stream.announcements import reading_time_s
from pendopo_stream.spoken_text import speakable

from .reading import Alert, Info, Quake
from .rules import distance_km, info_of, may_bring_tsunami

LONGEST_S = 80.0


def alert_words(alert: Alert, source: str) -> tuple[str, dict[str, str]]:
    """`(title, text by language)` of a CAP alert."""
    info = info_of(alert)
    assert info is not None
    text = {"id": fitting(f"Peringatan dari {source}. {_told(info)}")}
    english = next((part for part in alert.infos if part.language.lower().startswith("en") and part is not info), None)
    if english is not None:
        text["en"] = fitting(f"Warning from {source}. {_told(english)}")
    return (info.headline or info.event)[:110], text


def _told(info: Info) -> str:
    parts = [info.headline or info.event, info.description, info.instruction]
    return " ".join(part.rstrip(". ") + "." for part in dict.fromkeys(parts) if part.strip())


def quake_words(quake: Quake, source: str) -> tuple[str, dict[str, str]]:
    """`(title, text by language)` of an earthquake."""
    local = quake.at.astimezone(current_zone.get())
    size = f"{quake.magnitude:.1f}".replace(".", ",")
    where = quake.region or f"{quake.lat}, {quake.lon}"
    parts = [f"Gempa bumi magnitudo {size} terjadi pukul {local:%H.%M} {_zone(local)}, {where}, sekitar {round(distance_km(quake))} kilometer dari Serang"]
    if quake.depth:
        parts.append(f"Kedalaman {quake.depth}")
    if may_bring_tsunami(quake.potential):
        title = "Berpotensi tsunami"
        parts = [quake.potential, "Warga di pantai segera menjauh ke tempat yang tinggi. Jangan menunggu sirene", *parts]
    else:
        title = f"Gempa magnitudo {size}"
        parts += [quake.potential or "Belum ada keterangan tentang tsunami", f"Dirasakan: {quake.felt}" if quake.felt else ""]
    return title, {"id": fitting(f"Informasi dari {source}. " + " ".join(part.rstrip(". ") + "." for part in parts if part))}


def _zone(local: datetime) -> str:
    return {7: "WIB", 8: "WITA", 9: "WIT"}.get(int(local.utcoffset().total_seconds() // 3600), "WIB")


def fitting(text: str) -> str:
    """As many whole sentences from the beginning as can be read in time; words when the first is too long already."""
    sentences = re.split(r"(?<=[.!?])\s+", text.strip())
    kept = ""
    for sentence in sentences:
        longer = f"{kept} {sentence}".strip()
        if _too_long(longer):
            break
        kept = longer
    words = text.split()
    while not kept and _too_long(" ".join(words)):
        words = words[: len(words) * 3 // 4]
    return kept or " ".join(words)


def _too_long(text: str) -> bool:
    return reading_time_s(speakable(text, "id")) > LONGEST_S
