"""What comes in through GeoReport v2, read and refused as the standard says. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pendopo import InvalidInput

from ..categories import BY_CODE, Category
from ..rules import KERUSAKAN, check_email, looks_swapped, parse_sta
from .documents import Attribute, Refused

STATUS = ("open", "closed")
PAGE_SIZE = 100

ROAD_ATTRIBUTES = (
    Attribute("panjang_km", "number", "Panjang kerusakan (km)", "0.001-50, titik sebagai koma", required=True),
    Attribute("lebar_m", "number", "Lebar jalan (m)", "1-30"),
    Attribute("jenis", "singlevaluelist", "Jenis kerusakan", values=tuple(KERUSAKAN.items())),
    Attribute("kedalaman_cm", "number", "Kedalaman (cm)", "1-500"),
    Attribute("sta_awal", "string", "STA awal", "2+350"),
    Attribute("sta_akhir", "string", "STA akhir", "3+850"),
    Attribute("no_ruas", "string", "Nomor ruas"),
)
DANGER_ATTRIBUTES = (
    Attribute("korban", "singlevaluelist", "Ada korban?", values=(("ya", "Ya"), ("tidak", "Tidak"))),
    Attribute("akses_putus", "singlevaluelist", "Akses terputus?", values=(("ya", "Ya"), ("tidak", "Tidak"))),
    Attribute("jalur_sekolah", "singlevaluelist", "Jalur sekolah atau puskesmas?", values=(("ya", "Ya"), ("tidak", "Tidak"))),
)


def attributes_of(category: Category) -> tuple[Attribute, ...]:
    return (*(ROAD_ATTRIBUTES if category.road else ()), *(DANGER_ATTRIBUTES if category.responsive else ()))


# ------------------------------------------------------------------------------------------------------ asking for reports


@dataclass(frozen=True)
class Wanted:
    """Filters of `GET requests`. `ids` wins over everything else, as the standard says."""

    ids: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    status: tuple[str, ...] = ()
    page: int = 1
    page_size: int = PAGE_SIZE
    extensions: bool = False


def _list(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip()))[:100]


def read_time(text: str, name: str, zone: ZoneInfo) -> datetime:
    """A W3C date or time; without an offset it is the regency's clock. Raises Refused."""
    clean = text.strip().replace(" ", "+")  # a plus sign that nobody escaped
    try:
        moment = datetime.fromisoformat(clean)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused(400, f"{name} is not an ISO 8601 time") from error


def _whole(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and int(text[:9]) >= 1 and len(text) < 10):
        raise Refused(400, f"{name} must be a whole number from 1")
    return min(int(text), most)


def wanted(query: Mapping[str, str], *, now: datetime, zone: ZoneInfo, span_days: int, most: int) -> Wanted:
    """Read the filters. Without dates: the last `span_days`. A wider span is cut to `span_days`, as the standard lets servers do.

    Raises Refused (400) for what can't be read.
    """
    codes = _list(query.get("service_code"))
    status = tuple(part.lower() for part in _list(query.get("status")))
    if unknown := [part for part in status if part not in STATUS]:
        raise Refused(400, f"status must be open or closed, not {unknown[0][:40]}")
    times = {name: read_time(query[name], name, zone) for name in ("start_date", "end_date", "updated_after", "updated_before") if query.get(name)}
    start, end = times.get("start_date"), times.get("end_date")
    span = timedelta(days=span_days)
    if start and end and start > end:
        raise Refused(400, "start_date lies after end_date")
    try:
        if not _list(query.get("service_request_id")) and not ({"updated_after", "updated_before"} & set(times)):
            if start is None:
                start = (end or now) - span
            if end is None or end - start > span:
                end = min(start + span, end) if end else start + span
    except OverflowError as error:
        raise Refused(400, "start_date or end_date is out of range") from error
    return Wanted(
        _list(query.get("service_request_id")),
        codes,
        start,
        end,
        times.get("updated_after"),
        times.get("updated_before"),
        status,
        _whole(query, "page", 1, 10_000),
        _whole(query, "page_size", min(PAGE_SIZE, most), most),
        query.get("extensions", "") in ("true", "1"),
    )


# ------------------------------------------------------------------------------------------------------- sending a report


@dataclass
class Sent:
    """A report that came through `POST requests`, checked."""

    category: Category
    title: str
    description: str
    lat: float | None = None
    lon: float | None = None
    address: str = ""
    address_id: str = ""
    media_url: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    road: dict[str, object] | None = None
    casualties: bool = False
    access_cut: bool = False
    school_route: bool = False
    wrong: list[str] = field(default_factory=list)


