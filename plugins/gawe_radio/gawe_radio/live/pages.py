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
from ..board import desk as board
from ..forms import TrackForm
from . import calls
from .errors import CallerBlocked, CallsClosed
from .words import call_words, studio_words

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


def _reading(request: Request) -> dict[str, Any]:
    """What the announcer has to say: by the engine, and by listeners."""
    db, state = request.state.db, station.state()
    return {"state": state, "queue": station.waiting_words() if state else [], "wishes": board.to_read(db)[:8], "wishes_waiting": len(board.waiting(db))}


def studio(request: Request) -> Response:
    request.user.require("radio.studio")
    reading = _reading(request)
    tracks = station.ask("tracks")["tracks"] if reading["state"] else []
    music = [track for track in tracks if track["kind"] == "music"]
    return page(
        request, "gawe_radio/live/studio.html", **_lines(request), **reading, tab="langsung", carts=_carts(tracks),
        announcers=_announcers(request), track_form=TrackForm(request, music) if music else None, ice=_ice(request), words=studio_words(),
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


def reading(request: Request) -> Response:
    request.user.require("radio.studio")
    return _piece(request, "reading", **_reading(request))


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
        case _:
            raise NotFound()
    return _calls_follow(request)


def _calls_follow(request: Request) -> Response:
    """The list again for a page that goes on; for all others the desk."""
    return _piece(request, "calls", **_lines(request)) if is_partial(request) else redirect(url("radio:kerja.langsung"))


def unblock(request: Request) -> Response:
    calls.unblock_caller(request.state.db, request.user, path_int(request))
    return _calls_follow(request)


# ---------------------------------------------------------------------------------------------- without a microphone


def play_cart(request: Request) -> Response:
    request.user.require("radio.studio")
    wanted = form_of(request).get("track")
    if any(cart["id"] == wanted for cart in _carts(station.ask("tracks")["tracks"])):
        station.ask("cart", track=wanted)
    else:
        flash(request, _("Jingle itu tidak ada."), "error")
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
    return page(
        request, "gawe_radio/live/telephone.html", why=why, ice=_ice(request), words=call_words(), most_name=calls.MOST_NAME, most_topic=calls.MOST_TOPIC,
    )


