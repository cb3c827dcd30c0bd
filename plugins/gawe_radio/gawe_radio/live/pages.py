"""The announcer's desk and the listener's telephone, as pages."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from pendopo import NotFound, _
from pendopo.http import flash, form_of, fragment, is_partial, page, path_int, redirect, url
from pendopo.identity import Account, people_with
from pendopo.kit import settings

from .. import station
from ..forms import TrackForm
from . import calls
from .errors import CallerBlocked, CallsClosed

CART_KINDS = ("cart", "jingle")
MOST_CARTS = 18


def _carts(tracks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Carts before jingles; the first nine have the keys 1 to 9."""
    found = [track for track in tracks if track["kind"] in CART_KINDS]
    return sorted(found, key=lambda track: (CART_KINDS.index(track["kind"]), track["title"]))[:MOST_CARTS]


def _announcers(request: Request) -> list[Account]:
    """To whom the microphone may be given."""
    db = request.state.db
    found = [db.get(Account, account_id) for account_id in people_with(db, "radio.live")]
    return sorted((account for account in found if account is not None and account.id != request.user.account_id), key=lambda account: account.name)


def _air() -> dict[str, Any]:
    state = station.state()
    return {"state": state, "queue": station.waiting_words() if state else []}


def desk(request: Request) -> Response:
    request.user.require("radio.studio")
    air = _air()
    tracks = station.ask("tracks")["tracks"] if air["state"] else []
    music = [track for track in tracks if track["kind"] == "music"]
    return page(
        request, "gawe_radio/live/studio.html", **air, **_lines(request), tab="langsung", carts=_carts(tracks), music=music, announcers=_announcers(request),
        track_form=TrackForm(request, music) if music else None, ice=_ice(request),
    )


def _ice(request: Request) -> list[dict[str, str]]:
    """STUN and TURN servers as browsers take them."""
    found = []
    for address in settings.value(request.state.db, "radio.ice").split():
        scheme, _colon, rest = address.partition(":")
        login, at, host = rest.rpartition("@")
        name, _colon, secret = login.partition(":")
        found.append({"urls": f"{scheme}:{host}", **({"username": name, "credential": secret} if at else {})})
    return found


def _lines(request: Request) -> dict[str, Any]:
    db = request.state.db
    producer = request.user.can("radio.producer")
    return {
        "calls": calls.open_calls(db, request.state.now), "blocked": calls.blocked_accounts(db) if producer else [], "producer": producer,
        "calls_open": settings.value(db, "radio.telepon"), "at": request.state.now,
    }


def now_on_desk(request: Request) -> Response:
    """What plays and what waits, for a desk whose script does not run."""
    request.user.require("radio.studio")
    return _piece(request, "on_air", **_air())


def call_list(request: Request) -> Response:
    request.user.require("radio.studio")
    return _piece(request, "calls", **_lines(request))


def _piece(request: Request, name: str, **context: Any) -> Response:
    if is_partial(request):
        return fragment(request, f"gawe_radio/live/_{name}.html", **context)
    return page(request, "gawe_radio/live/piece.html", piece=name, tab="langsung", **context)


def decide_call(request: Request) -> Response:
    """What the producer does with a caller: `aksi` is terima, udara, tahan, selesai or blokir."""
    request.user.require("radio.producer")
    db, now, call_id, form = request.state.db, request.state.now, path_int(request), form_of(request)
    match form.get("aksi"):
        case "terima" | "tahan":
            calls.admit_call(db, request.user, call_id, now=now)
        case "udara":
            calls.put_on_air(db, request.user, call_id, now=now)
        case "selesai":
            calls.end_call(db, request.user, call_id, now=now)
        case "blokir":
            calls.block_caller(db, request.user, call_id, str(form.get("alasan", ""))[:300] or _("Diblokir produser"), now=now)
            flash(request, _("Penelepon diblokir dan sambungannya diakhiri."), "warn")
        case _:
            raise NotFound()
    return redirect(url("radio:kerja.langsung"))


def unblock(request: Request) -> Response:
    calls.unblock_caller(request.state.db, request.user, path_int(request))
    flash(request, _("Akun itu boleh menelepon lagi."))
    return redirect(url("radio:kerja.langsung"))


# ---------------------------------------------------------------------------------------------- without a microphone


def play_cart(request: Request) -> Response:
    request.user.require("radio.studio")
    station.ask("cart", track=str(form_of(request).get("track", "")))
    return redirect(url("radio:kerja.langsung"))


def stop_cart(request: Request) -> Response:
    request.user.require("radio.studio")
    station.ask("cart_stop")
    return redirect(url("radio:kerja.langsung"))


def hold(request: Request) -> Response:
    request.user.require("radio.live")
    on = form_of(request).get("aktif") == "1"
    station.ask("hold", on=on)
    flash(request, _("Sesudah lagu ini tidak ada lagu baru sampai dilepas.") if on else _("Musik berjalan sendiri lagi."))
    return redirect(url("radio:kerja.langsung"))


def cue(request: Request) -> Response:
    """A piece of the library, to be heard before it is on the air."""
    request.user.require("radio.studio")
    media = (station.home() / "media").resolve()
    path = (media / request.path_params["track"]).resolve()
    if not path.is_relative_to(media) or not path.is_file():
        raise NotFound()
    return FileResponse(path, headers={"Cache-Control": "private, max-age=3600"})


# ------------------------------------------------------------------------------------------------------- the telephone


def telephone(request: Request) -> Response:
    request.user.require_signed_in()
    db, why = request.state.db, ""
    try:
        calls.may_call(db, request.user)
    except (CallerBlocked, CallsClosed) as refusal:
        why = refusal.sentence()
    mine = [call for call in calls.open_calls(db, request.state.now) if call.account_id == request.user.account_id]
    return page(request, "gawe_radio/live/telephone.html", why=why, mine=mine, ice=_ice(request), most_name=calls.MOST_NAME, most_topic=calls.MOST_TOPIC)


