"""Listeners' pages and addresses."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute

from pendopo import NotFound, _
from pendopo.http import page, path_int, query_int, url, whole_url
from pendopo.kit.feeds import FeedItem, rss_response
from pendopo.kit.places import find_place, kecamatan_list

from . import announcements, asyncapi, cap
from .addresses import station_name
from .clients import radio_socket
from .models import Announcement, AnnouncementVersion

PER_PAGE = 20


def _settings(request: Request):
    return request.app.state.portal.settings


# ------------------------------------------------------------------------------------------------------------- pages


def announcement_list(request: Request) -> Response:
    number = query_int(request, "halaman", 1, least=1, most=500)
    area = request.query_params.get("kecamatan", "")
    area = area if find_place(area) else ""
    rows = announcements.public_announcements(
        request.state.db, area=area, text=request.query_params.get("q", "")[:100], limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE
    )
    return page(
        request, "gawe_radio/announcements.html", rows=rows[:PER_PAGE], number=number, more=len(rows) > PER_PAGE, area=area, kecamatan=kecamatan_list(),
        at=request.state.now,
    )


def show_announcement(request: Request) -> Response:
    announcement = _published(request)
    versions = announcements.versions_of(request.state.db, announcement.id)
    return page(request, "gawe_radio/announcement.html", word=announcement, versions=versions, at=request.state.now)


def _published(request: Request) -> Announcement:
    announcement = announcements.find_announcement(request.state.db, path_int(request))
    if announcement.state not in ("terbit", "batal"):
        raise NotFound()
    return announcement


def announcement_feed(request: Request) -> Response:
    items = [
        FeedItem(row.title, url("radio:pengumuman.show", id=row.id), row.words(request.state.language), row.published_at, row.priority)
        for row in announcements.public_announcements(request.state.db, limit=50) if row.state == "terbit"
    ]
    return rss_response(
        _("Pengumuman") + f" {station_name(request)}", url("radio:pengumuman"), _("Pengumuman yang disiarkan radio dan portal."), items,
        self_link=url("radio:rss"), language=request.state.language,
    )


# ---------------------------------------------------------------------------------------------------------------- CAP


def cap_index(request: Request) -> Response:
    db = request.state.db
    grave = [row for row in announcements.active_announcements(db, request.state.now) if row.priority in cap.SEVERITY]
    found = []
    for row in grave:
        newest = announcements.versions_of(db, row.id)[-1]
        found.append((row, newest, whole_url(url("radio:cap.alert", id=row.id, number=newest.number))))
    return Response(cap.index(_settings(request), found, whole_url(url("radio:cap")), request.state.now), media_type="application/atom+xml")


def cap_alert(request: Request) -> Response:
    announcement = _published(request)
    versions: list[AnnouncementVersion] = announcements.versions_of(request.state.db, announcement.id)
    number = request.path_params["number"]
    wanted = next((version for version in versions if version.number == number), None)
    if wanted is None or wanted.priority not in cap.SEVERITY:
        raise NotFound()
    earlier = [version for version in versions if version.number < number]
    web = whole_url(url("radio:pengumuman.show", id=announcement.id))
    return Response(cap.alert(_settings(request), wanted, earlier, web), media_type="application/cap+xml")


async def websocket_description(request: Request) -> Response:
    return JSONResponse(asyncapi.document(_settings(request)), headers={"Access-Control-Allow-Origin": "*"})


routes = [
    Route("/pengumuman/", announcement_list, name="radio:pengumuman"),
    Route("/pengumuman/rss.xml", announcement_feed, name="radio:rss"),
    Route("/pengumuman/{id:int}", show_announcement, name="radio:pengumuman.show"),
    Route("/cap/", cap_index, name="radio:cap"),
    Route("/cap/{id:int}/{number:int}.xml", cap_alert, name="radio:cap.alert"),
    WebSocketRoute("/ws", radio_socket, name="radio:ws"),
    Route("/ws/asyncapi.json", websocket_description, name="radio:ws.asyncapi"),
]
