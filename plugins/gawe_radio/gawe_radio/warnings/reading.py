"""Bytes of others into checked values: CAP 1.2, its index (RSS or Atom), and BMKG's earthquakes. No I/O.

What can't be read raises Unreadable; XML with a document type (entities) is never parsed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError, fromstring

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
ATOM = "{http://www.w3.org/2005/Atom}"
MOST_INFOS, MOST_AREAS, MOST_CORNERS, MOST_ENTRIES = 8, 400, 5000, 200
LONGEST = 4000


class Unreadable(ValueError):
    """`why` in English, for the operator's page."""


@dataclass(frozen=True)
class Area:
    description: str = ""
    polygons: tuple[tuple[tuple[float, float], ...], ...] = ()
    circles: tuple[tuple[float, float, float], ...] = ()  # lat, lon, radius in km
    geocodes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Info:
    """What an alert says in one language."""

    language: str
    event: str
    severity: str
    urgency: str = "Unknown"
    certainty: str = "Unknown"
    category: str = "Other"
    response: str = ""
    expires: datetime | None = None
    effective: datetime | None = None
    headline: str = ""
    description: str = ""
    instruction: str = ""
    sender_name: str = ""
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True)
class Alert:
    """One CAP message. It is known by `key`; `references` are keys of those before it."""

    sender: str
    identifier: str
    sent: datetime
    status: str
    kind: str  # msgType
    references: tuple[tuple[str, str, datetime], ...] = ()
    infos: tuple[Info, ...] = ()

    @property
    def key(self) -> tuple[str, str, datetime]:
        return self.sender, self.identifier, self.sent


@dataclass(frozen=True)
class Quake:
    """An earthquake as BMKG tells it. `felt`: "III Serang, II-III Cilegon"; `potential`: "Tidak berpotensi tsunami"."""

    at: datetime
    lat: float
    lon: float
    magnitude: float
    depth: str = ""
    region: str = ""
    potential: str = ""
    felt: str = ""
    shakemap: str = ""

    @property
    def key(self) -> tuple[str, str, datetime]:
        return "BMKG", f"gempa-{self.at.astimezone(UTC):%Y%m%dT%H%M%SZ}", self.at


@dataclass(frozen=True)
class Entry:
    """A line of an index. `mark` changes when what is behind the link changed."""

    link: str
    mark: str = field(compare=False, default="")


def parse(data: bytes) -> Element:
    """XML without a document type, in UTF-8. Raises Unreadable."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("not UTF-8") from error
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Unreadable("a document type is not read")
    try:
        return fromstring(text)  # noqa: S314  no document type: no entities
    except (ParseError, ValueError, RecursionError) as error:
        raise Unreadable(f"no XML: {error}"[:200]) from error


def read_alert(data: bytes) -> Alert:
    """A CAP 1.2 alert. Raises Unreadable."""
    root = parse(data)
    if root.tag != f"{CAP}alert":
        raise Unreadable("no CAP 1.2 alert")
    sender, identifier = _text(root, "sender", 200), _text(root, "identifier", 200)
    if not sender or not identifier or re.search(r"[\s,<&]", sender + identifier):
        raise Unreadable("sender and identifier are words without spaces and commas")
    infos = tuple(_info(element) for element in root.findall(f"{CAP}info")[:MOST_INFOS])
    return Alert(
        sender, identifier, moment(_text(root, "sent")), _text(root, "status"), _text(root, "msgType"), _references(_text(root, "references", 20_000)), infos,
    )


def moment(text: str) -> datetime:
    """A time with its zone. Raises Unreadable."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Unreadable(f"no time: {text[:40]!r}") from error
    if found.tzinfo is None:
        raise Unreadable("a time without zone")
    return found


def _references(text: str) -> tuple[tuple[str, str, datetime], ...]:
    found = []
    for part in text.split():
        pieces = part.split(",")
        if len(pieces) != 3:
            raise Unreadable("a reference is sender,identifier,sent")
        found.append((pieces[0], pieces[1], moment(pieces[2])))
    return tuple(found)


