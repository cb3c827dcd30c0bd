"""What pages show of matters and assessments."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo.http import query_int
from pendopo.kit import attachments as files
from pendopo.kit.berkas import Berkas
from pendopo.kit.calendar import calendar_for
from pendopo.kit.payments import bill_for
from pendopo.kit.places import find_place, place_name

from . import assess, look, requests
from .models import BPHTB, SPPT, SPTPD, Ketetapan, Permohonan
from .nop import show_nop
from .paying import KINDS, kind_of
from .rules import ACQUISITIONS, from_data
from .taxes import TAX

YEARS = 3


def sppt_context(db: Session, row: SPPT, *, today: date) -> dict[str, Any]:
    """An SPPT with its computation, NJOP of three years, and what may be asked about it."""
    years = assess.years_of(db, row.nop, YEARS)
    return {
        "sppt": row,
        "due": look.year_due(db, row, today),
        "found": assess.explained(db, row),
        "years": years,
        "changes": [_change(new, old) for new, old in zip(years, [*years[1:], None], strict=True)],
        "place": place_name(row.desa_code),
        "nop": show_nop(row.nop),
        "objection_until": requests.objection_until(db, row),
        "may_object": row.status == "belum" and today <= requests.objection_until(db, row),
    }


def _change(new: SPPT, old: SPPT | None) -> int | None:
    """How many per cent NJOP rose since the year before."""
    return round((new.njop - old.njop) * 100 / old.njop) if old is not None and old.njop else None


def matter_context(db: Session, berkas: Berkas) -> dict[str, Any]:
    """What stands behind a matter of taxes: the request, the declaration or the acquisition."""
    context: dict[str, Any] = {
        "asked": None,
        "sptpd": None,
        "bphtb": None,
        "found": None,
        "bill": None,
        "papers": [],
        "result": None,
        "about": None,
        "show_nop": show_nop,
    }
    if berkas.kind == "pajak_sptpd":
        row: Any = db.get_one(SPTPD, berkas.id)
        context |= {"sptpd": row, "tax": TAX[row.usaha.jenis], "found": from_data(row.hitungan), "bill": bill_for(db, kind_of(row), berkas.id)}
        context["papers"] = files.attachments_of(db, "gawe_pajak.sptpd", berkas.id)
    elif berkas.kind == "pajak_bphtb":
        row = db.get_one(BPHTB, berkas.id)
        context |= {"bphtb": row, "acquisition": ACQUISITIONS[row.jenis], "found": from_data(row.hitungan), "bill": bill_for(db, KINDS["bphtb"], berkas.id)}
        context["papers"] = files.attachments_of(db, requests.FILES, berkas.id)
    else:
        row = db.get_one(Permohonan, berkas.id)
        context |= {"asked": row, "about": db.get(SPPT, row.sppt_id) if row.sppt_id else None, "result": db.get(SPPT, row.hasil_id) if row.hasil_id else None}
        context |= {"mutations": requests.MUTATIONS, "papers": files.attachments_of(db, requests.FILES, berkas.id)}
    return context


def assessments_of(db: Session, wp_id: int, limit: int = 12) -> list[Ketetapan]:
    return list(db.scalars(select(Ketetapan).where(Ketetapan.wp_id == wp_id, Ketetapan.status != "diganti").order_by(Ketetapan.id.desc()).limit(limit)))


def today_of(request: Any) -> date:
    """The regency's day."""
    return calendar_for(request.state.db).local(request.state.now).date()


def chosen_year(request: Any, usual: int) -> int:
    """The tax year that was chosen, within what a year can be."""
    return query_int(request, "tahun", usual, least=1990, most=2200)


def chosen_place(request: Any) -> tuple[str, str]:
    """`(kecamatan, desa)` that was chosen; a desa brings its kecamatan."""
    desa, kecamatan = request.query_params.get("desa", ""), request.query_params.get("kecamatan", "")
    place = find_place(desa) if desa else None
    if place is None or place.kind == "kecamatan":
        desa = ""
    elif not kecamatan or not desa.startswith(kecamatan):
        desa = "" if kecamatan else desa
        kecamatan = kecamatan or place.parent
    return (kecamatan if find_place(kecamatan) else ""), desa
