"""Pages of the leaders' agenda."""

from __future__ import annotations

from datetime import date, time, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pendopo import _
from pendopo.http import form_of, page, path_int, query_int
from pendopo.kit.calendar import Calendar, calendar_for

from .. import agenda, choices, registers
from ..agenda import AGENDA
from ..forms import AcaraForm, AnswerForm
from ..models import Acara
from ..registers import jabatan_ids
from .answers import answered, done, given


def day_in(request: Request, name: str) -> tuple[Calendar, date]:
    """The calendar, and the day of the query or today."""
    calendar = calendar_for(request.state.db)
    try:
        day = date.fromisoformat(request.query_params.get(name, ""))
    except ValueError:
        day = date.min
    return calendar, day if 2000 < day.year < 2200 else calendar.local(request.state.now).date()


def week(request: Request) -> Response:
    db, actor = request.state.db, request.user
    calendar, day = day_in(request, "minggu")
    monday, after = agenda.week_of(day)
    rows = agenda.agenda_between(db, actor, calendar.at(monday, time(0)), calendar.at(after, time(0)), jabatan_id=query_int(request, "pejabat") or None)

    def on(day: date) -> list[Acara]:
        return [a for a in rows if calendar.local(a.start_at).date() <= day <= calendar.local(a.end_at - timedelta(seconds=1)).date()]

    return page(
        request,
        "kerja_surat/agenda.html",
        days=[(day, on(day)) for n in range(7) if on(day := monday + timedelta(days=n)) or n < 5],
        monday=monday,
        last=after - timedelta(days=1),
        before=monday - timedelta(days=7),
        after=after,
        jabatan=choices.jabatan_names(db),
        officials=choices.officials(db, actor),
        may_add=actor.can(AGENDA),
        tab="agenda",
        today=calendar.local(request.state.now).date(),
        chosen=query_int(request, "pejabat"),
    )


def new_acara(request: Request) -> Response:
    """A new item; `?surat=` is the letter that invites."""
    db, actor = request.state.db, request.user
    actor.require(AGENDA)
    surat_id = query_int(request, "surat") or None
    letter = registers.get_letter(db, actor, surat_id) if surat_id else None
    form = AcaraForm(request, prefill={"title": letter.perihal[:200]} if letter else None)
    form.officials.choices = choices.officials(db, actor)
    engaged = False

    def add() -> Response:
        nonlocal engaged
        try:
            acara = agenda.add_acara(
                db, actor, jabatan_ids=form.officials.data or [], surat_id=surat_id, now=request.state.now, **given(form, "officials")
            )
        except agenda.Engaged:
            engaged = True
            raise
        return done(request, _("Acara masuk agenda dan undangan terkirim."), "surat:kerja.acara", id=acara.id)

    def again() -> Response:
        return page(request, "kerja_surat/acara_new.html", form=form, letter=letter, engaged=engaged, status=form.status, tab="agenda")

    return answered(form, add, again)


def show_acara(request: Request) -> Response:
    return acara_page(request, agenda.get_acara(request.state.db, request.user, path_int(request)))


def acara_page(request: Request, acara: Acara, *, form: AnswerForm | None = None, status: int = 200) -> Response:
    db, actor = request.state.db, request.user
    forms = {} if acara.cancelled_at else {o.jabatan_id: answer_form(request, o.jabatan_id) for o in acara.officials if agenda.may_answer(db, actor, o)}
    if form is not None:
        forms[form.jabatan_id] = form
    return page(
        request,
        "kerja_surat/acara.html",
        status=status,
        acara=acara,
        jabatan=choices.jabatan_names(db),
        mine=jabatan_ids(actor),
        forms=forms,
        wrong=form,
        may_cancel=acara.cancelled_at is None and agenda.may_cancel(db, actor, acara),
        may_see_letter=acara.surat_id is not None and db.scalar(registers.visible_letters(actor).where(registers.SuratMasuk.id == acara.surat_id)) is not None,
        tab="agenda",
    )


def answer_form(request: Request, jabatan_id: int) -> AnswerForm:
    form = AnswerForm(request, prefix=f"j{jabatan_id}-")
    form.wakil.choices = choices.stand_ins(request.state.db, jabatan_id)
    form.jabatan_id = jabatan_id
    return form


def answer(request: Request) -> Response:
    db = request.state.db
    acara = agenda.get_acara(db, request.user, path_int(request))
    form = answer_form(request, path_int(request, "jabatan"))

    def act() -> Response:
        said = {"jabatan_id": form.jabatan_id, "answer": str(form_of(request).get("answer", "")), "note": form.note.data or ""}
        agenda.answer_invitation(db, request.user, acara.id, wakil_jabatan_id=form.wakil.data or None, now=request.state.now, **said)
        return done(request, _("Jawaban Anda tercatat."), "surat:kerja.acara", id=acara.id)

    return answered(form, act, lambda: acara_page(request, acara, form=form, status=form.status))


def cancel_acara(request: Request) -> Response:
    agenda.cancel_acara(request.state.db, request.user, path_int(request), now=request.state.now)
    return done(request, _("Acara dibatalkan."), "surat:kerja.agenda")


routes = [
    Route("/agenda/", week, name="surat:kerja.agenda"),
    Route("/agenda/baru", new_acara, methods=["GET", "POST"], name="surat:kerja.acara.new"),
    Route("/agenda/{id:int}", show_acara, name="surat:kerja.acara"),
    Route("/agenda/{id:int}/jawaban/{jabatan:int}", answer, methods=["POST"], name="surat:kerja.acara.answer"),
    Route("/agenda/{id:int}/pembatalan", cancel_acara, methods=["POST"], name="surat:kerja.acara.cancel"),
]
