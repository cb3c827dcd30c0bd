"""What anyone may read or fetch: the register of permits, the machine-readable catalogue, cases of national systems, calendars."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pendopo import NotFound, TooMany, _
from pendopo.http import body_of, flash, page, path_int, query_int, redirect, url, whole_url
from pendopo.kit.documents import Document, mask_name
from pendopo.kit.ics import ics_response
from pendopo.kit.listing import Asked, matches, turn
from pendopo.kit.opendata import csv_response
from pendopo.kit.places import find_place, kecamatan_list, place_name
from pendopo.kit.throttle import address_of, allow

from . import calendars, catalogue, national, shown
from .forms import FollowForm
from .models import Izin, Kasus
from .permits import STATUSES
from .types import STANDARD, PermitType

MOST = 5000
HEADER = ("nomor", "kode_izin", "jenis_izin", "pemegang", "desa", "kecamatan", "terbit", "berlaku_sampai", "status")


# ------------------------------------------------------------------------------------------------------------- register


def register_query(params: Any) -> Select[tuple[Izin]]:
    """Issued permits for what somebody asks: words or number, type, kecamatan."""
    asked = Asked(params)
    query = select(Izin).where(matches(asked.text(), Izin.number, Izin.place))
    if kode := asked.text("jenis", 20):
        query = query.where(Izin.kode == kode)
    if kecamatan := asked.kecamatan():
        query = query.where(Izin.desa_code.startswith(kecamatan + "."))
    return query


def register(request):
    """The public register: number, type, place, time; holders who are persons only as initials, never a nik."""
    db, asked = request.state.db, Asked(request.query_params)
    found = turn(db, register_query(request.query_params), asked.page, Izin.issued_on.desc(), Izin.id.desc())
    day = shown.today(db, request.state.now)
    return page(
        request,
        "gawe_simponie/register.html",
        rows=[(row, *STATUSES[row.shown_status(day)], mask_name(row.holder_name), place_name(row.desa_code), _verify(db, row)) for row in found.rows],
        total=found.total,
        number=found.number,
        pages=found.pages,
        text=asked.text(),
        types=catalogue.published(db),
        kecamatan=kecamatan_list(),
        wanted=request.query_params,
        tab="register",
    )


def _verify(db: Session, row: Izin) -> str:
    paper = db.get(Document, row.document_id) if row.document_id else None
    return paper.verify_href if paper is not None else ""


def register_csv(request):
    """The register as open data, 5,000 rows at a time from `setelah` on; no holder's name in full."""
    db = request.state.db
    day = shown.today(db, request.state.now)
    rows = db.scalars(register_query(request.query_params).where(Izin.id > query_int(request, "setelah")).order_by(Izin.id).limit(MOST))

    def line(row: Izin) -> list[Any]:
        kecamatan = find_place((row.desa_code or "")[:8])
        return [
            row.number,
            row.kode,
            row.jenis.nama,
            mask_name(row.holder_name),
            place_name(row.desa_code),
            kecamatan.name if kecamatan else "",
            row.issued_on,
            row.valid_until,
            row.shown_status(day),
        ]

    return csv_response("izin-terbit", HEADER, (line(row) for row in rows))


def geojson(request):
    """Valid permits with a place, as points rounded to about a hundred metres."""
    db = request.state.db
    day = shown.today(db, request.state.now)
    valid = (Izin.status == "berlaku") & (Izin.valid_until.is_(None) | (Izin.valid_until >= day)) & Izin.lat.is_not(None)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(row.lon, 3), round(row.lat, 3)]},
            "properties": {"title": row.jenis.nama, "text": row.number, "href": url("simponie:register", q=row.number), "tone": "ok"},
        }
        for row in db.scalars(register_query(request.query_params).where(valid).order_by(Izin.id.desc()).limit(2000))
    ]
    return JSONResponse({"type": "FeatureCollection", "features": features}, media_type="application/geo+json")


# ------------------------------------------------------------------------------------------------------------ catalogue


def as_public(permit: PermitType) -> dict[str, Any]:
    """A permit type for machines: in the manner of CPSV-AP, its form as JSON Schema."""
    return {
        "@type": "cpsv:PublicService",
        "identifier": permit.code,
        "version": permit.version,
        "name": permit.name,
        "description": permit.data["ringkas"],
        "sector": permit.data["sektor"],
        "channel": permit.channel,
        "competentAuthority": permit.data["opd"],
        "processingWorkingDays": permit.days,
        "validityMonths": permit.data.get("masa_berlaku_bulan"),
        "requirements": permit.data["syarat"],
        "stages": permit.data["tahap"],
        "fee": permit.fee_rule,
        "standard": {slug: words for slug, _title, words in permit.standard()},
        "form": {"$schema": "https://json-schema.org/draft/2020-12/schema", **permit.form_schema},
        "example": bool(permit.data.get("contoh")),
        "page": whole_url(url("simponie:service", kode=permit.code)),
    }


