"""Pages and addresses of this room."""

from __future__ import annotations

from starlette.routing import Route

from . import pages, staff, streams

routes: list = [
    *streams.routes,
    Route("/", pages.index, name="radio:index"),
    Route("/kini", pages.on_air_now, name="radio:kini"),
    Route("/jadwal/", pages.schedule, name="radio:jadwal"),
    Route("/riwayat/", pages.history, name="radio:riwayat"),
    Route("/terdengar.json", pages.heard_json, name="radio:terdengar"),
    Route("/pasang/", pages.how_to_embed, name="radio:pasang"),
    Route("/sematan/", pages.embedded, name="radio:sematan"),
]
staff_routes: list = [
    Route("/pendengar/", staff.figures_page, name="radio:kerja.pendengar"),
    Route("/pendengar/hitungan.csv", staff.figures_csv, name="radio:kerja.pendengar.csv"),
    Route("/pendengar/lagu.csv", staff.played_csv, name="radio:kerja.lagu.csv"),
]
