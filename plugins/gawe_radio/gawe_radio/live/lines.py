"""WebRTC by plain HTTP: WHIP for a microphone (also of an encoder program), WHEP for a listener with little delay."""

from __future__ import annotations

import asyncio
import secrets

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from pendopo import _
from pendopo.http import body_of, url
from pendopo_stream.live import Held
from pendopo_stream.relay.client import EngineAway, Refused

from ..errors import StationAway
from . import desk as desks
from .booth import Booth
from .desk import PERMISSION_S, Desk, still_may
from .errors import MicrophoneHeld

SDP = "application/sdp"


def _offer(request: Request) -> str:
    return body_of(request).decode("utf-8", "replace")


def _created(answer: str, location: str) -> Response:
    return Response(answer, 201, {"Location": location, "Cache-Control": "no-store"}, SDP)


def _bad() -> Response:
    return PlainTextResponse(_("Tawaran sambungan suara ini tidak terbaca.") + "\n", 400)


async def whip(request: Request) -> Response:
    """Take the microphone and go on the air at once; `DELETE` of its address, or hanging up, ends it."""
    from pendopo_stream.live.peer import BadOffer

    desk = desks.here()
    request.user.require("radio.live")
    key = secrets.token_urlsafe(16)
    try:
        booth = await Booth.open(desk, request.user, on_closed=lambda reason: desk.booths.pop(key, None))
    except Held as held:
        raise MicrophoneHeld(name=held.by) from held
    except (EngineAway, Refused) as error:
        raise StationAway() from error
    desk.booths[key] = booth
    try:
        answer = await booth.answer(_offer(request))
        await booth.fader(on=True)
    except BadOffer:
        await _end(desk, key)
        return _bad()
    except (EngineAway, Refused) as error:
        await _end(desk, key)
        raise StationAway() from error
    desk.begin(_watch(desk, key, request.cookies.get(desk.portal.session_cookie, "")))
    return _created(answer, url("radio:kerja.whip.akhir", key=key))


async def _watch(desk: Desk, key: str, token: str) -> None:
    """While it lasts: is the line still there, and may this person still speak?"""
    while (booth := desk.booths.get(key)) is not None:
        if booth.peer is None or not await still_may(desk.portal, token, "radio.live"):
            return await _end(desk, key, "line" if booth.peer is None else "revoked")
        await asyncio.sleep(PERMISSION_S)


async def _end(desk: Desk, key: str, reason: str = "") -> None:
    booth = desk.booths.pop(key, None)
    if booth is not None:
        await booth.close(reason)


async def whip_end(request: Request) -> Response:
    """Whichever process has the microphone ends it, when it is this person's."""
    request.user.require("radio.live")
    await desks.here().tell_all({"do": "end", "key": request.path_params["key"], "holder": str(request.user.account_id)})
    return Response(status_code=200)


async def whep(request: Request) -> Response:
    """A listener with little delay. Seats are few: the public listens by `/radio/stream.mp3`."""
    from pendopo_stream.live.peer import BadOffer
    from pendopo_stream.live.whep import Full

    audience = await desks.here().audience()
    if not audience.hub.connected:
        raise StationAway()
    key = secrets.token_urlsafe(16)
    try:
        return _created(await audience.join(key, _offer(request)), url("radio:whep.akhir", key=key))
    except Full as full:
        words = _("Tempat untuk mendengar tanpa jeda sedang penuh. Siaran biasa tetap terbuka.")
        return PlainTextResponse(words + "\n", 429, {"Retry-After": str(full.retry_s)})
    except BadOffer:
        return _bad()


async def whep_end(request: Request) -> Response:
    """A listener's seat in another process is free once the listener says goodbye on the line itself, as browsers do."""
    audience = await desks.here().audience()
    await audience.leave(request.path_params["key"])
    return Response(status_code=200)
