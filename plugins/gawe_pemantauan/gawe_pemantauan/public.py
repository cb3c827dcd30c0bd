"""What everyone may know: programmes, the queue, recipients. Bodies by name and value, persons only as numbers of a desa."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pendopo import _
from pendopo.http import url
from pendopo.kit.berkas import Berkas
from pendopo.kit.places import find_place, place_name

from .kind import KINDS
from .models import Lembaga, Program, Proposal
from .options import option
from .rules import HIBAH, JENIS, desa_totals
from .stages import DECIDED, RAIL, STATE

MOST = 5000


@dataclass(frozen=True)
class Recipient:
    """A line of the public list: a body, or the persons of a desa taken together."""

    year: int
    jenis: str
    program: str
    name: str
    desa_code: str
    place: str
    count: int | None
    amount: int | None
    state: str
    is_body: bool


def recipients(db: Session, *, year: int | None = None, kecamatan: str = "", jenis: str = "") -> list[Recipient]:
    """Who received what, newest year first; figures of fewer persons than the setting says are withheld."""
    return _bodies(db, year, kecamatan, jenis) + _persons(db, year, kecamatan, jenis)


def _decided(query: Any, year: int | None, kecamatan: str, jenis: str) -> Any:
    query = query.join(Berkas, Berkas.id == Proposal.berkas_id).join(Program, Program.id == Proposal.program_id)
    query = query.where(Berkas.state.in_(DECIDED), Proposal.approved.is_not(None))
    if year:
        query = query.where(Program.paid_year == year)
    if kecamatan:
        query = query.where(Berkas.kecamatan_code == kecamatan)
    return query.where(Program.jenis == jenis) if jenis else query


def _bodies(db: Session, year: int | None, kecamatan: str, jenis: str) -> list[Recipient]:
    query = _decided(
        select(Program.paid_year, Program.jenis, Program.title, Lembaga.name, Berkas.desa_code, Proposal.approved, Berkas.state).select_from(Proposal),
        year,
        kecamatan,
        jenis,
    ).join(Lembaga, Lembaga.id == Proposal.lembaga_id)
    rows = db.execute(query.where(Program.jenis.in_(HIBAH)).order_by(Program.paid_year.desc(), Lembaga.name, Proposal.berkas_id).limit(MOST))
    return [Recipient(r[0], r[1], r[2], r[3], r[4] or "", place_name(r[4]), 1, r[5], r[6], True) for r in rows]


def _persons(db: Session, year: int | None, kecamatan: str, jenis: str) -> list[Recipient]:
    """What is withheld is decided for the whole programme, before a kecamatan is chosen: a choice must not uncover it."""
    query = _decided(select(Program.paid_year, Program.jenis, Program.title, Berkas.desa_code, Proposal.approved).select_from(Proposal), year, "", jenis)
    groups: dict[tuple[int, str, str], list[tuple[str, int]]] = {}
    for row in db.execute(query.where(Program.jenis.not_in(HIBAH))):
        groups.setdefault((row[0], row[1], row[2]), []).append((row[3] or "", row[4]))
    least = int(option(db, "anonim_minimal"))
    return [
        Recipient(key[0], key[1], key[2], _("Perorangan"), desa, place_name(desa), count, amount, "", False)
        for key, rows in sorted(groups.items(), reverse=True)
        for desa, count, amount in desa_totals(rows, least)
        if desa.startswith(kecamatan)
    ]


def years(db: Session) -> list[int]:
    return list(db.scalars(select(Program.paid_year).where(Program.published).distinct().order_by(Program.paid_year.desc())))


def headline(db: Session) -> dict[str, int]:
    """Proposals, recipients, and rupiah that were paid, of all years."""
    kinds = tuple(kind.slug for kind in KINDS)
    counts = dict(db.execute(select(Berkas.state, func.count()).where(Berkas.kind.in_(kinds)).group_by(Berkas.state)).all())
    paid = db.scalar(select(func.coalesce(func.sum(Proposal.paid), 0))) or 0
    return {"sent": sum(counts.values()), "recipients": sum(counts.get(state, 0) for state in DECIDED), "paid": int(paid)}


def programs(db: Session, *, year: int | None = None) -> list[Program]:
    query = select(Program).where(Program.published)
    if year:
        query = query.where(Program.paid_year == year)
    return list(db.scalars(query.order_by(Program.paid_year.desc(), Program.jenis, Program.id)))


def stages(db: Session, program_id: int) -> list[tuple[str, int]]:
    """How many proposals of a programme lie at each station, in order; refused and withdrawn ones last."""
    counts = dict(
        db.execute(
            select(Berkas.state, func.count()).join(Proposal, Proposal.berkas_id == Berkas.id).where(Proposal.program_id == program_id).group_by(Berkas.state)
        ).all()
    )
    found = [(_(title), sum(counts.get(state, 0) for state in states)) for title, states in RAIL]
    ended = sum(counts.get(state, 0) for state in ("ditolak", "ditarik", "dibatalkan"))
    return [*found, (_("Ditolak atau ditarik"), ended)]


def queue(db: Session, program_id: int, limit: int = 400) -> list[tuple[Proposal, Any, str]]:
    """`(proposal, state, place)` of the bodies that ask; persons are never in a public queue."""
    query = select(Proposal).join(Proposal.berkas).where(Proposal.program_id == program_id, Proposal.lembaga_id.is_not(None))
    rows = db.scalars(query.order_by(Berkas.is_open.desc(), Berkas.moved_at.desc()).limit(limit)).unique()
    return [(row, STATE[row.berkas.state], place_name(row.berkas.desa_code)) for row in rows]


def as_geojson(db: Session, *, year: int | None = None, kecamatan: str = "", jenis: str = "") -> dict[str, Any]:
    """A point for each desa with recipients, at the middle of the desa; nobody's house is shown."""
    from .rules import rupiah

    groups: dict[str, list[Recipient]] = {}
    for one in recipients(db, year=year, kecamatan=kecamatan, jenis=jenis):
        groups.setdefault(one.desa_code, []).append(one)
    features = []
    for code, rows in sorted(groups.items()):
        place = find_place(code)
        if place is None or place.lat is None:
            continue
        bodies = [one for one in rows if one.is_body]
        persons = sum(one.count for one in rows if not one.is_body and one.count is not None)
        told = [_("%(n)s lembaga") % {"n": len(bodies)}] if bodies else []
        told += [_("%(n)s orang") % {"n": persons}] if persons else []
        total = sum(one.amount or 0 for one in rows)
        if not told:
            continue
        features.append(
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]},
                "properties": {
                    "title": place_name(code),
                    "href": url("pemantauan:recipients", kecamatan=code[:8]),
                    "text": f"{', '.join(told)} · {rupiah(total)}",
                    "tone": "ok",
                    "recipients": len(bodies) + persons,
                    "rupiah": total,
                },
            }
        )
    return {"type": "FeatureCollection", "features": features}


HEADER = ("tahun", "jenis", "program", "penerima", "desa_kode", "desa", "jumlah_penerima", "nilai", "keadaan")
PROGRAM_HEADER = ("program", "jenis", "tahun_usul", "tahun_cair", "buka", "tutup", "pagu", "plafon", "ditetapkan")


def csv_rows(rows: list[Recipient]) -> list[tuple[Any, ...]]:
    return [
        (one.year, _(JENIS[one.jenis]), one.program, one.name, one.desa_code, one.place, one.count, one.amount, _(STATE[one.state].title) if one.state else "")
        for one in rows
    ]


def program_rows(rows: list[Program]) -> list[tuple[Any, ...]]:
    return [(p.title, _(JENIS[p.jenis]), p.proposal_year, p.paid_year, p.opens_on, p.closes_on, p.pagu, p.plafon, p.approved) for p in rows]
