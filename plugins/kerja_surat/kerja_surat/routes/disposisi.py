"""What one does with a disposisi: send, begin, finish, return."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pendopo import _
from pendopo.http import path_int

from .. import disposisi, registers
from ..forms import ResultForm
from .answers import answered, done, given
from .incoming import letter_page, send_form


def send(request: Request) -> Response:
    db = request.state.db
    letter = registers.get_letter(db, request.user, path_int(request))
    form = send_form(request, letter)

    def act() -> Response:
        disposisi.send_disposisi(db, request.user, letter.id, to_jabatan_ids=form.to.data, now=request.state.now, **given(form, "to"))
        return done(request, _("Disposisi terkirim."), "surat:kerja.masuk.show", id=letter.id)

    return answered(form, act, lambda: letter_page(request, letter, form=form, status=form.status))


def start(request: Request) -> Response:
    one = disposisi.start(request.state.db, request.user, path_int(request), now=request.state.now)
    return done(request, _("Disposisi ditandai sedang dikerjakan."), "surat:kerja.masuk.show", id=one.surat_id)


def _close(request: Request, verb: Callable[..., Any], word: str, said: str) -> Response:
    """Close one disposisi with words; what is wrong with them is shown beside them."""
    db = request.state.db
    one = disposisi.get_disposisi(db, request.user, path_int(request))
    form = ResultForm(request, prefix=f"d{one.id}-")

    def act() -> Response:
        verb(db, request.user, one.id, now=request.state.now, **{word: form.result.data})
        return done(request, said, "surat:kerja.masuk.show", id=one.surat_id)

    return answered(form, act, lambda: letter_page(request, one.surat, result=form, result_for=one.id, status=form.status))


def finish(request: Request) -> Response:
    return _close(request, disposisi.finish, "result", _("Disposisi selesai."))


def send_back(request: Request) -> Response:
    return _close(request, disposisi.send_back, "reason", _("Disposisi dikembalikan."))


routes = [
    Route("/masuk/{id:int}/disposisi", send, methods=["POST"], name="surat:kerja.disposisi.new"),
    Route("/disposisi/{id:int}/pengerjaan", start, methods=["POST"], name="surat:kerja.disposisi.start"),
    Route("/disposisi/{id:int}/hasil", finish, methods=["POST"], name="surat:kerja.disposisi.finish"),
    Route("/disposisi/{id:int}/pengembalian", send_back, methods=["POST"], name="surat:kerja.disposisi.return"),
]
