"""Labour figures: what stands at the door, tables with charts, open data, and the report for the ministry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from pendopo import N_, _
from pendopo.http import url
from pendopo.kit.places import find_place, kecamatan_list, place_name
from pendopo.kit.statistics import MOST_ROWS, Column, Filters, Row, StatisticView, Table, by_kecamatan, by_year

from . import kbji, rules
from .cards import where_status, where_usable
from .kind import READ
from .models import Kartu, Lowongan, Minat, Pencari, Penempatan
from .options import number

FIRST_YEAR = 2025
SMALLEST = 5  # fewer people than that are not told to the public
MINISTRY = ("kecamatan", "jenis_kelamin", "kelompok_umur", "pendidikan", "terdaftar", "masih_mencari", "ditempatkan", "penyandang_disabilitas")


def headline(db: Session, on: date) -> dict[str, int]:
    """Three figures for the door: who looks for work, open places, who found work this year."""
    looking = db.scalar(select(func.count()).select_from(Kartu).where(where_usable(on, number(db, "tenggang_hari", on)))) or 0
    wanted = Lowongan.jumlah + Lowongan.jumlah_l + Lowongan.jumlah_p
    places = db.scalar(select(func.sum(wanted)).where(Lowongan.status == "terbit", Lowongan.penutupan >= on)) or 0
    placed = db.scalar(select(func.count()).select_from(Penempatan).where(Penempatan.mulai >= date(on.year, 1, 1))) or 0
    return {"looking": looking, "places": int(places), "placed": placed}


def _in_year(query: Any, column: Any, year: int | None) -> Any:
    return query.where(column >= date(year, 1, 1), column < date(year + 1, 1, 1)) if year else query


def _cards(filters: Filters) -> Any:
    """Cards issued in the chosen year and place; one for each person, so replacements don't count twice."""
    query = select(Kartu).join(Pencari, Pencari.id == Kartu.pencari_id).where(Kartu.live_of.is_not(None))
    query = _in_year(query, Kartu.issued_on, filters.year)
    return query.where(Pencari.kecamatan_code == filters.kecamatan) if filters.kecamatan else query


def _pairs(db: Session, filters: Filters, column: Any) -> Counter[tuple[Any, str]]:
    rows = db.execute(_cards(filters).with_only_columns(column, Pencari.jk, func.count(), maintain_column_froms=True).group_by(column, Pencari.jk)).all()
    return Counter({(value, sex): count for value, sex, count in rows})


SEXES = (Column(N_("Laki-laki"), "angka"), Column(N_("Perempuan"), "angka"))


def _by_sex(title: str, names: Iterable[tuple[Any, str]], counts: Counter[tuple[Any, str]]) -> Table:
    rows = [Row((name, counts[key, "L"], counts[key, "P"]), key=str(key)) for key, name in names if counts[key, "L"] + counts[key, "P"]]
    return Table((Column(title), *(Column(_(c.title), "angka") for c in SEXES)), rows, across=_("Jumlah"))


def by_place(db: Session, filters: Filters) -> Table:
    return _by_sex(_("Kecamatan"), [(place.code, place.name) for place in kecamatan_list()], _pairs(db, filters, Pencari.kecamatan_code))


def by_level(db: Session, filters: Filters) -> Table:
    return _by_sex(_("Pendidikan"), [(code, _(title)) for code, title in rules.LEVELS.items()], _pairs(db, filters, Pencari.jenjang))


def by_age(db: Session, filters: Filters) -> Table:
    born = db.execute(_cards(filters).with_only_columns(Pencari.tanggal_lahir, Pencari.jk, maintain_column_froms=True)).all()
    counts: Counter[tuple[Any, str]] = Counter((rules.age_group(rules.age_on(day, filters.today)), sex) for day, sex in born)
    return _by_sex(_("Kelompok umur"), [(group, group) for group in rules.AGE_GROUPS], counts)


