"""Public figures. Two indicators stand apart on purpose: *dijawab* (answered) and *terselesaikan di lapangan* (repaired)."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from pendopo import N_, _
from pendopo.http import url
from pendopo.identity import Opd, regency_day
from pendopo.kit.berkas import Berkas
from pendopo.kit.calendar import calendar_for
from pendopo.kit.dates import add_months
from pendopo.kit.places import find_place, place_name
from pendopo.kit.statistics import MOST_ROWS, Column, Filters, Row, StatisticView, Table, by_choice, by_kecamatan, by_year, share

from .categories import BY_CODE
from .kind import READ, STATE
from .listing import Filters as Wanted
from .listing import staff_reports
from .models import Laporan

REJECTED = ("ditolak_spam",)
FIRST_YEAR = 2025


def _counted(db: Session, first: date, after: date) -> Select[Any]:
    """Every report of the days from `first` until before `after` that was one: also those that wait, without rejected ones."""
    calendar = calendar_for(db)
    times = (Laporan.received_at >= calendar.at(first, time(0)), Laporan.received_at < calendar.at(after, time(0)))
    return select(Laporan).join(Berkas, Berkas.id == Laporan.berkas_id).where(*times, Berkas.state.not_in(REJECTED))


def totals(db: Session, *, now: datetime) -> dict[str, Any]:
    """Received, answered and repaired in the twelve months that end with this one; shares in per cent."""
    today = regency_day(now)
    year = _counted(db, add_months(today.replace(day=1), -11), add_months(today.replace(day=1), 1))
    columns = (func.count(), func.count(Laporan.answered_at), func.count(Laporan.finished_at))
    received, answered, finished = db.execute(year.with_only_columns(*columns, maintain_column_froms=True)).one()
    return {"received": received, "answered_share": share(answered, received), "finished_share": share(finished, received)}


# ------------------------------------------------------------------------------------------------------------------- tables


def _chosen(db: Session, filters: Filters) -> Select[Any]:
    """The reports of the chosen year, kecamatan and category."""
    first, after = (date(filters.year, 1, 1), date(filters.year + 1, 1, 1)) if filters.year else (date(FIRST_YEAR, 1, 1), date(filters.today.year + 1, 1, 1))
    query = _counted(db, first, after)
    if filters.kecamatan:
        query = query.where(Berkas.kecamatan_code == filters.kecamatan)
    return query.where(Laporan.service_code == filters["kategori"]) if filters["kategori"] else query


def _figure(title: str) -> Column:
    return Column(title, "angka", guarded=False)  # each of them stands in the public list anyway


def _progress(title: str) -> tuple[Column, ...]:
    """What a row of reports is, how many there are, and how far they came."""
    shares = (Column(N_("Dijawab (%)"), "persen", of=(2, 1)), Column(N_("Selesai (%)"), "persen", of=(3, 1)))
    return (Column(title), _figure(N_("Laporan")), _figure(N_("Dijawab")), _figure(N_("Selesai di lapangan")), *shares)


def _by(db: Session, filters: Filters, column: Any) -> list[tuple[Any, int, int, int]]:
    counts = (func.count(), func.count(Laporan.answered_at), func.count(Laporan.finished_at))
    query = _chosen(db, filters).where(column.is_not(None)).with_only_columns(column, *counts, maintain_column_froms=True)
    return [tuple(row) for row in db.execute(query.group_by(column).order_by(func.count().desc(), column))]  # type: ignore[misc]


def by_category(db: Session, filters: Filters) -> Table:
    rows = _by(db, filters, Laporan.service_code)
    return Table(_progress(N_("Kategori")), [Row((_(BY_CODE[code].title) if code in BY_CODE else code, *n, None, None), key=code) for code, *n in rows])


def by_kecamatan_of_report(db: Session, filters: Filters) -> Table:
    rows = [((find_place(code), code), n) for code, *n in _by(db, filters, Berkas.kecamatan_code)]
    return Table(_progress(N_("Kecamatan")), [Row((place.name if place else code, *n, None, None), key=code) for (place, code), n in rows])


def by_desa(db: Session, filters: Filters) -> Table:
    rows = _by(db, filters, Laporan.desa_code)
    return Table(_progress(N_("Desa")), [Row((place_name(code) or code, *n, None, None), key=code) for code, *n in rows])


def by_month(db: Session, filters: Filters) -> Table:
    """Received, answered and repaired, each in the month in which it happened."""
    year = filters.year or filters.today.year
    found: list[Counter[int]] = []
    for column in (Laporan.received_at, Laporan.answered_at, Laporan.finished_at):
        moments = db.scalars(_chosen(db, filters).where(column.is_not(None)).with_only_columns(column, maintain_column_froms=True))
        days = (regency_day(moment) for moment in moments)
        found.append(Counter(day.month for day in days if day.year == year))
    last = filters.today.month if year == filters.today.year else 12
    rows = [Row((date(year, month, 1), *(counts[month] for counts in found))) for month in range(1, last + 1)]
    return Table((Column(N_("Bulan"), "bulan"), _figure(N_("Masuk")), _figure(N_("Dijawab")), _figure(N_("Selesai di lapangan"))), rows)


def by_opd(db: Session, filters: Filters) -> Table:
    """How each office does with what was published: answered, repaired, and in time of what was done or is due."""
    now = calendar_for(db).at(filters.today, time(0))
    in_time = case((Laporan.finished_at <= Laporan.class_due_at, 1), else_=0)
    judged = case(((Laporan.class_due_at < now) | Laporan.finished_at.is_not(None), 1), else_=0)
    counts = (func.count(), func.count(Laporan.answered_at), func.count(Laporan.finished_at), func.sum(in_time), func.sum(judged))
    query = _chosen(db, filters).join(Opd, Opd.id == Berkas.opd_id).where(Laporan.published_at.is_not(None))
    found = db.execute(query.with_only_columns(Opd.name, *counts, maintain_column_froms=True).group_by(Opd.name).order_by(func.count().desc(), Opd.name))
    columns = (*_progress(N_("Perangkat daerah")), Column(N_("Tepat waktu (%)"), "persen"))
    rows = [(name, received, answered, finished, None, None, share(soon or 0, due or 0)) for name, received, answered, finished, soon, due in found]
    return Table(columns, rows)


def reports_behind(db: Session, filters: Filters, key: str) -> Table:
    """The reports that a row counts, as far as this officer may see them."""
    place = {8: "kecamatan", 13: "desa"}.get(len(key)) if find_place(key) else None
    chosen = _chosen(db, filters).with_only_columns(Laporan.berkas_id, maintain_column_froms=True)
    wanted = Wanted(**{place or "category": key})
    mine = staff_reports(filters.actor, wanted, now=calendar_for(db).at(filters.today, time(0))).where(Laporan.berkas_id.in_(chosen))
    columns = (Column(N_("Laporan")), Column(N_("Desa")), Column(N_("Masuk"), "tanggal"), Column(N_("Status")))
    return Table(
        columns,
        [
            Row(
                (f"{row.berkas.register} {row.title}", place_name(row.desa_code) or "", regency_day(row.received_at), _(STATE[row.berkas.state].title)),
                href=url("pelaporan:kerja.berkas", id=row.berkas_id),
            )
            for row in db.scalars(mine.order_by(Laporan.received_at.desc()).limit(MOST_ROWS + 1)).unique()
        ],
        total=False,
    )


def views() -> list[StatisticView]:
    year, place = by_year(FIRST_YEAR, all=N_("Semua tahun")), by_kecamatan()
    category = by_choice("kategori", N_("Kategori"), lambda db, today: [(code, one.title) for code, one in BY_CODE.items()], all=N_("Semua kategori"))
    rows: dict[str, Any] = {"drill": reports_behind, "drill_permission": READ, "source": N_("Laporan warga, tanpa yang ditolak; identitas pelapor tidak ikut.")}
    apart = N_("Dijawab dan terselesaikan dihitung terpisah: jawaban belum berarti perbaikan.")
    return [
        StatisticView("kategori", N_("Laporan menurut kategori"), by_category, apart, filters=(year, place), **rows),
        StatisticView(
            "bulan", N_("Laporan setiap bulan"), by_month, apart, chart="line", filters=(by_year(FIRST_YEAR), place, category), source=rows["source"]
        ),
        StatisticView("kecamatan", N_("Laporan menurut kecamatan"), by_kecamatan_of_report, apart, filters=(year, category), **rows),
        StatisticView("desa", N_("Laporan menurut desa"), by_desa, apart, chart="none", filters=(year, place, category), **rows),
        StatisticView(
            "perangkat-daerah", N_("Kinerja perangkat daerah"), by_opd, N_("Tepat waktu: dari yang selesai atau jatuh tempo."), filters=(year, category),
            source=rows["source"],
        ),
    ]
