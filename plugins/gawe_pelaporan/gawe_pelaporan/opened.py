"""Open data: published reports without anything that leads to a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from pendopo import _
from pendopo.kit.berkas import Berkas
from pendopo.kit.places import find_place, place_name

from .categories import BY_CODE
from .kind import STATE
from .models import Laporan
from .options import option
from .rules import public_position

MOST = 5000
HEADER = (
    "nomor",
    "kode_kategori",
    "kategori",
    "kelas",
    "keadaan",
    "desa_kode",
    "desa",
    "kecamatan",
    "lintang",
    "bujur",
    "diterima",
    "diteruskan",
    "dijawab",
    "selesai_di_lapangan",
    "batas",
    "prioritas",
    "dukungan",
    "panjang_km",
    "lebar_m",
)


def csv_rows(db: Session, query: Select[tuple[Laporan]], *, after: int = 0) -> tuple[tuple[str, ...], Iterator[list[Any]]]:
    """`(header, rows)` by number of row; `after` goes on behind a row that was read."""
    decimals = int(option(db, "desimal_rahasia"))
    rows = db.scalars(query.where(Laporan.berkas_id > after).order_by(Laporan.berkas_id).limit(MOST)).unique()
    return HEADER, (_row(row, decimals) for row in rows)


def _row(row: Laporan, decimals: int) -> list[Any]:
    berkas: Berkas = row.berkas
    kecamatan = find_place(berkas.kecamatan_code)
    position = public_position(row.lat, row.lon, private=row.private, decimals=decimals) or (None, None)
    return [
        berkas.register,
        row.service_code,
        _(BY_CODE[row.service_code].title),
        row.kelas,
        _(STATE[berkas.state].title),
        row.desa_code,
        place_name(row.desa_code),
        kecamatan.name if kecamatan else "",
        *position,
        row.received_at,
        row.published_at,
        row.answered_at,
        row.finished_at,
        row.class_due_at,
        row.priority,
        row.supports,
        row.road.km if row.road and not row.private else None,
        row.road.width_m if row.road and not row.private else None,
    ]
