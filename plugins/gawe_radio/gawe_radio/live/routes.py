"""Pages and addresses of this room."""

from __future__ import annotations

from starlette.routing import Route, WebSocketRoute

from . import lines, pages
from .call_socket import call_socket
from .studio_socket import studio_socket

routes = [
    WebSocketRoute("/live", studio_socket, name="radio:live"),
    WebSocketRoute("/panggilan", call_socket, name="radio:panggilan"),
    Route("/telepon/", pages.telephone, name="radio:telepon"),
    Route("/whep", lines.whep, methods=["POST"], name="radio:whep"),
    Route("/whep/{key}", lines.whep_end, methods=["DELETE"], name="radio:whep.akhir"),
]
staff_routes = [
    Route("/siaran/", pages.studio, name="radio:kerja.langsung"),
    Route("/siaran/naskah", pages.reading, name="radio:kerja.naskah"),
    Route("/siaran/telepon", pages.call_list, name="radio:kerja.telepon"),
    Route("/siaran/telepon/{id:int}/keputusan", pages.decide_call, methods=["POST"], name="radio:kerja.telepon.putus"),
    Route("/siaran/blokir/{id:int}/pencabutan", pages.unblock, methods=["POST"], name="radio:kerja.blokir.cabut"),
    Route("/siaran/jingle", pages.play_cart, methods=["POST"], name="radio:kerja.jingle"),
    Route("/siaran/jingle/penghentian", pages.stop_cart, methods=["POST"], name="radio:kerja.jingle.henti"),
    Route("/siaran/tahan", pages.hold, methods=["POST"], name="radio:kerja.tahan"),
    Route("/siaran/simak/{track:path}", pages.cue, name="radio:kerja.simak"),
    Route("/live/whip", lines.whip, methods=["POST"], name="radio:kerja.whip"),
    Route("/live/whip/{key}", lines.whip_end, methods=["DELETE"], name="radio:kerja.whip.akhir"),
]
