"""GeoReport v2 at /pelaporan/open311/v2/: HTTP in, documents out. Every refusal is the standard's error document."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import func, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pendopo import DomainError, _
from pendopo.http import form_of, url
from pendopo.identity import ANONYMOUS
from pendopo.kit.berkas import Berkas, read_register
from pendopo.kit.places import find_place

from .. import keys, reports
from ..categories import BY_CODE
from ..models import Laporan
from ..options import option
from . import answers, documents, parsing
from .documents import MIME, Refused

CHANGESET = "2026-01-01T00:00:00+07:00"


def _answer(kind: str, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status, {"Access-Control-Allow-Origin": "*", **(headers or {})}, media_type=MIME[kind])


def speaks(handler: Callable[[Request, str], Response]) -> Callable[[Request], Response]:
    """Give `handler` the format asked for, check the jurisdiction, and turn refusals into error documents.

    What a refusal wrote is undone, since the answer itself commits.
    """

    @wraps(handler)
    def handle(request: Request) -> Response:
        kind = request.path_params["format"]
        if kind not in MIME:
            return _answer("xml", documents.errors("xml", Refused(400, f"format {kind[:20]} is not served; use xml or json")), 400)
        savepoint = request.state.db.begin_nested()
        try:
            _check_jurisdiction(request)
            response = handler(request, kind)
            if savepoint.is_active:
                savepoint.commit()
            return response
        except Refused as refused:
            savepoint.rollback()
            return _answer(kind, documents.errors(kind, refused), refused.status)
        except DomainError as refusal:
            savepoint.rollback()
            refused = Refused(400 if refusal.status in (409, 422) else refusal.status, refusal.sentence())
            return _answer(kind, documents.errors(kind, refused), refused.status)

    return handle


def _value(request: Request, name: str) -> str:
    """From the form of a POST, else from the query."""
    typed = form_of(request).get(name)
    return typed if isinstance(typed, str) else request.query_params.get(name, "")


def _check_jurisdiction(request: Request) -> None:
    """One jurisdiction is served, so it may be left out; another one is not found."""
    given = _value(request, "jurisdiction_id").strip()
    if given and given != option(request.state.db, "jurisdiction_id"):
        raise Refused(404, "jurisdiction_id was not found")


def _root(request: Request) -> str:
    return request.app.state.portal.settings.public_url.rstrip("/")


def _zone(request: Request) -> Any:
    return request.app.state.portal.settings.zone


@speaks
def discovery(request: Request, kind: str) -> Response:
    root = _root(request)
    endpoint = root + url("pelaporan:open311.services", format="xml").rpartition("/")[0]
    name = request.app.state.portal.settings.regency.name
    body = documents.discovery(
        kind,
        endpoint=endpoint,
        contact=_("Dinas Komunikasi dan Informatika %(regency)s") % {"regency": name},
        key_service=_("Mintalah kunci kepada pengelola pengaduan melalui %(address)s") % {"address": root + url("pelaporan:services")},
        changeset=CHANGESET,
    )
    return _answer(kind, body)


@speaks
def services(request: Request, kind: str) -> Response:
    return _answer(kind, documents.services(kind, answers.service_rows()))


@speaks
def service_definition(request: Request, kind: str) -> Response:
    code = request.path_params["code"]
    if code not in BY_CODE:
        raise Refused(404, "service_code was not found")
    return _answer(kind, documents.service_definition(kind, code, parsing.attributes_of(BY_CODE[code])))


@speaks
def requests(request: Request, kind: str) -> Response:
    """`GET requests`, in pages; the way to the next one stands in the header `Link`."""
    db = request.state.db
    most = int(option(db, "open311_baris"))
    wanted = parsing.wanted(request.query_params, now=request.state.now, zone=_zone(request), span_days=int(option(db, "open311_hari")), most=most)
    query = answers.select_reports(wanted)
    total = db.scalar(query.with_only_columns(func.count(Laporan.berkas_id), maintain_column_froms=True)) or 0
    page = query.order_by(Laporan.received_at.desc(), Laporan.berkas_id.desc()).limit(wanted.page_size).offset((wanted.page - 1) * wanted.page_size)
    rows = db.scalars(page).unique().all()
    body = documents.requests(kind, answers.request_rows(db, rows, root=_root(request), zone=_zone(request), extensions=wanted.extensions))
    headers = {"X-Total-Count": str(total)}
    links = _links(request, wanted, total)
    return _answer(kind, body, headers=headers | ({"Link": links} if links else {}))


def _links(request: Request, wanted: parsing.Wanted, total: int) -> str:
    last = max(1, -(-total // wanted.page_size))
    base = _root(request) + request.url.path
    given = [(key, value) for key, value in request.query_params.multi_items() if key not in ("page", "page_size")]

    def link(page: int, rel: str) -> str:
        return f'<{base}?{urlencode([*given, ("page", page), ("page_size", wanted.page_size)])}>; rel="{rel}"'

    found = [link(wanted.page + 1, "next")] if wanted.page < last else []
    found += [link(min(wanted.page - 1, last), "prev")] if wanted.page > 1 else []
    return ", ".join(found)


@speaks
def one_request(request: Request, kind: str) -> Response:
    register = read_register(request.path_params["id"][:60])
    laporan = (
        request.state.db.scalar(select(Laporan).join(Laporan.berkas).where(Berkas.register == register, Laporan.published_at.is_not(None)))
        if register
        else None
    )
    if laporan is None:
        raise Refused(404, "service_request_id was not found")
    extensions = request.query_params.get("extensions", "") in ("true", "1")
    return _answer(
        kind, documents.requests(kind, answers.request_rows(request.state.db, [laporan], root=_root(request), zone=_zone(request), extensions=extensions))
    )


@speaks
def token(request: Request, kind: str) -> Response:
    """Which number a token became."""
    given = request.path_params["token"]
    laporan = request.state.db.scalar(select(Laporan).where(Laporan.token == given[:40])) if given else None
    if laporan is None:
        raise Refused(404, "token was not found")
    return _answer(kind, documents.requests(kind, [{"service_request_id": laporan.berkas.register, "token": laporan.token}]))


@speaks
def post_request(request: Request, kind: str) -> Response:
    """A new report. Its number comes at once; so does the token, for those who expect one."""
    db, now = request.state.db, request.state.now
    given = _value(request, "api_key").strip()
    if not given:
        raise Refused(403, "api_key was not provided")
    key = keys.find_key(db, given, now=now)
    if key is None:
        raise Refused(403, "api_key is not valid")
    form = {name: value for name, value in form_of(request).multi_items() if isinstance(value, str)}
    sent = parsing.sent(form)
    place = find_place(sent.address_id) if sent.address_id else None
    if sent.address_id and (place is None or place.kind not in ("desa", "kelurahan")):
        raise Refused(400, "address_id was not found; it is the Kemendagri code of a desa")
    laporan = reports.receive_report(db, ANONYMOUS, _new(sent, key.id), now=now)
    notice = _("Simpan PIN %(pin)s untuk melacak laporan di %(address)s") % {"pin": laporan.berkas.pin, "address": _root(request) + url("berkas:track")}
    row = {"service_request_id": laporan.berkas.register, "token": laporan.token, "service_notice": notice, "account_id": None}
    return _answer(kind, documents.requests(kind, [row]))


def _new(sent: parsing.Sent, key_id: int) -> reports.NewReport:
    road = None
    if sent.road is not None:
        km, width, depth = (sent.road.get(name) for name in ("panjang_km", "lebar_m", "kedalaman_cm"))
        road = {
            "length_m": max(1, round(float(km) * 1000)),
            "width_cm": round(float(width) * 100) if width is not None else None,
            "depth_cm": int(depth) if depth is not None else None,
            "damage": sent.road["jenis"],
            "sta_start": sent.road["sta_awal"],
            "sta_end": sent.road["sta_akhir"],
            "no_ruas": sent.road["no_ruas"],
        }
    return reports.NewReport(
        service_code=sent.category.code,
        title=sent.title,
        description=sent.description,
        lat=sent.lat,
        lon=sent.lon,
        desa_code=sent.address_id,
        address=sent.address,
        road=road,
        casualties=sent.casualties,
        access_cut=sent.access_cut,
        school_route=sent.school_route,
        contact_name=sent.name,
        contact_phone=sent.phone,
        contact_email=sent.email,
        media_url=sent.media_url,
        channel="open311",
        api_key_id=key_id,
    )


def requests_or_post(request: Request) -> Response:
    return post_request(request) if request.method == "POST" else requests(request)


requests_or_post.csrf_exempt = True  # the key is the authority; cookies count for nothing here

V2 = "/open311/v2"
routes = [
    Route(f"{V2}/discovery.{{format}}", discovery, name="pelaporan:open311.discovery"),
    Route(f"{V2}/services.{{format}}", services, name="pelaporan:open311.services"),
    Route(f"{V2}/services/{{code}}.{{format}}", service_definition, name="pelaporan:open311.service"),
    Route(f"{V2}/requests.{{format}}", requests_or_post, methods=["GET", "POST"], name="pelaporan:open311.requests"),
    Route(f"{V2}/requests/{{id}}.{{format}}", one_request, name="pelaporan:open311.request"),
    Route(f"{V2}/tokens/{{token}}.{{format}}", token, name="pelaporan:open311.token"),
]