_ATTRIBUTE = re.compile(r"attribute\[(\w{1,40})\](?:\[\])?")


def sent(form: Mapping[str, str]) -> Sent:
    """Read the fields of a new report. Raises Refused with every fault at once: 404 for the service, 400 for the rest."""
    code = form.get("service_code", "").strip()
    if not code:
        raise Refused(400, "service_code was not provided")
    if code not in BY_CODE:
        raise Refused(404, "service_code was not found")
    description = form.get("description", "").strip().replace("\r\n", "\n")
    report = Sent(BY_CODE[code], _title_of(description, BY_CODE[code]), description)
    if not 20 <= len(description) <= 2000:
        report.wrong.append("description must have 20 to 2000 characters")
    _read_place(report, form)
    _read_contact(report, form)
    given = {match[1]: str(value).strip() for key, value in form.items() if (match := _ATTRIBUTE.fullmatch(key)) and str(value).strip()}
    _read_attributes(report, given)
    if report.wrong:
        raise Refused(400, *report.wrong)
    return report


def _title_of(description: str, category: Category) -> str:
    """The first sentence, or the category's name."""
    first = re.split(r"(?<=[.!?])\s|\n", description.strip(), maxsplit=1)[0].strip()
    return first[:117] + "..." if len(first) > 120 else first or category.title


def _read_place(report: Sent, form: Mapping[str, str]) -> None:
    lat, lon = form.get("lat", "").strip(), form.get("long", "").strip()
    report.address, report.address_id = form.get("address_string", "").strip()[:300], form.get("address_id", "").strip()[:20]
    if lat or lon:
        try:
            report.lat, report.lon = float(lat), float(lon)
        except ValueError:
            report.wrong.append("lat and long must both be numbers")
            return
        if looks_swapped(report.lat, report.lon):
            report.wrong.append("lat and long are exchanged")
        elif not (-90 <= report.lat <= 90 and -180 <= report.lon <= 180):
            report.wrong.append("lat or long is out of range")
    elif not report.address and not report.address_id:
        report.wrong.append("one of lat & long, address_string or address_id is required")


def _read_contact(report: Sent, form: Mapping[str, str]) -> None:
    report.name = " ".join(part for part in (form.get("first_name", "").strip(), form.get("last_name", "").strip()) if part)[:120]
    report.email = form.get("email", "").strip()
    if report.email:
        try:
            check_email(report.email)
        except InvalidInput:
            report.wrong.append("email is not an address")
    report.phone = form.get("phone", "").strip()[:20]
    report.media_url = form.get("media_url", "").strip()
    if report.media_url:
        try:
            parts = urlsplit(report.media_url)
            fine = parts.scheme in ("http", "https") and bool(parts.hostname) and len(report.media_url) <= 500
        except ValueError:
            fine = False
        if not fine:
            report.wrong.append("media_url must be an http(s) address of at most 500 characters")


def number(text: str, low: str, high: str, places: int) -> Decimal | None:
    """A number within bounds, or None."""
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    if not value.is_finite() or not Decimal(low) <= value <= Decimal(high) or -value.as_tuple().exponent > places:
        return None
    return value


def _read_attributes(report: Sent, given: dict[str, str]) -> None:
    known = {attribute.code for attribute in attributes_of(report.category)}
    report.wrong += [f"attribute[{name}] is not part of this service" for name in given if name not in known]
    for slug, name in (("korban", "casualties"), ("akses_putus", "access_cut"), ("jalur_sekolah", "school_route")):
        setattr(report, name, given.get(slug, "").lower() in ("ya", "true", "1"))
    if not report.category.road:
        return
    bounds = {"panjang_km": ("0.001", "50", 3), "lebar_m": ("1", "30", 2), "kedalaman_cm": ("1", "500", 0)}
    road: dict[str, object] = {}
    for name, bound in bounds.items():
        if name in given:
            value = number(given[name], *bound)
            if value is None:
                report.wrong.append(f"attribute[{name}] must be a number from {bound[0]} to {bound[1]}")
            road[name] = value
    if "panjang_km" not in given:
        report.wrong.append("attribute[panjang_km] is required")
    road["jenis"] = given.get("jenis", "lubang")
    if road["jenis"] not in KERUSAKAN:
        report.wrong.append("attribute[jenis] is not one of the listed values")
    for name in ("sta_awal", "sta_akhir"):
        road[name] = given.get(name, "")
        if road[name]:
            try:
                parse_sta(given[name])
            except InvalidInput:
                report.wrong.append(f"attribute[{name}] is written like 2+350")
    road["no_ruas"] = given.get("no_ruas", "")[:20]
    report.road = road
