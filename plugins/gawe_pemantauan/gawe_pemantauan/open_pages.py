"""What everybody may take: recipients as a page, a table and points; programmes as a table."""

from __future__ import annotations

from starlette.responses import JSONResponse
from starlette.routing import Route

from pendopo.http import page, query_int, url
from pendopo.kit.listing import Asked
from pendopo.kit.opendata import csv_response
from pendopo.kit.places import kecamatan_list

from . import public
from .options import option
from .rules import JENIS


def _asked(request, db):
    """`(year, kecamatan, jenis)` of the address; strange values are as if they were not there."""
    asked = Asked(request.query_params)
    year = asked.whole("tahun")
    return year if year in public.years(db) else None, asked.kecamatan(), asked.one_of("jenis", JENIS)


def recipients(request):
    db = request.state.db
    year, kecamatan, jenis = _asked(request, db)
    rows = public.recipients(db, year=year, kecamatan=kecamatan, jenis=jenis)
    number, per_page = query_int(request, "halaman", 1, least=1, most=10_000), 50
    pages = max(1, -(-len(rows) // per_page))
    number = min(number, pages)
    query = request.url.query
    return page(
        request,
        "gawe_pemantauan/recipients.html",
        tab="penerima",
        rows=rows[(number - 1) * per_page : number * per_page],
        total=len(rows),
        number=number,
        pages=pages,
        amount=sum(one.amount or 0 for one in rows),
        years=public.years(db),
        kecamatan=kecamatan_list(),
        jenis=JENIS,
        asked=(year, kecamatan, jenis),
        layer=url("pemantauan:recipients.geojson") + (f"?{query}" if query else ""),
        csv=url("pemantauan:recipients.csv") + (f"?{query}" if query else ""),
        least=option(db, "anonim_minimal"),
    )


def recipients_csv(request):
    db = request.state.db
    year, kecamatan, jenis = _asked(request, db)
    return csv_response("penerima-bantuan", public.HEADER, public.csv_rows(public.recipients(db, year=year, kecamatan=kecamatan, jenis=jenis)))


def recipients_geojson(request):
    db = request.state.db
    year, kecamatan, jenis = _asked(request, db)
    return JSONResponse(public.as_geojson(db, year=year, kecamatan=kecamatan, jenis=jenis), media_type="application/geo+json")


def programs_csv(request):
    return csv_response("program-bantuan", public.PROGRAM_HEADER, public.program_rows(public.programs(request.state.db)))


open_routes = [
    Route("/program.csv", programs_csv, name="pemantauan:programs.csv"),
    Route("/penerima", recipients, name="pemantauan:recipients"),
    Route("/penerima.csv", recipients_csv, name="pemantauan:recipients.csv"),
    Route("/penerima.geojson", recipients_geojson, name="pemantauan:recipients.geojson"),
]
