"""Figures: what came and what was decided each month, by type and sector, and how long each office took."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, _
from pendopo.http import url
from pendopo.kit.berkas import Berkas
from pendopo.kit.calendar import calendar_for
from pendopo.kit.places import find_place
from pendopo.kit.statistics import MOST_ROWS, Column, Filters, Row, StatisticView, Table, by_choice, by_kecamatan, by_year

from . import board
from .kind import READ, STATE
from .models import Izin, Jenis, Permohonan, Tahap

FIRST_YEAR = 2025
YEAR = by_year(FIRST_YEAR)
MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember")


def _types(db: Session, today: date) -> list[tuple[str, str]]:
    return [(code, name) for code, name in db.execute(select(Jenis.kode, Jenis.nama).where(Jenis.state == "berlaku").order_by(Jenis.nama))]


TYPE = by_choice("jenis", N_("Jenis izin"), _types)


def _bounds(db: Session, year: int | None) -> tuple[datetime, datetime]:
    zone = calendar_for(db).zone
    start = datetime(year or FIRST_YEAR, 1, 1, tzinfo=zone)
    return start.astimezone(UTC), datetime((year or FIRST_YEAR) + 1, 1, 1, tzinfo=zone).astimezone(UTC)


def _received(db: Session, filters: Filters) -> Any:
    start, end = _bounds(db, filters.year)
    query = select(Permohonan.submitted_at, Permohonan.kode, Berkas.state, Permohonan.berkas_id).join(Berkas, Berkas.id == Permohonan.berkas_id)
    query = query.where(Permohonan.submitted_at >= start, Permohonan.submitted_at < end)
    if filters["jenis"]:
        query = query.where(Permohonan.kode == filters["jenis"])
    return query


def monthly(db: Session, filters: Filters) -> Table:
    """In the manner of the monthly report to the ministry: came, issued, refused, deemed granted."""
    calendar = calendar_for(db)
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for at, _code, state, _id in db.execute(_received(db, filters)):
        month = counts[calendar.local(at).month]
        month["masuk"] += 1
        month["terbit"] += state in ("terbit", "dicabut")
        month["ditolak"] += state in ("ditolak", "ditolak_akhir")
        month["berjalan"] += STATE[state].open
    columns = [
        Column(N_("Bulan")),
        Column(N_("Masuk"), "angka", guarded=False),
        Column(N_("Terbit"), "angka", guarded=False),
        Column(N_("Ditolak"), "angka", guarded=False),
        Column(N_("Berjalan"), "angka", guarded=False),
    ]
    last = 12 if (filters.year or 0) < filters.today.year else filters.today.month
    return Table(
        columns, [Row((MONTHS[m - 1], *(counts[m][key] for key in ("masuk", "terbit", "ditolak", "berjalan"))), key=str(m)) for m in range(1, last + 1)]
    )


def monthly_rows(db: Session, filters: Filters, key: str) -> Table:
    calendar = calendar_for(db)
    month = int(key) if key.isascii() and key.isdigit() and len(key) < 3 else 0
    rows = [row for row in db.execute(_received(db, filters).order_by(Permohonan.submitted_at)) if calendar.local(row.submitted_at).month == month]
    return _applications(db, [row.berkas_id for row in rows[: MOST_ROWS + 1]])


def _applications(db: Session, ids: list[int]) -> Table:
    found = db.scalars(select(Permohonan).where(Permohonan.berkas_id.in_(ids)).order_by(Permohonan.submitted_at))
    rows = [
        Row(
            (row.berkas.register, row.jenis.nama, row.applicant_name, row.submitted_at.date(), _(STATE[row.berkas.state].title)),
            href=url("simponie:kerja.berkas", id=row.berkas_id),
        )
        for row in found
    ]
    return Table([Column(N_("Nomor")), Column(N_("Jenis izin")), Column(N_("Pemohon")), Column(N_("Masuk"), "tanggal"), Column(N_("Keadaan"))], rows)


def by_type(db: Session, filters: Filters) -> Table:
    """By type: how many came, and the share that was decided in time."""
    start, end = _bounds(db, filters.year)
    query = (
        select(Permohonan.kode, Permohonan.decided_at, Permohonan.deemed_at, Berkas.due_at, Berkas.stopped_at)
        .join(Berkas, Berkas.id == Permohonan.berkas_id)
        .where(Permohonan.submitted_at >= start, Permohonan.submitted_at < end)
    )
    names = dict(_types(db, filters.today))
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for code, decided, deemed, due, stopped in db.execute(query):
        counts[code]["masuk"] += 1
        counts[code]["diputus"] += decided is not None
        counts[code]["tepat"] += bool(decided is not None and deemed is None and due is not None and stopped is not None and stopped <= due)
        counts[code]["fiktif"] += deemed is not None
    columns = [
        Column(N_("Jenis izin")),
        Column(N_("Masuk"), "angka", guarded=False),
        Column(N_("Diputus"), "angka", guarded=False),
        Column(N_("Tepat waktu"), "angka", guarded=False),
        Column(N_("Dianggap dikabulkan"), "angka", guarded=False),
        Column(N_("Bagian tepat waktu"), "persen", of=(3, 2)),
    ]
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1]["masuk"], pair[0]))
    return Table(columns, [Row((names.get(code, code), c["masuk"], c["diputus"], c["tepat"], c["fiktif"], None), key=code) for code, c in ordered])


def by_type_rows(db: Session, filters: Filters, key: str) -> Table:
    start, end = _bounds(db, filters.year)
    ids = db.scalars(
        select(Permohonan.berkas_id)
        .where(Permohonan.kode == key[:20], Permohonan.submitted_at >= start, Permohonan.submitted_at < end)
        .order_by(Permohonan.submitted_at)
        .limit(MOST_ROWS + 1)
    )
    return _applications(db, list(ids))


def by_office(db: Session, filters: Filters) -> Table:
    """Working days that applications lay at each office: how many stages, days in all, stages past their plan."""
    start, end = _bounds(db, filters.year)
    calendar, names = calendar_for(db), board.office_names(db)
    query = select(Tahap.opd_id, Tahap.since, Tahap.until, Tahap.due_on).where(Tahap.since >= start, Tahap.since < end, Tahap.opd_id.is_not(None))
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for opd_id, since, until, due_on in db.execute(query):
        ended = until or filters_now(filters)
        counts[opd_id]["tahap"] += 1
        counts[opd_id]["hari"] += board.between(calendar, since, max(since, ended))
        counts[opd_id]["lewat"] += due_on is not None and calendar.local(ended).date() > due_on
    columns = [
        Column(N_("Perangkat daerah")),
        Column(N_("Tahap"), "angka", guarded=False),
        Column(N_("Hari kerja"), "angka", guarded=False),
        Column(N_("Lewat rencana"), "angka", guarded=False),
        Column(N_("Bagian lewat rencana"), "persen", of=(3, 1)),
    ]
    ordered = sorted(counts.items(), key=lambda pair: -pair[1]["hari"])
    return Table(columns, [Row((names.get(opd_id, ""), c["tahap"], c["hari"], c["lewat"], None)) for opd_id, c in ordered])


def filters_now(filters: Filters) -> datetime:
    return datetime.combine(filters.today, datetime.min.time(), UTC)


def by_place(db: Session, filters: Filters) -> Table:
    """Issued permits by kecamatan."""
    query = select(Izin.desa_code).where(
        Izin.issued_on >= date(filters.year or FIRST_YEAR, 1, 1), Izin.issued_on <= date(filters.year or FIRST_YEAR, 12, 31), Izin.desa_code.is_not(None)
    )
    if filters["jenis"]:
        query = query.where(Izin.kode == filters["jenis"])
    counts = Counter(code[:8] for code in db.scalars(query))
    if filters.kecamatan:
        counts = Counter({code: count for code, count in counts.items() if code == filters.kecamatan})
    rows = []
    for code, count in counts.most_common():
        place = find_place(code)
        rows.append(Row((place.name if place else code, count)))
    return Table([Column(N_("Kecamatan")), Column(N_("Izin terbit"), "angka")], rows)


VIEWS = [
    StatisticView(
        "bulanan",
        N_("Permohonan izin setiap bulan"),
        monthly,
        summary=N_("Masuk, terbit, ditolak, dan masih berjalan."),
        chart="line",
        filters=(YEAR, TYPE),
        drill=monthly_rows,
        drill_permission=READ,
    ),
    StatisticView(
        "jenis",
        N_("Permohonan menurut jenis izin"),
        by_type,
        summary=N_("Berapa yang diputus tepat waktu."),
        chart="bar",
        filters=(YEAR,),
        drill=by_type_rows,
        drill_permission=READ,
    ),
    StatisticView(
        "dinas",
        N_("Lama di setiap perangkat daerah"),
        by_office,
        summary=N_("Hari kerja permohonan berada di setiap perangkat daerah."),
        chart="bar",
        filters=(YEAR,),
    ),
    StatisticView("kecamatan", N_("Izin terbit menurut kecamatan"), by_place, chart="bar", filters=(YEAR, TYPE, by_kecamatan())),
]