def by_status(db: Session, filters: Filters) -> Table:
    rows = []
    for status, title in rules.STATUS.items():
        query = _cards(filters).where(where_status(status, filters.today)).with_only_columns(func.count(), maintain_column_froms=True)
        rows.append(Row((_(title), db.scalar(query) or 0), key=status, href=url("kartukuning:kerja.cards", status=status)))
    return Table((Column(_("Status kartu")), Column(_("Kartu"), "angka")), rows)


def by_month(db: Session, filters: Filters) -> Table:
    """Cards issued and people placed, month by month of the chosen year."""
    year = filters.year or filters.today.year
    issued = _months(db.scalars(_in_year(select(Kartu.issued_on).where(Kartu.replaces_id.is_(None)), Kartu.issued_on, year)))
    placed = _months(db.scalars(_in_year(select(Penempatan.mulai), Penempatan.mulai, year)))
    last = filters.today.month if year == filters.today.year else 12
    rows = [Row((date(year, month, 1), issued[month], placed[month])) for month in range(1, last + 1)]
    return Table((Column(_("Bulan"), "bulan"), Column(_("Kartu terbit"), "angka"), Column(_("Penempatan"), "angka")), rows)


def _months(days: Iterable[date]) -> Counter[int]:
    return Counter(day.month for day in days)


def by_occupation(db: Session, filters: Filters) -> Table:
    """What is wished for and what is offered, by major group: where people and places miss each other."""
    group = func.substr(Minat.kbji, 1, 1)
    looking = where_usable(filters.today, number(db, "tenggang_hari", filters.today))
    wishes = dict(
        db.execute(
            select(group, func.count(func.distinct(Minat.pencari_id))).join(Kartu, Kartu.live_of == Minat.pencari_id).where(looking).group_by(group)
        ).all()
    )
    wanted = func.sum(Lowongan.jumlah + Lowongan.jumlah_l + Lowongan.jumlah_p)
    field = func.substr(Lowongan.kbji, 1, 1)
    places = dict(db.execute(select(field, wanted).where(Lowongan.status == "terbit", Lowongan.penutupan >= filters.today).group_by(field)).all())
    rows = [Row((_(title), int(wishes.get(code, 0)), int(places.get(code, 0)))) for code, title in kbji.GROUPS.items()]
    return Table(
        (Column(_("Golongan jabatan")), Column(_("Peminat"), "angka", adds=False), Column(_("Tempat tersedia"), "angka", guarded=False)), rows, total=False
    )


def people_behind(db: Session, filters: Filters, key: str) -> Table:
    """The cards that a row counts, for officers."""
    column = Pencari.jenjang if key in rules.LEVELS else Pencari.kecamatan_code
    rows = db.scalars(_cards(filters).where(column == key).order_by(Pencari.nama).limit(MOST_ROWS + 1)).unique().all()
    columns = (Column(_("Nama")), Column(_("Nomor kartu")), Column(_("Pendidikan")), Column(_("Desa")), Column(_("Berlaku sampai"), "tanggal"))
    return Table(
        columns,
        [
            Row(
                (card.pencari.nama, card.nomor, card.pencari.jenjang, place_name(card.pencari.desa_code), card.valid_until),
                href=url("kartukuning:kerja.card", id=card.id),
            )
            for card in rows
        ],
        total=False,
    )


_SOURCE = N_("Kartu AK/1 yang diterbitkan Disnakertrans")


