"""What pages show of a matter: its place, clock, timeline, the steps that are open, messages and satisfaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request

from ...http import url
from ...i18n import N_, _, ngettext, speaking
from ...identity import Actor, Opd
from .. import forms, places
from ..calendar import calendar_for
from . import clock, writing
from .models import Berkas, BerkasRating
from .moving import officers_for
from .reading import applicant_name, available_transitions, is_officer_of, kind_of, names_of, timeline, titled, works_on
from .satisfaction import SCORES, SLUGS, UNSUR
from .workflow import FIELDS, BerkasKind, Transition


@dataclass(frozen=True)
class Move:
    """A step that is open to the one who looks: its words, its form and where that is sent."""

    slug: str
    title: str
    hint: str
    tone: str
    form: forms.Form
    href: str
    quick: bool  # nothing has to be filled in


class MessageForm(forms.Form):
    text = forms.TextAreaField(N_("Pesan"), [forms.required(), forms.length(max=4000)], render_kw={"rows": 3})
    attachments = forms.UploadField(N_("Lampiran"), most=3)


class NoteForm(forms.Form):
    text = forms.TextAreaField(N_("Isi catatan"), [forms.required(), forms.length(max=4000)], render_kw={"rows": 3})


class SendForm(forms.Form):
    """To which OPD a matter goes on."""

    opd = forms.SelectField(N_("Perangkat daerah tujuan"), [forms.required()], coerce=lambda value: _id_or_none(value))
    note = forms.TextAreaField(N_("Catatan"), [forms.length(max=4000)], description=N_("Hanya dibaca petugas."), render_kw={"rows": 2})


def send_form(request: Request, berkas: Berkas, *, sent: bool = False) -> SendForm:
    """The form of a disposisi, with every OPD but the one where the matter lies."""
    form = SendForm(request if sent else forms.looking(request), prefix="disposisi-")
    others = select(Opd.id, Opd.name).where(Opd.id != (berkas.opd_id or 0)).order_by(Opd.name)
    form.opd.choices = [("", _("Pilih")), *((row.id, row.name) for row in request.state.db.execute(others))]
    return form


class RatingForm(forms.Form):
    """One question for everyone; the nine of the survey for those who like to say more."""

    more: ClassVar = (N_("Jawab 9 pertanyaan singkat"), SLUGS)
    score = forms.RadioField(N_("Seberapa puas Anda dengan pelayanan ini?"), [forms.required()], choices=list(SCORES.items()), coerce=int)
    comment = forms.TextAreaField(N_("Saran"), [forms.length(max=1000)], render_kw={"rows": 3})

    @property
    def answers(self) -> dict[str, int]:
        """The unsur that were answered."""
        return {slug: self[slug].data for slug in SLUGS if self[slug].data}


for _unsur in UNSUR:
    _words = list(zip((4, 3, 2, 1), reversed(_unsur.answers), strict=True))
    setattr(RatingForm, _unsur.slug, forms.RadioField(_unsur.question, [forms.Optional()], choices=_words, coerce=int))


@lru_cache(maxsize=512)
def _form_class(kind: BerkasKind, step: Transition, staff: bool) -> type[forms.Form]:
    """The form of one step: the notes, what it asks beside them, and the version that was seen."""
    fields: dict[str, Any] = {}
    must = [forms.required()]
    known = {
        "opd": lambda checks: forms.SelectField(N_("Perangkat daerah"), checks, coerce=_id_or_none, validate_choice=True),
        "officer": lambda checks: forms.SelectField(N_("Petugas"), checks, coerce=_id_or_none, validate_choice=True),
        "due": lambda checks: forms.DateField(N_("Tenggat"), checks or [forms.Optional()]),
        "attachments": lambda checks: forms.UploadField(N_("Foto atau dokumen"), checks, most=5),
    }
    for name in step.fields:
        if name in known:
            fields[name] = known[name](must if name in step.required else [])
        elif kind.move_form is not None and hasattr(kind.move_form, name):
            fields[name] = getattr(kind.move_form, name)
    if step.note != "none":
        checks = [*(must if step.note == "required" else []), forms.length(max=4000)]
        words = N_("Catatan untuk pemohon") if staff else N_("Catatan")
        fields["note"] = forms.TextAreaField(words, checks, render_kw={"rows": 3})
    if staff:
        fields["internal_note"] = forms.TextAreaField(
            N_("Catatan internal"), [forms.length(max=4000)], description=N_("Hanya dibaca petugas."), render_kw={"rows": 2}
        )
    fields["version"] = forms.HiddenField()
    return type("MoveForm", (forms.Form,), fields)


def _id_or_none(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


def form_for(request: Request, berkas: Berkas, step: Transition, *, staff: bool) -> forms.Form:
    """The form of one step, filled from the request when it was sent for that step."""
    db = request.state.db
    kind = kind_of(db, berkas)
    sent = request.path_params.get("transition") == step.slug and request.method == "POST"
    with speaking(plugin=kind.plugin):
        form = _form_class(kind, step, staff)(request if sent else forms.looking(request), prefix=f"{step.slug}-")
    if "opd" in form:
        form.opd.choices = [("", _("Pilih")), *((row.id, row.name) for row in db.execute(select(Opd.id, Opd.name).order_by(Opd.name)))]
        if not sent and berkas.opd_id:
            form.opd.data = berkas.opd_id
    if "officer" in form:
        names = names_of(db, officers_for(db, berkas))
        form.officer.choices = [("", _("Pilih")), *sorted(names.items(), key=lambda pair: pair[1])]
        if not sent:
            form.officer.data = berkas.officer_id
    if not sent:
        form.version.data = str(berkas.version)
    return form



def arguments_of(form: forms.Form, step: Transition) -> dict[str, Any]:
    """What a valid form of a step hands to `move_berkas`."""
    data = form.data
    version = data.get("version") or ""
    return {
        "note": data.get("note") or "",
        "internal_note": data.get("internal_note") or "",
        "opd_id": data.get("opd"),
        "officer_id": data.get("officer"),
        "due": data.get("due"),
        "attachments": data.get("attachments") or (),
        "data": {name: data.get(name) for name in step.fields if name not in FIELDS},
        "expected_version": int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None,
    }


def step_href(berkas: Berkas, step: Transition, staff: bool) -> str:
    return url("berkas:kerja.step" if staff else "berkas:step", id=berkas.id, transition=step.slug)


def berkas_context(request: Request, berkas: Berkas, *, holds_pin: bool = False, staff: bool | None = None) -> dict[str, Any]:
    """For a page about one matter: what the macros of `berkas/ui.html` draw. Give it to `page(...)` with `**`.

    `staff`: as an officer of it; by default on pages below /kerja/.
    """
    db, actor, now = request.state.db, request.user, request.state.now
    kind = kind_of(db, berkas)
    if staff is None:
        staff = request.scope.get("pendopo.face") == "kerja"
    staff = staff and not holds_pin and is_officer_of(actor, kind, berkas)
    state = kind.state(berkas.state)
    steps = [
        t for t in available_transitions(db, actor, berkas, holds_pin=holds_pin) if ("officer" in t.actors) == staff or ("applicant" in t.actors and not staff)
    ]
    moves = [_move(request, kind, berkas, step, staff) for step in steps]
    works = staff and works_on(actor, kind, berkas)
    rating = db.get(BerkasRating, berkas.id)
    base = url("berkas:kerja.show" if staff else "berkas:show", id=berkas.id).rstrip("/")
    return {
        "berkas": berkas,
        "kind": kind,
        "kind_title": str(titled(kind, kind.title)),
        "state": state,
        "state_title": str(titled(kind, state.title)),
        "state_words": str(titled(kind, state.public)) if state.public else "",
        "entries": timeline(db, actor, berkas, holds_pin=holds_pin),
        "moves": moves,
        "clock": clock_words(db, berkas, now),
        "staff": staff,
        "base": base,
        "holds_pin": holds_pin,
        "live_topic": writing.pin_topic(berkas) if holds_pin else f"berkas:{berkas.id}",
        "office": writing.opd_name(db, berkas.opd_id),
        "officer_name": names_of(db, [berkas.officer_id]).get(berkas.officer_id or 0, "") if staff else "",
        "applicant": applicant_name(db, berkas) if staff else "",
        "place": places.place_name(berkas.desa_code),
        "message_form": MessageForm(forms.looking(request), prefix="pesan-") if works or not staff else None,
        "note_form": NoteForm(forms.looking(request), prefix="catatan-") if works else None,
        "send_form": send_form(request, berkas) if works and berkas.is_open else None,
        "rating": rating,
        "rating_form": RatingForm(forms.looking(request), prefix="nilai-") if not staff and not berkas.is_open and rating is None and kind.rateable else None,
        "officers": sorted(names_of(db, officers_for(db, berkas)).items(), key=lambda pair: pair[1]) if works and berkas.is_open else [],
    }


def _move(request: Request, kind: BerkasKind, berkas: Berkas, step: Transition, staff: bool) -> Move:
    with speaking(plugin=kind.plugin):
        title, hint = _(step.title), _(step.hint) if step.hint else ""
    return Move(
        step.slug,
        title,
        hint,
        step.tone,
        form_for(request, berkas, step, staff=staff),
        step_href(berkas, step, staff),
        not step.required and step.note != "required",
    )


@dataclass(frozen=True)
class ClockWords:
    """The clock in words. `tone` colours it; the words say the same."""

    text: str
    tone: str
    due: datetime | None
    paused: bool = False


def clock_words(db: Session, berkas: Berkas, now: datetime) -> ClockWords:
    """How it stands with the deadline."""
    if berkas.clock == "stop":
        in_time = clock.was_in_time(berkas)
        if in_time is None:
            return ClockWords("", "muted", None)
        return ClockWords(_("Selesai tepat waktu") if in_time else _("Selesai lewat tenggat"), "ok" if in_time else "warn", berkas.due_at)
    if berkas.due_at is None:
        waiting = _("Tenggat menyusul: kalender hari kerja belum dimuat") if berkas.deadline_days is not None else ""
        return ClockWords(waiting, "muted", None)
    if berkas.clock == "pause":
        return ClockWords(_("Waktu dijeda, menunggu pemohon"), "info", berkas.due_at, True)
    left = clock.days_left(calendar_for(db), berkas, now)
    if berkas.due_at < now:
        late = -(left or 0)
        text = ngettext("Lewat %(num)d hari kerja", "Lewat %(num)d hari kerja", late) % {"num": late} if late else _("Lewat tenggat hari ini")
        return ClockWords(text, "error", berkas.due_at)
    if not left:
        return ClockWords(_("Jatuh tempo hari ini"), "warn", berkas.due_at)
    text = ngettext("%(num)d hari kerja lagi", "%(num)d hari kerja lagi", left) % {"num": left}
    return ClockWords(text, "warn" if berkas.escalation or left <= 1 else "ok", berkas.due_at)


def may_open(db: Session, actor: Actor, berkas: Berkas) -> bool:
    return is_officer_of(actor, kind_of(db, berkas), berkas)