def _info(element: Element) -> Info:
    expires, effective = _text(element, "expires"), _text(element, "effective")
    return Info(
        language=_text(element, "language", 20) or "en-US", event=_text(element, "event", 200), severity=_text(element, "severity", 20),
        urgency=_text(element, "urgency", 20), certainty=_text(element, "certainty", 20), category=_text(element, "category", 20),
        response=_text(element, "responseType", 20), expires=moment(expires) if expires else None, effective=moment(effective) if effective else None,
        headline=_text(element, "headline", 300), description=_text(element, "description"), instruction=_text(element, "instruction"),
        sender_name=_text(element, "senderName", 120), areas=tuple(_area(area) for area in element.findall(f"{CAP}area")[:MOST_AREAS]),
    )


def _area(element: Element) -> Area:
    geocodes = tuple((_text(code, "valueName", 60), _text(code, "value", 60)) for code in element.findall(f"{CAP}geocode"))
    polygons = tuple(_corners(part.text or "") for part in element.findall(f"{CAP}polygon"))
    circles = tuple(_circle(part.text or "") for part in element.findall(f"{CAP}circle"))
    return Area(_text(element, "areaDesc", 2000), tuple(p for p in polygons if len(p) >= 3), circles, geocodes)


def _corners(text: str) -> tuple[tuple[float, float], ...]:
    return tuple(_point(pair) for pair in text.split()[:MOST_CORNERS])


def _circle(text: str) -> tuple[float, float, float]:
    try:
        centre, radius = text.split()
        radius_km = float(radius)
    except ValueError as error:
        raise Unreadable(f"no circle: {text[:40]!r}") from error
    if not 0 <= radius_km <= 20_000:
        raise Unreadable(f"no circle: {text[:40]!r}")
    return (*_point(centre), radius_km)


def _point(pair: str) -> tuple[float, float]:
    try:
        lat, lon = (float(part) for part in pair.split(","))
    except ValueError as error:
        raise Unreadable(f"no point: {pair[:40]!r}") from error
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise Unreadable(f"no point on the globe: {pair[:40]!r}")
    return lat, lon


def _text(element: Element, name: str, most: int = LONGEST) -> str:
    return clean(element.findtext(f"{CAP}{name}") or "", most)


def clean(text: str, most: int = LONGEST) -> str:
    return re.sub(r"[\x00-\x1f\x7f]+", " ", str(text)).strip()[:most]


def read_index(data: bytes) -> list[Entry]:
    """The alerts that an RSS or Atom index points to. Raises Unreadable."""
    root = parse(data)
    if root.tag == "rss":
        found = [Entry(clean(item.findtext("link") or "", 300), clean(item.findtext("pubDate") or "", 120)) for item in root.iter("item")]
    elif root.tag == f"{ATOM}feed":
        found = [_atom_entry(entry) for entry in root.iter(f"{ATOM}entry")]
    else:
        raise Unreadable("neither RSS nor Atom")
    return [entry for entry in found if entry.link][:MOST_ENTRIES]


def _atom_entry(entry: Element) -> Entry:
    links = [link for link in entry.findall(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"]
    link = next((link for link in links if link.get("type") == "application/cap+xml"), links[0] if links else None)
    return Entry(clean(link.get("href", ""), 300) if link is not None else "", clean(entry.findtext(f"{ATOM}updated") or "", 120))


def read_quakes(data: bytes) -> list[Quake]:
    """`autogempa`, `gempaterkini` or `gempadirasakan` as JSON, newest first; what can't be read among others is left out.

    Raises Unreadable when nothing can be read.
    """
    try:
        rows = json.loads(data)["Infogempa"]["gempa"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unreadable("no Infogempa") from error
    found, wrong = [], None
    for row in (rows if isinstance(rows, list) else [rows])[:50]:
        try:
            found.append(_quake(row))
        except Unreadable as error:
            wrong = error
    if wrong is not None and not found:
        raise wrong
    return found


def _quake(row: Any) -> Quake:
    if not isinstance(row, dict):
        raise Unreadable("an earthquake is an object")
    lat, lon = _point(str(row.get("Coordinates", "")).replace(" ", ""))
    try:
        magnitude = float(row["Magnitude"])
    except (KeyError, ValueError, TypeError) as error:
        raise Unreadable("an earthquake without magnitude") from error
    if not -5 <= magnitude <= 12:
        raise Unreadable("an earthquake without magnitude")
    return Quake(
        moment(str(row.get("DateTime", ""))), lat, lon, magnitude, clean(row.get("Kedalaman", ""), 40), clean(row.get("Wilayah", ""), 200),
        clean(row.get("Potensi", ""), 300), clean(row.get("Dirasakan", ""), 1000), clean(row.get("Shakemap", ""), 200),
    )