def views() -> list[StatisticView]:
    year, place = by_year(FIRST_YEAR, all=N_("Semua tahun")), by_kecamatan()
    return [
        StatisticView(
            "pencari-kecamatan",
            N_("Pencari kerja menurut kecamatan"),
            by_place,
            N_("Pemegang kartu menurut tempat tinggal."),
            chart="stacked",
            filters=(year,),
            drill=people_behind,
            drill_permission=READ,
            source=_SOURCE,
        ),
        StatisticView(
            "pencari-pendidikan",
            N_("Pencari kerja menurut pendidikan"),
            by_level,
            N_("Pendidikan terakhir pemegang kartu."),
            chart="stacked",
            filters=(year, place),
            drill=people_behind,
            drill_permission=READ,
            source=_SOURCE,
        ),
        StatisticView(
            "pencari-umur",
            N_("Pencari kerja menurut umur"),
            by_age,
            N_("Umur pemegang kartu hari ini."),
            chart="stacked",
            filters=(year, place),
            source=_SOURCE,
        ),
        StatisticView(
            "kartu-bulanan",
            N_("Kartu terbit dan penempatan tiap bulan"),
            by_month,
            N_("Puncaknya setelah kelulusan, Mei dan Juni."),
            chart="line",
            filters=(by_year(FIRST_YEAR),),
            source=_SOURCE,
        ),
        StatisticView(
            "jabatan",
            N_("Peminat dan lowongan menurut jabatan"),
            by_occupation,
            N_("Di mana peminat dan tempat kerja bertemu."),
            source=N_("Minat pemegang kartu dan lowongan yang terbit"),
        ),
        StatisticView(
            "kartu-status",
            N_("Kartu menurut status"),
            by_status,
            N_("Aktif, perlu lapor, bekerja, kedaluwarsa."),
            permission=READ,
            filters=(year, place),
            source=_SOURCE,
        ),
    ]


# ------------------------------------------------------------------------------------------------------ taken away as CSV


def open_rows(db: Session) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Cards by month, education and sex; a cell with fewer than five people says so instead."""
    rows = db.execute(
        select(Kartu.issued_on, Pencari.jenjang, Pencari.jk).join(Pencari, Pencari.id == Kartu.pencari_id).where(Kartu.replaces_id.is_(None))
    ).all()
    counts = Counter((f"{day:%Y-%m}", level, sex) for day, level, sex in rows)
    lines = [(*key, count if count >= SMALLEST else f"<{SMALLEST}") for key, count in sorted(counts.items())]
    return ("bulan", "pendidikan", "jenis_kelamin", "kartu_terbit"), lines


def vacancy_rows(db: Session) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    header = ("id", "judul", "kbji", "perusahaan", "pendidikan", "jumlah", "upah_min", "upah_maks", "wilayah", "kecamatan", "terbit", "penutupan", "status")
    rows = db.scalars(select(Lowongan).where(Lowongan.published_at.is_not(None), Lowongan.status.in_(("terbit", "ditutup"))).order_by(Lowongan.id)).unique()
    lines = []
    for row in rows:
        place = find_place(row.kecamatan_code)
        lines.append(
            (
                row.id,
                row.judul,
                row.kbji,
                row.pemberi.nama,
                row.jenjang,
                row.wanted,
                row.upah_min,
                row.upah_maks,
                row.lokasi,
                place.name if place else "",
                row.published_at.date(),
                row.penutupan,
                row.status,
            )
        )
    return header, lines


def ministry_rows(db: Session, start: date, end: date, on: date) -> list[tuple[Any, ...]]:
    """Registered, still looking, placed, in a period: one line for each kecamatan, sex, age and education that occurs."""
    columns = (Pencari.id, Pencari.kecamatan_code, Pencari.jk, Pencari.tanggal_lahir, Pencari.jenjang, Pencari.disabilitas)
    looking = case((where_usable(on, number(db, "tenggang_hari", on)), 1), else_=0)
    placed = set(db.scalars(select(Penempatan.pencari_id).where(Penempatan.mulai.between(start, end))))
    query = select(*columns, looking).join(Kartu, Kartu.live_of == Pencari.id).where(Kartu.issued_on.between(start, end))
    sums: dict[tuple[str, ...], list[int]] = {}
    for person, code, sex, born, level, disability, is_looking in db.execute(query):
        place = find_place(code)
        line = sums.setdefault((place.name if place else "", sex, rules.age_group(rules.age_on(born, end)), level), [0, 0, 0, 0])
        for n, one in enumerate((1, is_looking, person in placed, bool(disability))):
            line[n] += int(one)
    return [(*key, *line) for key, line in sorted(sums.items())]
