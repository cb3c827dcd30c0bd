"""Pages of what goes out: drafts, their paraf, the sealed paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pendopo import _
from pendopo.http import page, path_int, query_int
from pendopo.kit.attachments import attachments_of, claim
from pendopo.kit.calendar import calendar_for

from .. import choices, outgoing, registers, sealing
from ..chain import held_post
from ..forms import DraftForm, ParafForm, RewriteForm
from ..models import SuratKeluar
from ..outgoing import DRAFT, ENCLOSURES
from ..rules import NASKAH
from .answers import answered, done, given, pdf

PER_PAGE = 30


def drafts(request: Request) -> Response:
    db, query = request.state.db, request.query_params
    rows = outgoing.list_outgoing(
        db,
        request.user,
        text=query.get("q", "")[:100],
        status=query.get("status", ""),
        jenis=query.get("jenis", ""),
        before=query_int(request, "sebelum") or None,
        limit=PER_PAGE + 1,
    )
    return page(request, "kerja_surat/drafts.html", letters=rows[:PER_PAGE], more=len(rows) > PER_PAGE, opd=choices.opd_names(db), naskah=NASKAH, tab="keluar")


def new_draft(request: Request) -> Response:
    """A new draft; `?jawab=` answers a letter that came in, `?ralat=` corrects or revokes one that went out."""
    db, actor = request.state.db, request.user
    actor.require(DRAFT)
    answers_id, corrects_id = query_int(request, "jawab") or None, query_int(request, "ralat") or None
    answers = registers.get_letter(db, actor, answers_id) if answers_id else None
    corrects = outgoing.get_outgoing(db, actor, corrects_id) if corrects_id else None
    form = DraftForm(request, prefill=_prefill(answers, corrects))
    form.opd_id.choices = choices.opd_where(db, actor, DRAFT)
    form.signer.choices = choices.chain_for(db, actor)
    form.reviewers.choices = choices.reviewers_for(db, actor)

    def draft() -> Response:
        chain = {"signer_jabatan_id": form.signer.data, "reviewers": [c.value for c in form.reviewers.choices if c.value in (form.reviewers.data or ())]}
        letter = outgoing.draft_letter(
            db, actor, answers_id=answers_id, corrects_id=corrects_id, now=request.state.now, **chain, **given(form, "signer", "reviewers", "lampiran")
        )
        claim(db, form.lampiran.data, owner=ENCLOSURES, ref=letter.id)
        return done(request, _("Konsep tersimpan. Periksa, lalu ajukan untuk paraf."), "surat:kerja.keluar.show", id=letter.id)

    def again() -> Response:
        return page(request, "kerja_surat/draft_new.html", form=form, answers=answers, corrects=corrects, status=form.status, tab="keluar")

    return answered(form, draft, again)


def _prefill(answers: Any, corrects: SuratKeluar | None) -> dict[str, Any] | None:
    if corrects is not None:
        return {
            "jenis": "ralat",
            "opd_id": corrects.opd_id,
            "klasifikasi": corrects.klasifikasi,
            "sifat": corrects.sifat,
            "tujuan": corrects.tujuan,
            "tembusan": corrects.tembusan,
            "perihal": _("Ralat surat nomor %(nomor)s") % {"nomor": corrects.nomor},
            "signer": corrects.signer_jabatan_id,
        }
    if answers is not None:
        return {
            "jenis": "surat_dinas",
            "klasifikasi": answers.klasifikasi,
            "sifat": answers.sifat,
            "tujuan": answers.pengirim,
            "perihal": _("Jawaban: %(perihal)s") % {"perihal": answers.perihal},
        }
    return None


def show_draft(request: Request) -> Response:
    return draft_page(request, outgoing.get_outgoing(request.state.db, request.user, path_int(request)))


def draft_page(request: Request, letter: SuratKeluar, *, rewriting: RewriteForm | None = None, paraf: ParafForm | None = None, status: int = 200) -> Response:
    """The page of a letter that goes out; `rewriting` or `paraf` is one that was sent and is shown again."""
    db, actor = request.state.db, request.user
    turn = outgoing.my_turn(actor, letter)
    if paraf is None:
        paraf = ParafForm(request, prefix="paraf-")
        paraf.version.data = str(letter.version)
    writable = outgoing.may_write(actor, letter) and letter.status in ("konsep", "paraf")
    wrong = rewriting or (paraf if status != 200 else None)
    if rewriting is None:
        rewriting = RewriteForm(
            request,
            prefix="konsep-",
            prefill={"version": str(letter.version), "perihal": letter.perihal, "body": letter.body, "tujuan": letter.tujuan, "tembusan": letter.tembusan},
        )
    today = calendar_for(db).local(request.state.now).date()
    return page(
        request,
        "kerja_surat/draft.html",
        status=status,
        letter=letter,
        jabatan=choices.jabatan_names(db),
        opd=choices.opd_names(db),
        naskah=NASKAH,
        wrong=wrong,
        people=choices.account_names(db, [letter.drafted_by, *(v.written_by for v in letter.versions), *(p.acted_by for p in letter.paraf_list)]),
        turn=turn,
        paraf=paraf,
        rewriting=rewriting if writable else None,
        may_submit=writable and letter.status == "konsep",
        may_discard=writable and letter.drafted_by == actor.account_id,
        standing=outgoing.standing_of(letter),
        may_sign=letter.status == "tanda_tangan" and held_post(actor, letter.signer_jabatan_id) is not None,
        corrections=outgoing.corrections_of(db, letter),
        corrects=db.get(SuratKeluar, letter.corrects_id) if letter.corrects_id else None,
        enclosures=attachments_of(db, ENCLOSURES, letter.id),
        back_dated=letter.status != "disegel" and letter.letter_date is not None and letter.letter_date < today,
        tab="keluar",
    )


def rewrite_draft(request: Request) -> Response:
    db = request.state.db
    letter = outgoing.get_outgoing(db, request.user, path_int(request))
    form = RewriteForm(request, prefix="konsep-")

    def act() -> Response:
        outgoing.rewrite(db, request.user, letter.id, version=form.seen, now=request.state.now, **given(form, "version"))
        return done(request, _("Versi baru tersimpan. Paraf dimulai dari awal."), "surat:kerja.keluar.show", id=letter.id)

    return answered(form, act, lambda: draft_page(request, letter, rewriting=form, status=form.status))


def _paraf(request: Request, verb: Callable[..., SuratKeluar]) -> Response:
    letter = outgoing.get_outgoing(request.state.db, request.user, path_int(request))
    form = ParafForm(request, prefix="paraf-")

    def act() -> Response:
        after = verb(request.state.db, request.user, letter.id, note=form.note.data or "", version=form.seen, now=request.state.now)
        return done(request, _said(after), "surat:kerja.keluar.show", id=letter.id)

    return answered(form, act, lambda: draft_page(request, letter, paraf=form, status=form.status))


def _said(letter: SuratKeluar) -> str:
    """What became of a letter whose paraf was given or refused."""
    match letter.status:
        case "disegel":
            return _("Surat ditandatangani dengan nomor %(nomor)s.") % {"nomor": letter.nomor}
        case "tanda_tangan":
            return _("Surat bernomor %(nomor)s. Tanda tangani di meja tanda tangan.") % {"nomor": letter.nomor}
        case "konsep":
            return _("Konsep dikembalikan kepada penyusun.")
    return _("Paraf Anda tercatat.")


def approve_draft(request: Request) -> Response:
    return _paraf(request, outgoing.approve)


def return_draft(request: Request) -> Response:
    return _paraf(request, outgoing.send_back)


def submit_draft(request: Request) -> Response:
    letter = outgoing.submit(request.state.db, request.user, path_int(request), now=request.state.now)
    return done(request, _("Konsep diajukan untuk paraf."), "surat:kerja.keluar.show", id=letter.id)


def discard_draft(request: Request) -> Response:
    letter = outgoing.discard(request.state.db, request.user, path_int(request), now=request.state.now)
    return done(request, _("Konsep dibatalkan."), "surat:kerja.keluar.show", id=letter.id)


def letter_pdf(request: Request) -> Response:
    letter = outgoing.get_outgoing(request.state.db, request.user, path_int(request))
    return pdf(sealing.paper_of(request.state.db, letter, request.state.now), f"{letter.nomor or f'konsep-{letter.id}'}.pdf")


routes = [
    Route("/keluar/", drafts, name="surat:kerja.keluar"),
    Route("/keluar/baru", new_draft, methods=["GET", "POST"], name="surat:kerja.keluar.new"),
    Route("/keluar/{id:int}", show_draft, name="surat:kerja.keluar.show"),
    Route("/keluar/{id:int}/konsep", rewrite_draft, methods=["POST"], name="surat:kerja.keluar.rewrite"),
    Route("/keluar/{id:int}/pengajuan", submit_draft, methods=["POST"], name="surat:kerja.keluar.submit"),
    Route("/keluar/{id:int}/pembatalan", discard_draft, methods=["POST"], name="surat:kerja.keluar.discard"),
    Route("/keluar/{id:int}/paraf", approve_draft, methods=["POST"], name="surat:kerja.keluar.approve"),
    Route("/keluar/{id:int}/pengembalian", return_draft, methods=["POST"], name="surat:kerja.keluar.return"),
    Route("/keluar/{id:int}/surat.pdf", letter_pdf, name="surat:kerja.keluar.pdf"),
]
