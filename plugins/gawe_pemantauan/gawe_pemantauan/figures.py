"""Figures for the statistics room: money by programme, aid by kecamatan, and why proposals are refused."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from pendopo import N_, _
from pendopo.http import url
from pendopo.kit.berkas import Berkas, lies_with
from pendopo.kit.places import kecamatan_list, place_name
from pendopo.kit.statistics import MOST_ROWS, Column, Row, StatisticView, Table, by_choice

from .models import Program, Proposal
from .rules import JENIS, REASONS
from .stages import DECIDED, EVERY, READ, STATE


def _paid_years(db: Session, today: date) -> list[tuple[str, str]]:
    years = db.scalars(select(Program.paid_year).where(Program.published).distinct().order_by(Program.paid_year.desc()))
    return [(str(year), str(year)) for year in years]


YEAR = by_choice("tahun_cair", N_("Tahun pencairan"), _paid_years, all=N_("Semua tahun"))
KIND = by_choice("jenis", N_("Jenis"), tuple(JENIS.items()))
_received = func.sum(case((Berkas.state.in_(DECIDED), 1), else_=0))
_approved = func.coalesce(func.sum(Proposal.approved), 0)
_paid = func.coalesce(func.sum(Proposal.paid), 0)


def _chosen(query: Any, filters: Any) -> Any:
    query = query.select_from(Proposal).join(Berkas, Berkas.id == Proposal.berkas_id).join(Program, Program.id == Proposal.program_id)
    if filters["tahun_cair"]:
        query = query.where(Program.paid_year == int(filters["tahun_cair"]))
    return query.where(Program.jenis == filters["jenis"]) if filters["jenis"] else query


def by_program(db: Session, filters: Any) -> Table:
    columns = (Program.id, Program.title, Program.paid_year, func.count(Proposal.berkas_id), _received, _approved, _paid)
    query = _chosen(select(*columns), filters).where(Program.published).group_by(Program.id, Program.title, Program.paid_year)
    rows = [Row((f"{r[1]} ({r[2]})", r[3], int(r[4]), int(r[5]), int(r[6])), key=str(r[0])) for r in db.execute(query.order_by(_approved.desc(), Program.id))]
    money = (Column(N_("Ditetapkan"), "rupiah"), Column(N_("Dicairkan"), "rupiah"))
    return Table((Column(N_("Program")), Column(N_("Proposal"), "angka"), Column(N_("Penerima"), "angka"), *money), rows)


def by_place(db: Session, filters: Any) -> Table:
    query = _chosen(select(Berkas.kecamatan_code, func.count(), _received, _approved), filters).group_by(Berkas.kecamatan_code)
    found = {row[0]: row for row in db.execute(query)}
    rows = []
    for place in kecamatan_list():
        row = found.get(place.code)
        rows.append(Row((place.name, row[1] if row else 0, int(row[2]) if row else 0, int(row[3]) if row else 0), key=place.code))
    return Table((Column(N_("Kecamatan")), Column(N_("Proposal"), "angka"), Column(N_("Penerima"), "angka"), Column(N_("Ditetapkan"), "rupiah")), rows)


def by_reason(db: Session, filters: Any) -> Table:
    query = _chosen(select(Proposal.refusal, func.count()), filters).where(Berkas.state == "ditolak", Proposal.refusal != "").group_by(Proposal.refusal)
    rows = [Row((_(REASONS[r[0]].title), r[1]), key=r[0]) for r in db.execute(query.order_by(func.count().desc(), Proposal.refusal)) if r[0] in REASONS]
    return Table((Column(N_("Alasan")), Column(N_("Proposal"), "angka")), rows)


def _behind(condition: Any) -> Any:
    """The proposals behind a figure, for officers who may read them."""

    def rows(db: Session, filters: Any, key: str) -> Table:
        query = (
            _chosen(select(Proposal), filters).where(condition(key), lies_with(filters.actor, *EVERY)).order_by(Proposal.berkas_id.desc()).limit(MOST_ROWS + 1)
        )
        lines = [
            Row(
                (one.berkas.register, one.berkas.title, place_name(one.berkas.desa_code), _(STATE[one.berkas.state].title), one.value),
                href=url("pemantauan:kerja.berkas", id=one.berkas_id),
            )
            for one in db.scalars(query.limit(MOST_ROWS + 1)).unique()
        ]
        return Table((Column(N_("Nomor")), Column(N_("Judul")), Column(N_("Desa")), Column(N_("Keadaan")), Column(N_("Nilai"), "rupiah")), lines)

    return rows


def _view(slug: str, title: str, table: Any, summary: str, condition: Any) -> StatisticView:
    """`condition(key)`: the proposals behind a row."""
    more = {"filters": (YEAR, KIND), "source": N_("Catatan proposal di portal ini"), "drill": _behind(condition), "drill_permission": READ}
    return StatisticView(slug, title, table, summary=summary, **more)


VIEWS = (
    _view("program", N_("Bantuan menurut program"), by_program, N_("Proposal, penerima, dan uang setiap program."), lambda key: Program.id == int(key)),
    _view(
        "kecamatan",
        N_("Bantuan menurut kecamatan"),
        by_place,
        N_("Dari mana proposal datang dan ke mana bantuan pergi."),
        lambda key: Berkas.kecamatan_code == key,
    ),
    _view(
        "penolakan",
        N_("Mengapa proposal ditolak"),
        by_reason,
        N_("Alasan dari daftar tetap, masing-masing dengan jalan keluarnya."),
        lambda key: Proposal.refusal == key,
    ),
)
