"""Pages of playlists, smart blocks and clock wheels."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pendopo import DomainError, NotFound, _
from pendopo.http import flash, form_of, page, path_int, redirect, url

from . import lists, media, usage, wheels
from .forms import BlockForm, NameForm, PartForm, PlaylistForm, block_prefill
from .models import Block, Playlist, Wheel
from .wheels import Part

MOST_FOUND = 40


def overview(request: Request) -> Response:
    """Playlists and blocks side by side, each with what it holds now."""
    request.user.require("radio.media")
    db = request.state.db
    pieces = media.pieces(db)
    known = {piece.id: piece for piece in pieces}
    playlists = [(row, [known[track_id] for track_id in row.tracks if track_id in known]) for row in lists.all_of(db, Playlist)]
    blocks = [(row, lists.finds(lists.rules_of(row), pieces, request.state.now)) for row in lists.all_of(db, Block)]
    return page(
        request, "gawe_radio/planning/lists.html", playlists=playlists, blocks=blocks, orders=lists.ORDER_NAMES, rules_of=lists.rules_of,
        tab="pustaka", part="daftar",
    )


def _changed(request: Request, act: Callable[[], Any], said: str, back: str) -> Response:
    """Carry out a button's wish, and tell on the page it was pressed on."""
    try:
        act()
        flash(request, said)
    except DomainError as refusal:
        if refusal.status in (403, 404):
            raise
        flash(request, refusal.sentence(), "error")
    return redirect(back)


def _number(text: str) -> float | None:
    with suppress(ValueError):
        return float(text.replace(",", "."))
    return None


def arranged(items: list[Any], form: Any, wish: str) -> list[Any]:
    """`items` after a wish: "naik:2", "turun:2", "buang:2", or "urutkan" by the numbers typed as urutan-0, urutan-1 ..."""
    verb, _colon, place = wish.partition(":")
    if verb == "urutkan":
        return lists.renumbered(items, [_number(str(form.get(f"urutan-{index}", ""))) for index in range(len(items))])
    if not place.isdecimal() or int(place) >= len(items) or verb not in ("naik", "turun", "buang"):
        raise NotFound()
    index = int(place)
    if verb == "buang":
        return [*items[:index], *items[index + 1 :]]
    return lists.moved(items, index, -1 if verb == "naik" else 1)


# -------------------------------------------------------------------------------------------------------- playlists


def playlist(request: Request) -> Response:
    request.user.require("radio.media")
    db = request.state.db
    row = lists.find(db, Playlist, path_int(request)) if "id" in request.path_params else None
    form = PlaylistForm(request, prefill={"name": row.name, "order": row.order, "weight": row.weight} if row else {"weight": 1, "order": "shuffle"})
    if form.submitted and form.validate():
        with form.refusals():
            saved = lists.save_playlist(db, request.user, form.name.data, form.order.data, form.weight.data, playlist_id=row.id if row else None)
            flash(request, _("Daftar putar tersimpan.") if row else _("Daftar putar dibuat. Tambahkan lagunya."))
            return redirect(url("radio:kerja.daftar.satu", id=saved.id))
    if row is None:
        return page(request, "gawe_radio/planning/playlist_new.html", form=form, status=form.status, tab="pustaka", part="daftar")
    pieces = media.pieces(db)
    known = {piece.id: piece for piece in pieces}
    asked = media.Filter(text=request.query_params.get("q", "")[:100], tag=request.query_params.get("label", "")[:40])
    kinds = ("music", "programme") if not asked.text else ("music", "programme", "jingle", "ident", "cart")
    free = [piece for piece in pieces if piece.kind in kinds and piece.id not in row.tracks and piece.plays and asked.holds(piece)]
    return page(
        request, "gawe_radio/planning/playlist.html", row=row, form=form, status=form.status,
        tracks=[(track_id, known.get(track_id)) for track_id in row.tracks], free=free[:MOST_FOUND], more=len(free) > MOST_FOUND, asked=asked,
        tags=media.words_of(pieces)[0], edition=lists.edition(row),
        length_s=sum(known[track_id].duration_s for track_id in row.tracks if track_id in known), users=usage.users_of(db, row), tab="pustaka", part="daftar",
    )


