"""Addresses of figures, for everyone at /statistik/ and for staff at /kerja/statistik/."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...errors import NotFound
from ...http import page, url
from ...identity.loading import regency_day
from .charted import charted
from .files import FILES, as_file, written
from .filters import Filters
from .tables import MOST_ROWS
from .views import Found, choices_of, every_view, figures, find_view, label_of, rows_behind


def _is_staff(request: Request) -> bool:
    return request.scope["pendopo.path"].startswith("/kerja/")


def index(request: Request) -> Response:
    """Every view that this person may see, by service."""
    staff = _is_staff(request)
    services: dict[str, list[Found]] = {}
    for found in every_view():
        if found.may_see(request.user) and (staff or not found.view.permission):
            services.setdefault(found.service, []).append(found)
    return page(request, "statistics/index.html", services=services, show=_route("show", staff), staff=staff)


def _route(name: str, staff: bool) -> str:
    return f"statistik:{'kerja.' if staff else ''}{name}"


def _asked(request: Request) -> dict[str, Any]:
    """The view of this address, its filters as chosen, and its figures as this person may see them."""
    staff, db = _is_staff(request), request.state.db
    found = find_view(request.path_params["plugin"], request.path_params["view"], request.user, staff=staff)
    filters = Filters(request.user, regency_day(request.state.now))
    choices = choices_of(db, found, request.query_params, filters)
    filters = Filters(filters.actor, filters.today, {choice.filter.slug: choice.value for choice in choices})
    exact = staff and found.is_exact_for(request.user)
    place = {"plugin": found.plugin.slug, "view": found.view.slug}
    return {"found": found, "filters": filters, "choices": choices, "exact": exact, "staff": staff, "place": place}


def show(request: Request) -> Response:
    asked = _asked(request)
    found, staff = asked["found"], asked["staff"]
    table = figures(request.state.db, found, asked["filters"], exact=asked["exact"])
    chosen = asked["filters"].chosen
    files = [(kind, url(_route("file", staff), _query=chosen, kind=kind, **asked["place"])) for kind in FILES]
    drill = staff and found.may_drill(request.user)
    behind = {row.key: url("statistik:kerja.rows", _query={**chosen, "baris": row.key}, **asked["place"]) for row in table.rows if drill and row.key}
    sisters = [(one.title, url(_route("show", staff), plugin=one.plugin.slug, view=one.view.slug), one.view.slug == found.view.slug) for one in every_view()
               if one.plugin is found.plugin and one.may_see(request.user) and (staff or not one.view.permission)]
    shown = {"sisters": sisters, "table": table, "chart": charted(table, found.view.chart), "files": files, "behind": behind, "written": written}
    return page(request, "statistics/view.html", back=url(_route("index", staff)), **shown, **asked)


def file(request: Request) -> Response:
    asked = _asked(request)
    if request.path_params["kind"] not in FILES:
        raise NotFound()
    table = figures(request.state.db, asked["found"], asked["filters"], exact=asked["exact"])
    return as_file(request.path_params["kind"], "-".join([asked["found"].view.slug, *asked["filters"].chosen.values()]), table)


def rows(request: Request) -> Response:
    """The rows that one figure counts, for whoever may see them."""
    asked = _asked(request)
    key = request.query_params.get("baris", "")[:100]
    table = rows_behind(request.state.db, asked["found"], asked["filters"], key)
    chosen = asked["filters"].chosen
    name = label_of(figures(request.state.db, asked["found"], asked["filters"], exact=True), key)
    back = url("statistik:kerja.show", _query=chosen, **asked["place"])
    return page(request, "statistics/rows.html", table=table, most=MOST_ROWS, name=name, back=back, written=written, **asked)


routes = [
    Route("/statistik/", index, name="statistik:index"),
    Route("/statistik/{plugin}/{view}", show, name="statistik:show"),
    Route("/statistik/{plugin}/{view}/data.{kind}", file, name="statistik:file"),
]
staff_routes = [
    Route("/kerja/statistik/", index, name="statistik:kerja.index"),
    Route("/kerja/statistik/{plugin}/{view}", show, name="statistik:kerja.show"),
    Route("/kerja/statistik/{plugin}/{view}/data.{kind}", file, name="statistik:kerja.file"),
    Route("/kerja/statistik/{plugin}/{view}/rincian", rows, name="statistik:kerja.rows"),
]
