"""SPPT data from a CSV file: every row is checked on its own, what is right goes in by thousands, what is refused is
reported with its line and reasons.

Rows are read in parts; each part is one transaction together with how far the file was read, so that an import that was
cut off goes on where it stopped and takes nothing twice.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from pendopo import N_, InvalidInput, _
from pendopo.db import insert_into
from pendopo.identity import nik_lookup
from pendopo.kit.places import find_place, kecamatan_list

from .models import SPPT, Impor, ImporTolak, Objek, WajibPajak
from .nop import desa_of
from .options import desa_numbers, first_day, option, pbb_due
from .rules import percent_of
from .tariffs import NoTariff, Table, rates_on

CHUNK = 5000
REQUIRED = ("nop", "tahun", "nama", "alamat_objek", "luas_bumi", "njop_bumi_m2", "luas_bangunan", "njop_bangunan_m2", "pokok")
OPTIONAL = ("npwpd", "alamat_wp", "kelas_bumi", "kelas_bangunan", "peruntukan", "njoptkp", "jatuh_tempo", "status")
MOST_MONEY = 10**15
_NOISE = str.maketrans("", "", " .-/")
_NIK = re.compile(r"\d{16}")


@dataclass
class Row:
    """A checked row. `line` is its number in the file; the header is line 1."""

    line: int
    nop: str
    tahun: int
    nama: str
    npwpd: str
    alamat_wp: str
    alamat: str
    desa_code: str
    luas_bumi: int
    njop_bumi_m2: int
    luas_bangunan: int
    njop_bangunan_m2: int
    kelas_bumi: str
    kelas_bangunan: str
    peruntukan: str
    njoptkp: int
    pokok: int
    jatuh_tempo: date
    lunas: bool

    @property
    def kunci(self) -> str:
        """NPWPD, else a keyed hash of the nik in its column (the nik itself is kept nowhere), else of name and address."""
        if _NIK.fullmatch(self.npwpd):
            return "k:" + nik_lookup(self.npwpd)[:60]
        return self.npwpd or key_of(self.nama, self.alamat_wp)

    @property
    def shown_npwpd(self) -> str | None:
        return None if not self.npwpd or _NIK.fullmatch(self.npwpd) else self.npwpd


def key_of(name: str, address: str) -> str:
    plain = f"{name}|{address}".casefold()
    return "n:" + hashlib.sha256(" ".join(plain.split()).encode()).hexdigest()[:40]


@dataclass
class Refused:
    line: int
    nop: str
    reasons: list[str]


@dataclass
class Rules:
    """What rows are checked against, read once."""

    regency: str
    desa: dict[str, str]
    latest: int
    tables: dict[int, Table] = field(default_factory=dict)
    due: dict[int, date] = field(default_factory=dict)
    rounding: dict[int, int] = field(default_factory=dict)
    _desa_of: dict[str, str] = field(default_factory=dict)

    def desa_code(self, nop: str) -> str:
        if nop[:10] not in self._desa_of:
            code = desa_of(nop, self.desa)
            self._desa_of[nop[:10]] = code if find_place(code) else ""
        return self._desa_of[nop[:10]]

    def for_year(self, db: Session, year: int) -> None:
        if year not in self.due:
            self.tables[year], self.due[year] = rates_on(db, first_day(year)), pbb_due(db, year)
            self.rounding[year] = int(option(db, "pembulatan", first_day(year)))


def rules_for(db: Session, now: datetime) -> Rules:
    regency = next((place.bps[:4] for place in kecamatan_list() if place.bps), "")
    return Rules(regency, desa_numbers(db), now.year + 1)


# ---------------------------------------------------------------------------------------------------------- reading a row


def decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def open_table(text: str) -> tuple[list[str], Iterator[list[str]]]:
    """`(header, rows)`; comma, semicolon or tab. Raises InvalidInput when a needed column is missing."""
    first = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [name.strip().lower().replace(" ", "_") for name in next(reader, [])]
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        raise InvalidInput(N_("Kolom ini tidak ada di baris pertama: %(names)s."), field="file", names=", ".join(missing))
    return header, reader


def _whole(text: str) -> int | None:
    """Digits, with points between thousands or not. None for anything else."""
    text = text.strip().replace(".", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 16 else None


NUMBERS = (
    ("luas_bumi", N_("luas bumi"), 10**8),
    ("njop_bumi_m2", N_("NJOP bumi"), 10**9),
    ("luas_bangunan", N_("luas bangunan"), 10**8),
    ("njop_bangunan_m2", N_("NJOP bangunan"), 10**9),
    ("pokok", N_("pokok pajak"), MOST_MONEY),
)


def check_row(line: int, cells: dict[str, str], rules: Rules) -> Row | Refused:
    """A row as values, or everything that is wrong with it."""
    wrong: list[str] = []
    nop = cells["nop"].translate(_NOISE)
    shown = nop if len(nop) <= 40 else nop[:40]
    desa = ""
    if not (len(nop) == 18 and nop.isascii() and nop.isdigit()):
        wrong.append(_("NOP tidak 18 angka"))
    elif not nop.startswith(rules.regency):
        wrong.append(_("NOP dari kabupaten lain"))
    elif not (desa := rules.desa_code(nop)):
        wrong.append(_("desa dalam NOP tidak dikenal"))
    tahun = _whole(cells["tahun"])
    if tahun is None or not 1994 <= tahun <= rules.latest:
        wrong.append(_("tahun di luar rentang"))
    nama, npwpd = cells["nama"].strip(), cells.get("npwpd", "").strip()
    if not nama or len(nama) > 120:
        wrong.append(_("nama kosong atau terlalu panjang"))
    if len(npwpd) > 30:
        wrong.append(_("NPWPD terlalu panjang"))
    figures = {}
    for name, title, most in NUMBERS:
        figure = _whole(cells[name])
        if figure is None or figure > most:
            wrong.append(_("%(what)s bukan bilangan bulat") % {"what": _(title)})
        else:
            figures[name] = figure
    peruntukan = cells.get("peruntukan", "").strip().lower() or "umum"
    if peruntukan not in ("umum", "pangan"):
        wrong.append(_("peruntukan harus umum atau pangan"))
    free = cells.get("njoptkp", "").strip()
    njoptkp = _whole(free) if free else 0
    if njoptkp is None:
        wrong.append(_("NJOPTKP bukan bilangan bulat"))
    due, typed = None, cells.get("jatuh_tempo", "").strip()
    if typed:
        try:
            due = date.fromisoformat(typed)
        except ValueError:
            wrong.append(_("jatuh tempo bukan tanggal (tulis 2026-08-31)"))
    status = cells.get("status", "").strip().lower()
    if status not in ("", "belum", "lunas"):
        wrong.append(_("status harus belum atau lunas"))
    if not wrong and (figures["luas_bangunan"] > 0) != (figures["njop_bangunan_m2"] > 0):
        wrong.append(_("luas dan NJOP bangunan harus ada bersama"))
    if not wrong and figures["pokok"] > figures["luas_bumi"] * figures["njop_bumi_m2"] + figures["luas_bangunan"] * figures["njop_bangunan_m2"]:
        wrong.append(_("pokok lebih besar daripada NJOP"))
    if wrong:
        return Refused(line, shown, wrong)
    return Row(
        line,
        nop,
        tahun,
        nama,
        npwpd,
        cells.get("alamat_wp", "").strip()[:200],
        cells["alamat_objek"].strip()[:200],
        desa,
        figures["luas_bumi"],
        figures["njop_bumi_m2"],
        figures["luas_bangunan"],
        figures["njop_bangunan_m2"],
        cells.get("kelas_bumi", "").strip()[:5],
        cells.get("kelas_bangunan", "").strip()[:5],
        peruntukan,
        njoptkp,
        figures["pokok"],
        due or date.min,
        status == "lunas",
    )


def checked(header: Sequence[str], rows: Iterator[list[str]], rules: Rules, *, skip: int = 0) -> Iterator[Row | Refused]:
    """Each row of the file from behind `skip` rows on; empty lines are passed over. The same object and year twice is refused."""
    width, seen = len(header), set()
    for number, cells in enumerate(row for row in rows if any(cell.strip() for cell in row)):
        line = number + 2
        if len(cells) != width:
            found: Row | Refused = Refused(line, (cells[0] if cells else "")[:18], [_("jumlah kolom tidak sama dengan baris pertama")])
        else:
            found = check_row(line, dict(zip(header, cells, strict=True)), rules)
        if isinstance(found, Row):
            if (found.nop, found.tahun) in seen:
                found = Refused(line, found.nop, [_("NOP dan tahun ini sudah ada di atas")])
            else:
                seen.add((found.nop, found.tahun))
        if number >= skip:
            yield found


# -------------------------------------------------------------------------------------------------------------- writing


def _upsert(db: Session, model: Any, rows: list[dict[str, Any]], key: str, changed: Sequence[str] = ()) -> None:
    statement = insert_into(db, model.__table__)  # the bare table: the ORM would group rows by their empty columns
    if changed:
        statement = statement.on_conflict_do_update(index_elements=[key], set_={name: statement.excluded[name] for name in changed})
    else:
        statement = statement.on_conflict_do_nothing()
    db.execute(statement, rows)


def enter_taxpayers(db: Session, rows: list[Row]) -> dict[str, int]:
    """Taxpayer ids by key; unknown ones are entered."""
    wanted = {row.kunci: row for row in rows}
    known = dict(db.execute(select(WajibPajak.kunci, WajibPajak.id).where(WajibPajak.kunci.in_(wanted))).all())
    fresh = [row for key, row in wanted.items() if key not in known]
    if fresh:
        new = [{"kunci": r.kunci, "npwpd": r.shown_npwpd, "nib": "", "nama": r.nama, "alamat": r.alamat_wp} for r in fresh]
        _upsert(db, WajibPajak, new, "kunci")
        known.update(db.execute(select(WajibPajak.kunci, WajibPajak.id).where(WajibPajak.kunci.in_([r.kunci for r in fresh]))).all())
    return known


OBJECT = ("wp_id", "alamat", "luas_bumi", "kelas_bumi", "njop_bumi_m2", "luas_bangunan", "kelas_bangunan", "njop_bangunan_m2", "peruntukan", "changed_at")


def take(db: Session, rows: list[Row], rules: Rules, *, now: datetime) -> list[Refused]:
    """Write checked rows in bulk; what has an SPPT of that year already is refused."""
    if not rows:
        return []
    refused: list[Refused] = []
    for year in {row.tahun for row in rows}:
        rules.for_year(db, year)
        nops = [row.nop for row in rows if row.tahun == year]
        there = set(db.scalars(select(SPPT.nop).where(SPPT.tahun == year, SPPT.berlaku, SPPT.nop.in_(nops))))
        refused += [Refused(row.line, row.nop, [_("SPPT tahun ini sudah ada")]) for row in rows if row.tahun == year and row.nop in there]
    lines = {one.line for one in refused}
    rows = [row for row in rows if row.line not in lines]
    if not rows:
        return refused
    taxpayers = enter_taxpayers(db, rows)
    latest: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: row.tahun):
        latest[row.nop] = row
    _upsert(db, Objek, [object_values(row, taxpayers, now) for row in latest.values()], "nop", OBJECT)
    db.execute(insert(SPPT.__table__), [sppt_values(row, taxpayers, rules, now) for row in rows])
    return refused


def object_values(row: Row, taxpayers: dict[str, int], now: datetime) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in OBJECT if name not in ("wp_id", "changed_at")}
    return {**values, "nop": row.nop, "wp_id": taxpayers[row.kunci], "desa_code": row.desa_code, "aktif": True, "asal": "", "changed_at": now}


def sppt_values(row: Row, taxpayers: dict[str, int], rules: Rules, now: datetime) -> dict[str, Any]:
    """The tax is as the file says. When our tariffs give the same, the percentages are kept too, and it can be explained."""
    njop = row.luas_bumi * row.njop_bumi_m2 + row.luas_bangunan * row.njop_bangunan_m2
    assessed = rate = ""
    try:
        a, b = rules.tables[row.tahun].rate("pbb_njkp", row.peruntukan, njop), rules.tables[row.tahun].rate("pbb", row.peruntukan, njop)
        if percent_of(max(0, njop - row.njoptkp), a.percent, b.percent, to=rules.rounding[row.tahun]) == row.pokok:
            assessed, rate = f"{a.percent:f}", f"{b.percent:f}"
    except NoTariff:
        assessed = rate = ""
    paid = row.lunas and row.pokok > 0
    return {
        "nop": row.nop, "tahun": row.tahun, "versi": 1, "berlaku": True, "wp_id": taxpayers[row.kunci], "nama": row.nama, "alamat": row.alamat_wp,
        "desa_code": row.desa_code, "luas_bumi": row.luas_bumi, "njop_bumi_m2": row.njop_bumi_m2, "luas_bangunan": row.luas_bangunan,
        "njop_bangunan_m2": row.njop_bangunan_m2, "peruntukan": row.peruntukan, "njop": njop, "njoptkp": row.njoptkp, "njkp_persen": assessed,
        "tarif_persen": rate, "pokok": row.pokok, "pengurangan": 0, "terutang": row.pokok, "terbit_at": now, "sebab": "", "ditegur": 0,
        "jatuh_tempo": rules.due[row.tahun] if row.jatuh_tempo == date.min else row.jatuh_tempo,
        "status": "lunas" if paid else "belum" if row.pokok else "nihil", "paid_at": now if paid else None, "dibayar": row.pokok if paid else 0, "ntpd": "",
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------------------ the whole


def parts(found: Iterator[Row | Refused], size: int = CHUNK) -> Iterator[list[Row | Refused]]:
    part: list[Row | Refused] = []
    for one in found:
        part.append(one)
        if len(part) >= size:
            yield part
            part = []
    if part:
        yield part


def take_part(db: Session, impor_id: int, part: list[Row | Refused], rules: Rules, *, now: datetime, started: float) -> None:
    """One part of a file, its report, and how far the file was read: all or nothing."""
    good = [one for one in part if isinstance(one, Row)]
    refused = [one for one in part if isinstance(one, Refused)] + take(db, good, rules, now=now)
    if refused:
        lines = [{"impor_id": impor_id, "baris": r.line, "nop": r.nop, "alasan": "; ".join(r.reasons)[:300]} for r in sorted(refused, key=lambda r: r.line)]
        db.execute(insert(ImporTolak), lines)
    spent = int((time.monotonic() - started) * 1000)
    counts = {
        "dibaca": Impor.dibaca + len(part),
        "diterima": Impor.diterima + len(part) - len(refused),
        "ditolak": Impor.ditolak + len(refused),
        "milidetik": spent,
    }
    db.execute(update(Impor).where(Impor.id == impor_id).values(**counts).execution_options(synchronize_session=False))


def import_text(db: Session, impor: Impor, text: str, *, now: datetime) -> Impor:
    """A whole file in the caller's transaction: for small files, commands and tests."""
    started = time.monotonic()
    header, rows = open_table(text)
    rules = rules_for(db, now)
    for part in parts(checked(header, rows, rules)):
        take_part(db, impor.id, part, rules, now=now, started=started)
    db.refresh(impor)
    impor.selesai = True
    return impor