def playlist_content(request: Request) -> Response:
    request.user.require("radio.media")
    db, form = request.state.db, form_of(request)
    row = lists.find(db, Playlist, path_int(request))
    wish = str(form.get("aksi", ""))

    def act() -> None:
        if wish == "tambah":
            lists.add_tracks(db, request.user, row, [str(track_id) for track_id in form.getlist("lagu")])
            return
        lists.check_edition(row, str(form.get("edisi", "")))
        lists.set_tracks(db, request.user, row, arranged(row.tracks, form, wish))

    return _changed(request, act, _("Isi daftar putar diubah."), url("radio:kerja.daftar.satu", id=row.id))


def remove_playlist(request: Request) -> Response:
    row = lists.find(request.state.db, Playlist, path_int(request))
    return _removed(request, row, url("radio:kerja.daftar"), url("radio:kerja.daftar.satu", id=row.id))


def _removed(request: Request, row: Any, to: str, back: str) -> Response:
    try:
        lists.remove(request.state.db, request.user, row)
    except lists.StillUsed as refusal:
        flash(request, refusal.sentence(), "error")
        return redirect(back)
    flash(request, _("%(name)s dihapus.") % {"name": row.name})
    return redirect(to)


# ------------------------------------------------------------------------------------------------------------ blocks


def block(request: Request) -> Response:
    """A smart block, and what it would find now: also before it is saved."""
    request.user.require("radio.media")
    db = request.state.db
    row = lists.find(db, Block, path_int(request)) if "id" in request.path_params else None
    form = BlockForm(request, prefill=block_prefill(row) if row else None)
    pieces = media.pieces(db)
    rules = lists.rules_of(row) if row else lists.Rules()
    if form.submitted and form.validate():
        rules = form.rules()
        if form_of(request).get("aksi") != "pratinjau":
            with form.refusals():
                saved = lists.save_block(db, request.user, form.name.data, rules, block_id=row.id if row else None)
                flash(request, _("Blok cerdas tersimpan."))
                return redirect(url("radio:kerja.blok.satu", id=saved.id))
    found = lists.finds(rules, pieces, request.state.now)
    tags, artists = media.words_of(pieces)
    return page(
        request, "gawe_radio/planning/block.html", row=row, form=form, status=form.status, found=found, length_s=sum(piece.duration_s for piece in found),
        tags=tags, artists=artists, users=usage.users_of(db, row) if row else [], tab="pustaka", part="daftar",
    )


def remove_block(request: Request) -> Response:
    row = lists.find(request.state.db, Block, path_int(request))
    return _removed(request, row, url("radio:kerja.daftar"), url("radio:kerja.blok.satu", id=row.id))


# ------------------------------------------------------------------------------------------------------------ wheels


def wheel_list(request: Request) -> Response:
    request.user.require("radio.studio")
    db = request.state.db
    refs = wheels.references(db)
    rows = [(row, wheels.face(row, refs), usage.users_of(db, row)) for row in lists.all_of(db, Wheel)]
    return page(request, "gawe_radio/planning/wheels.html", rows=rows, tab="acara", part="roda")


def wheel(request: Request) -> Response:
    request.user.require("radio.programme")
    db = request.state.db
    row = lists.find(db, Wheel, path_int(request)) if "id" in request.path_params else None
    form = NameForm(request, prefill={"name": row.name} if row else None)
    if form.submitted and form.validate():
        with form.refusals():
            saved = wheels.save_wheel(db, request.user, form.name.data, wheel_id=row.id if row else None)
            flash(request, _("Roda jam tersimpan.") if row else _("Roda jam dibuat. Susunlah bagiannya."))
            return redirect(url("radio:kerja.roda.satu", id=saved.id))
    if row is None:
        return page(request, "gawe_radio/planning/wheel_new.html", form=form, status=form.status, tab="acara", part="roda")
    return _wheel_page(request, row, form, PartForm(_asking(request), wheels.references(db)))