def services_json(request):
    services = [as_public(row.type) for row in catalogue.published(request.state.db)]
    return JSONResponse(
        {"@context": {"cpsv": "http://purl.org/vocab/cpsv#"}, "standardComponents": list(STANDARD), "services": services},
        headers={"Access-Control-Allow-Origin": "*"},
    )


def schema_json(request):
    jenis = catalogue.find_type(request.state.db, request.path_params["kode"])
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": jenis.nama, **jenis.type.form_schema}
    return Response(json.dumps(schema, ensure_ascii=False), media_type="application/schema+json", headers={"Access-Control-Allow-Origin": "*"})


# -------------------------------------------------------------------------------------------------------- national cases


def cases(request):
    """Follow a case at OSS or SIMBG by its reference."""
    db, actor = request.state.db, request.user
    form = FollowForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            if not allow("simponie.kasus", address_of(request), most=20, seconds=600):
                raise TooMany()
            if actor.is_signed_in:
                case = national.follow(db, actor, form.channel.data, form.reference.data)
                flash(request, _("Kasus ini diikuti; kabarnya masuk ke kotak masuk Anda."))
            else:
                case = national.look_up(db, form.channel.data, form.reference.data)
            return redirect(url("simponie:case", id=case.id, nomor=case.reference))
    return page(
        request,
        "gawe_simponie/cases.html",
        form=form,
        status=form.status,
        rows=national.followed(db, actor.citizen_id) if actor.is_signed_in else [],
        statuses=national.STATUSES,
        channels=national.CHANNELS,
        tab="nasional",
    )


def case(request):
    """One case: for who follows it, for staff, and for who knows its reference."""
    db, actor = request.state.db, request.user
    row = db.get(Kasus, path_int(request))
    knows = row is not None and (
        request.query_params.get("nomor", "") == row.reference or actor.can("simponie.read") or row in national.followed(db, actor.citizen_id)
    )
    if not knows:
        raise NotFound()
    follows = actor.is_signed_in and row in national.followed(db, actor.citizen_id)
    return page(
        request,
        "gawe_simponie/case.html",
        case=row,
        steps=national.steps_of(db, row.id),
        statuses=national.STATUSES,
        channels=national.CHANNELS,
        follows=follows,
        simulated=row.reference.startswith(national.SIMULATED),
        tab="nasional",
    )


def case_again(request):
    db = request.state.db
    row = db.get(Kasus, path_int(request))
    if row is None or row not in national.followed(db, request.user.citizen_id):
        raise NotFound()
    national.look_again(db, request.user, row, now=request.state.now)
    return redirect(url("simponie:case", id=row.id))


def case_leave(request):
    national.unfollow(request.state.db, request.user, path_int(request))
    return redirect(url("simponie:cases"))


def webhook(request):
    """What OSS or SIMBG tells: signed over its time and body, taken in once."""
    row = national.hear(
        request.state.db,
        request.path_params["channel"],
        timestamp=request.headers.get("x-simponie-timestamp", ""),
        signature=request.headers.get("x-simponie-signature", ""),
        body=body_of(request),
        now=request.state.now,
    )
    return JSONResponse({"reference": row.reference, "status": row.status}, status_code=202)


# ------------------------------------------------------------------------------------------------------------- calendar


def feed(request):
    """Visits and ends of permits for a calendar that subscribes; whoever has the secret address reads it without an account."""
    db, now = request.state.db, request.state.now
    account_id = calendars.owner_of(db, request.path_params["token"])
    answer = ics_response("izin-saya", calendars.events_of(db, account_id, now=now), now=now)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def give_feed(request):
    calendars.give_address(request.state.db, request.user)
    flash(request, _("Alamat kalender baru sudah dibuat; yang lama tidak berlaku lagi."))
    return redirect(url("simponie:mine") + "#kalender")


routes = [
    Route("/izin", register, name="simponie:register"),
    Route("/izin/data.csv", register_csv, name="simponie:csv"),
    Route("/izin/peta.geojson", geojson, name="simponie:geojson"),
    Route("/layanan.json", services_json, name="simponie:catalogue"),
    Route("/layanan/{kode}/skema.json", schema_json, name="simponie:schema"),
    Route("/nasional", cases, methods=["GET", "POST"], name="simponie:cases"),
    Route("/nasional/{id:int}", case, name="simponie:case"),
    Route("/nasional/{id:int}/tanya", case_again, methods=["POST"], name="simponie:case.again"),
    Route("/nasional/{id:int}/lepas", case_leave, methods=["POST"], name="simponie:case.leave"),
    Route("/webhook/{channel}", webhook, methods=["POST"], name="simponie:webhook"),
    Route("/saya/kalender", give_feed, methods=["POST"], name="simponie:feed.new"),
    Route("/kalender/{token}.ics", feed, name="simponie:feed"),
]
