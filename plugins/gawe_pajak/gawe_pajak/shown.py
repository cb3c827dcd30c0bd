"""What pages show of matters and assessments."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo.http import query_int, url
from pendopo.kit import attachments as files
from pendopo.kit.berkas import Berkas
from pendopo.kit.dates import regency_day
from pendopo.kit.documents import document_of
from pendopo.kit.payments import Bill, BillKind, bill_for
from pendopo.kit.places import find_place, place_name

from . import assess, look, overpaid, registering, requests
from .explain import explained
from .models import BPHTB, SPPT, SPTPD, Ketetapan, Pendaftaran, Permohonan, Usaha
from .nop import show_nop
from .paper import BPHTB_PAPER, NPWPD_PAPER
from .paying import KINDS, kind_of, row_id, source_of
from .rules import ACQUISITIONS, from_data
from .taxes import TAX

YEARS = 3


def sppt_context(db: Session, row: SPPT, *, today: date) -> dict[str, Any]:
    """An SPPT with its computation, NJOP of three years, and what may be asked about it."""
    years = assess.years_of(db, row.nop, YEARS)
    return {
        "sppt": row,
        "due": look.year_due(db, row, today),
        "found": explained(db, row),
        "years": years,
        "changes": [_change(new, old) for new, old in zip(years, [*years[1:], None], strict=True)],
        "place": place_name(row.desa_code),
        "overpaid": overpaid.found_on(db, assess.versions_of(db, row)),
        "ways": overpaid.WAYS,
        "nop": show_nop(row.nop),
        "objection_until": requests.objection_until(db, row),
        "may_object": row.status != "nihil" and today <= requests.objection_until(db, row),
    }


def _change(new: SPPT, old: SPPT | None) -> int | None:
    """How many per cent NJOP rose since the year before."""
    return round((new.njop - old.njop) * 100 / old.njop) if old is not None and old.njop else None


def bills_of(db: Session, ref: int, *kinds: BillKind) -> list[Bill]:
    return [found for kind in kinds if (found := bill_for(db, kind, ref)) is not None]


def matter_context(db: Session, berkas: Berkas) -> dict[str, Any]:
    """What stands behind a matter of taxes: the request, the declaration or the acquisition."""
    context: dict[str, Any] = {
        "asked": None,
        "sptpd": None,
        "bphtb": None,
        "found": None,
        "bills": [],
        "paper": None,
        "daftar": None,
        "usaha": None,
        "papers": [],
        "result": None,
        "about": None,
        "show_nop": show_nop,
    }
    if berkas.kind == "pajak_sptpd":
        row: Any = db.get_one(SPTPD, berkas.id)
        bills = bills_of(db, berkas.id, kind_of(row), KINDS["opsen_mblb"])
        context |= {"sptpd": row, "tax": TAX[row.usaha.jenis], "found": from_data(row.hitungan), "bills": bills}
        context["papers"] = files.attachments_of(db, "gawe_pajak.sptpd", berkas.id)
    elif berkas.kind == "pajak_bphtb":
        row = db.get_one(BPHTB, berkas.id)
        context |= {"bphtb": row, "acquisition": ACQUISITIONS[row.jenis], "found": from_data(row.hitungan), "bills": bills_of(db, berkas.id, KINDS["bphtb"])}
        context |= {"papers": files.attachments_of(db, requests.FILES, berkas.id), "paper": document_of(db, BPHTB_PAPER, berkas.id)}
    elif berkas.kind == "pajak_daftar":
        row = db.get_one(Pendaftaran, berkas.id)
        context |= {"daftar": row, "tax": TAX[row.jenis], "forms": registering.FORMS, "papers": files.attachments_of(db, registering.FILES, berkas.id)}
        if row.usaha_id is not None:
            context |= {"usaha": db.get_one(Usaha, row.usaha_id), "paper": document_of(db, NPWPD_PAPER, row.usaha_id)}
    else:
        row = db.get_one(Permohonan, berkas.id)
        context |= {"asked": row, "about": db.get(SPPT, row.sppt_id) if row.sppt_id else None, "result": db.get(SPPT, row.hasil_id) if row.hasil_id else None}
        context |= {"mutations": requests.MUTATIONS, "papers": files.attachments_of(db, requests.FILES, berkas.id)}
    return context


def assessments_of(db: Session, wp_id: int, limit: int = 12) -> list[Ketetapan]:
    return list(db.scalars(select(Ketetapan).where(Ketetapan.wp_id == wp_id, Ketetapan.status != "diganti").order_by(Ketetapan.id.desc()).limit(limit)))


def today_of(request: Any) -> date:
    """The regency's day."""
    return regency_day(request.state.now)


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


def arrears_line(db: Session, row: Any, amount: int, interest: int) -> dict[str, Any]:
    """A line of the list of arrears, of whichever tax."""
    line = {"id": row_id(row), "pokok": amount, "bunga": interest, "due": source_of(kind_of(row).slug).due(row)}
    if isinstance(row, SPPT):
        return line | {"name": row.nama, "what": f"{show_nop(row.nop)} · {row.tahun}", "href": url("pajak:kerja.sppt", id=row.id)}
    if isinstance(row, SPTPD):
        what = f"{row.usaha.nama} · {row.masa:%m/%Y}"
        return line | {"name": row.usaha.wp.nama, "what": what, "href": url("pajak:kerja.berkas", id=row.berkas_id)}
    return line | {"name": row.wp.nama, "what": f"{row.surat} · {row.uraian}", "href": url("pajak:kerja.assessment", id=row.id)}