class _Asking:
    """A request as if nothing had been sent: the other form of the page stays empty."""

    method = "GET"

    def __init__(self, request: Request) -> None:
        self.state, self.scope = request.state, request.scope


def _asking(request: Request) -> Any:
    return _Asking(request)


def _wheel_page(request: Request, row: Wheel, form: NameForm, part_form: PartForm) -> Response:
    db = request.state.db
    refs = wheels.references(db)
    return page(
        request, "gawe_radio/planning/wheel.html", row=row, form=form, part_form=part_form, slices=wheels.face(row, refs), parts=wheels.parts_of(row),
        whole_min=sum(part.takes_min for part in wheels.parts_of(row)), edition=lists.edition(row), users=usage.users_of(db, row),
        status=max(form.status, part_form.status), tab="acara", part="roda",
    )


def wheel_parts(request: Request) -> Response:
    request.user.require("radio.programme")
    db, sent = request.state.db, form_of(request)
    row = lists.find(db, Wheel, path_int(request))
    back = url("radio:kerja.roda.satu", id=row.id)
    wish = str(sent.get("aksi", ""))
    if wish == "tambah":
        part_form = PartForm(request, wheels.references(db))
        if part_form.validate():
            with part_form.refusals():
                wheels.set_parts(db, request.user, row, [*wheels.parts_of(row), part_form.part()])
                flash(request, _("Bagian ditambahkan."))
                return redirect(back)
        return _wheel_page(request, row, NameForm(_asking(request), prefill={"name": row.name}), part_form)

    def act() -> None:
        lists.check_edition(row, str(sent.get("edisi", "")))
        wheels.set_parts(db, request.user, row, arranged(_counted(wheels.parts_of(row), sent), sent, wish))

    return _changed(request, act, _("Roda jam diubah."), back)


def _counted(parts: list[Part], sent: Any) -> list[Part]:
    """The parts with what was typed beside them; whoever only moves one sends the rest as it was."""
    found = []
    for index, part in enumerate(parts):
        count, minutes = (str(sent.get(f"{name}-{index}", "")) for name in ("jumlah", "menit"))
        found.append(Part(
            part.kind, part.ref, min(int(count), 20) if count.isdecimal() and int(count) else part.count,
            min(int(minutes), 60) if minutes.isdecimal() else 0 if f"menit-{index}" in sent else part.minutes,
        ))
    return found


def remove_wheel(request: Request) -> Response:
    row = lists.find(request.state.db, Wheel, path_int(request))
    return _removed(request, row, url("radio:kerja.roda"), url("radio:kerja.roda.satu", id=row.id))


BOTH = ["GET", "POST"]
staff_routes = [
    Route("/pustaka/daftar/", overview, name="radio:kerja.daftar"),
    Route("/pustaka/daftar/baru", playlist, methods=BOTH, name="radio:kerja.daftar.baru"),
    Route("/pustaka/daftar/{id:int}", playlist, methods=BOTH, name="radio:kerja.daftar.satu"),
    Route("/pustaka/daftar/{id:int}/isi", playlist_content, methods=["POST"], name="radio:kerja.daftar.isi"),
    Route("/pustaka/daftar/{id:int}/penghapusan", remove_playlist, methods=["POST"], name="radio:kerja.daftar.hapus"),
    Route("/pustaka/blok/baru", block, methods=BOTH, name="radio:kerja.blok.baru"),
    Route("/pustaka/blok/{id:int}", block, methods=BOTH, name="radio:kerja.blok.satu"),
    Route("/pustaka/blok/{id:int}/penghapusan", remove_block, methods=["POST"], name="radio:kerja.blok.hapus"),
    Route("/roda/", wheel_list, name="radio:kerja.roda"),
    Route("/roda/baru", wheel, methods=BOTH, name="radio:kerja.roda.baru"),
    Route("/roda/{id:int}", wheel, methods=BOTH, name="radio:kerja.roda.satu"),
    Route("/roda/{id:int}/bagian", wheel_parts, methods=["POST"], name="radio:kerja.roda.bagian"),
    Route("/roda/{id:int}/penghapusan", remove_wheel, methods=["POST"], name="radio:kerja.roda.hapus"),
]
