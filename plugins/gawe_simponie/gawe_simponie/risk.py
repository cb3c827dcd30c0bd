"""The risk of a business by its KBLI: versions imported by an officer, asked by everyone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import Session

from pendopo import N_, InvalidInput, NotFound
from pendopo.identity import Actor, record
from pendopo.kit.sheets import CellError, SheetColumn, read_sheet

from .kind import CATALOGUE
from .models import RisikoKbli, RisikoVersi
from .rules import AUTHORITIES, ENVIRONMENT, RISKS, SCALES, Paper, basic_requirements, papers_for, read_kbli

MOST_ROWS = 50_000  # every KBLI in each scale
COLUMNS = (
    SheetColumn("kbli", N_("KBLI"), required=True, read=read_kbli),
    SheetColumn("nama", N_("Nama"), required=True, most=200),
    SheetColumn("skala", N_("Skala"), "choice", True, choices=tuple(SCALES.items())),
    SheetColumn("luas_dari", N_("Luas dari"), "int", aliases=("luas_dari",)),
    SheetColumn("luas_sampai", N_("Luas sampai"), "int", aliases=("luas_sampai",)),
    SheetColumn("risiko", N_("Risiko"), "choice", True, choices=tuple(RISKS.items())),
    SheetColumn("kewenangan", N_("Kewenangan"), "choice", True, choices=tuple(AUTHORITIES.items())),
    SheetColumn("lingkungan", N_("Lingkungan"), "choice", True, choices=tuple(ENVIRONMENT.items())),
    SheetColumn("pb_umku", N_("PB UMKU"), aliases=("pb_umku",)),
)


@dataclass(frozen=True)
class Imported:
    version: RisikoVersi | None
    rows: int
    errors: tuple[CellError, ...]


def import_table(db: Session, actor: Actor, data: bytes, *, title: str, source: str, demo: bool = False, now: datetime) -> Imported:
    """Read a table and let it hold from now on. One wrong row keeps the whole table out: half a table would answer wrongly."""
    actor.require(CATALOGUE)
    sheet = read_sheet(data, COLUMNS, most_rows=MOST_ROWS)
    rows, errors = [row.values for row in sheet.good], tuple(sheet.errors)
    if errors or not rows:
        return Imported(None, len(rows), errors)
    db.execute(update(RisikoVersi).where(RisikoVersi.active).values(active=False))
    version = RisikoVersi(title=title[:120], source=source[:200], demo=demo, active=True, rows=len(rows), imported_by=actor.account_id, imported_at=now)
    db.add(version)
    db.flush()
    db.execute(insert(RisikoKbli), [_row(version.id, row) for row in rows])
    record(db, actor, "simponie.risk_imported", f"versi:{version.id}", {"rows": len(rows)})
    return Imported(version, len(rows), ())


def _row(version_id: int, row: dict[str, Any]) -> dict[str, Any]:
    more = [part.strip() for part in str(row.get("pb_umku") or "").split("|") if part.strip()]
    return {**row, "versi_id": version_id, "luas_dari": row.get("luas_dari"), "luas_sampai": row.get("luas_sampai"), "pb_umku": more}


def shipped_table() -> bytes:
    """The demonstration table that comes with the plugin."""
    return (files(__package__) / "data" / "risiko_contoh.csv").read_bytes()


def active_version(db: Session) -> RisikoVersi | None:
    return db.scalar(select(RisikoVersi).where(RisikoVersi.active).order_by(RisikoVersi.id.desc()).limit(1))


def versions(db: Session, actor: Actor) -> list[RisikoVersi]:
    actor.require(CATALOGUE)
    return list(db.scalars(select(RisikoVersi).order_by(RisikoVersi.id.desc())))


def find_kbli(db: Session, text: str, limit: int = 20) -> list[tuple[str, str]]:
    """`(kbli, name)` for a number or a word, in the table that holds now."""
    version = active_version(db)
    if version is None or len(text.strip()) < 2:
        return []
    clean = text.strip().casefold().replace("\\", "").replace("%", "").replace("_", "")[:60]
    wanted = or_(RisikoKbli.kbli.startswith(clean), func.lower(RisikoKbli.nama).contains(clean))
    query = select(RisikoKbli.kbli, RisikoKbli.nama).where(RisikoKbli.versi_id == version.id, wanted).distinct().order_by(RisikoKbli.kbli).limit(limit)
    return [(row.kbli, row.nama) for row in db.execute(query)]


@dataclass(frozen=True)
class RiskAnswer:
    """What a business needs, and from which table that is known."""

    row: RisikoKbli
    version: RisikoVersi
    basics: tuple[Paper, ...]
    papers: tuple[Paper, ...]


def assess(db: Session, kbli: str, scale: str, area_m2: int | None = None, *, builds: bool = False) -> RiskAnswer:
    """The risk of a business. Raises InvalidInput for an unknown KBLI or a scale that its table does not have."""
    version = active_version(db)
    if version is None:
        raise NotFound(N_("Tabel risiko KBLI belum dimuat."))
    code = read_kbli(kbli)
    rows = list(db.scalars(select(RisikoKbli).where(RisikoKbli.versi_id == version.id, RisikoKbli.kbli == code).order_by(RisikoKbli.id)))
    if not rows:
        raise InvalidInput(N_("KBLI ini belum ada dalam tabel kami. Periksa di oss.go.id, atau tanyakan kepada loket."), field="kbli")
    of_scale = [row for row in rows if row.skala == scale]
    if not of_scale:
        raise InvalidInput(N_("Untuk skala ini KBLI tersebut belum ada dalam tabel kami."), field="scale")
    bounded = [row for row in of_scale if row.luas_dari is not None or row.luas_sampai is not None]
    if bounded and area_m2 is None:
        raise InvalidInput(N_("Isi luas tempat usaha; risikonya berbeda menurut luas."), field="area")
    row = next((row for row in of_scale if _fits(row, area_m2)), None)
    if row is None:
        raise InvalidInput(N_("Untuk luas ini KBLI tersebut belum ada dalam tabel kami."), field="area")
    return RiskAnswer(row, version, basic_requirements(row.lingkungan, builds=builds), papers_for(row.risiko))


def _fits(row: RisikoKbli, area_m2: int | None) -> bool:
    return area_m2 is None or ((row.luas_dari is None or area_m2 >= row.luas_dari) and (row.luas_sampai is None or area_m2 < row.luas_sampai))
