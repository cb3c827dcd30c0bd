"""Pages of what comes in: my desk, the agenda book, one letter."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pendopo import _
from pendopo.http import page, path_int, query_int
from pendopo.identity import Actor
from pendopo.kit.attachments import attachments_of, claim

from .. import choices, disposisi, lembar, outgoing, registers
from ..chain import SEND, may_forward
from ..forms import BeforeForm, DisposisiForm, LetterForm, ResultForm
from ..models import Disposisi, SuratMasuk
from ..registers import REGISTER, SCANS, Wanted, jabatan_ids
from ..rules import DERAJAT_TITLES, INSTRUKSI
from .answers import answered, done, given, pdf

PER_PAGE = 30


def inbox(request: Request) -> Response:
    """What waits for me: disposisi, paraf, my drafts, what I sent; and the newest letters of my unit."""
    db, actor = request.state.db, request.user
    return page(
        request,
        "kerja_surat/inbox.html",
        disposisi_list=disposisi.my_disposisi(db, actor),
        paraf_list=outgoing.waiting_for_me(db, actor),
        sent=disposisi.sent_by_me(db, actor),
        drafts=outgoing.returned_to_me(db, actor),
        letters=registers.list_letters(db, actor, limit=8),
        counts=registers.counts_by_status(db, actor),
        jabatan=choices.jabatan_names(db),
        tab="inbox",
    )


def letters(request: Request) -> Response:
    """The agenda book, narrowed by what the query asks."""
    db, actor, query = request.state.db, request.user, request.query_params
    wanted = Wanted(
        text=query.get("q", "")[:100],
        status=query.get("status", ""),
        derajat=query.get("derajat", ""),
        opd_id=query_int(request, "unit") or None,
        since=_day(query.get("dari", "")),
        until=_day(query.get("sampai", "")),
        late=query.get("lewat") == "1",
    )
    rows = registers.list_letters(db, actor, wanted, before=query_int(request, "sebelum") or None, limit=PER_PAGE + 1, now=request.state.now)
    units = choices.opd_where(db, actor, registers.READ)
    return page(
        request,
        "kerja_surat/letters.html",
        letters=rows[:PER_PAGE],
        more=len(rows) > PER_PAGE,
        opd=choices.opd_names(db),
        wanted=wanted,
        units=units if len(units) > 1 else [],
        derajat_titles=DERAJAT_TITLES,
        tab="masuk",
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 < day.year < 2200 else None


def new_letter(request: Request) -> Response:
    db, actor = request.state.db, request.user
    actor.require(REGISTER)
    form = LetterForm(request)
    form.opd_id.choices = choices.opd_where(db, actor, REGISTER)
    form.before.choices = choices.before_whom(db, [form.opd_id.data] if form.submitted and form.opd_id.data else actor.opd_ids)
    if not form.submitted and len(form.before.choices) > 1:
        form.before.data = form.before.choices[1].value

    def register() -> Response:
        letter = registers.register_letter(db, actor, before=form.before.data or None, now=request.state.now, **given(form, "before", "scan"))
        claim(db, form.scan.data, owner=SCANS, ref=letter.id)
        return done(request, _("Tercatat di buku agenda dengan nomor %(n)s.") % {"n": letter.agenda_number}, "surat:kerja.masuk.show", id=letter.id)

    return answered(form, register, lambda: page(request, "kerja_surat/letter_new.html", form=form, status=form.status, tab="masuk"))


def show_letter(request: Request) -> Response:
    """One letter. Opening it is reading it: the sender sees when."""
    letter_id = path_int(request)
    if request.method == "GET":
        _note_reading(request, letter_id)
    letter = registers.get_letter(request.state.db, request.user, letter_id)
    return letter_page(request, letter)


def _note_reading(request: Request, letter_id: int) -> None:
    """In a transaction of its own, before this page reads anything: a page that only shows must not wait for writers."""
    portal = request.app.state.portal
    with portal.db.session(write=False) as db:
        unread = disposisi.has_unread(db, request.user, letter_id)
    if unread:
        with portal.db.session() as db:
            disposisi.mark_read(db, request.user, letter_id, now=request.state.now)


def letter_page(
    request: Request,
    letter: SuratMasuk,
    *,
    form: DisposisiForm | None = None,
    before: BeforeForm | None = None,
    result: ResultForm | None = None,
    result_for: int | None = None,
    status: int = 200,
) -> Response:
    """The page of a letter; `form`, `before` or `result` is one that was sent and is shown again with what is wrong in it."""
    db, actor = request.state.db, request.user
    mine = set(jabatan_ids(actor))
    open_here = [d for d in letter.disposisi_list if d.is_open and d.to_jabatan_id in mine]
    tree: dict[int | None, list[Disposisi]] = {}
    for one in letter.disposisi_list:
        tree.setdefault(one.parent_id, []).append(one)
    send = form or send_form(request, letter)
    may_register = actor.can(REGISTER, letter.opd_id) and letter.status != "selesai"
    return page(
        request,
        "kerja_surat/letter.html",
        status=status,
        letter=letter,
        tree=tree,
        open_here=open_here,
        jabatan=choices.jabatan_names(db),
        opd=choices.opd_names(db),
        people=choices.account_names(db, [d.sent_by for d in letter.disposisi_list]),
        instruksi=INSTRUKSI,
        attachments=attachments_of(db, SCANS, letter.id),
        results={d.id: result if result_for == d.id else ResultForm(request, prefix=f"d{d.id}-") for d in open_here},
        waiting_for={d.id: disposisi.open_children(letter, d) for d in open_here},
        form=send if may_send(actor, letter, open_here) and send.to.choices else None,
        wrong=form or before or result,
        before=before or (before_form(request, letter) if may_register else None),
        may_close=may_register and not any(d.is_open for d in letter.disposisi_list),
        tab="masuk",
    )


def may_send(actor: Actor, letter: SuratMasuk, open_here: list[Disposisi]) -> bool:
    if letter.status == "selesai" or not actor.can(SEND) or not actor.posts:
        return False
    received = any(d.to_jabatan_id in jabatan_ids(actor) for d in letter.disposisi_list)
    return any(may_forward(letter, d) for d in open_here) or (not received and actor.can(SEND, letter.opd_id))


def send_form(request: Request, letter: SuratMasuk) -> DisposisiForm:
    db: Session = request.state.db
    form = DisposisiForm(request, prefix="kirim-")
    form.from_jabatan_id.choices = choices.my_posts(request.user)
    have = [d.to_jabatan_id for d in letter.disposisi_list if d.is_open]
    form.to.choices = choices.send_to(db, request.user, without=have if not form.submitted else ())
    return form


def before_form(request: Request, letter: SuratMasuk) -> BeforeForm:
    form = BeforeForm(request, prefix="naik-")
    have = {d.to_jabatan_id for d in letter.disposisi_list if d.is_open}
    form.before.choices = [choice for choice in choices.before_whom(request.state.db, [letter.opd_id])[1:] if choice[0] not in have]
    return form


def lay_before(request: Request) -> Response:
    db = request.state.db
    letter = registers.get_letter(db, request.user, path_int(request))
    form = before_form(request, letter)

    def lay() -> Response:
        disposisi.lay_before(db, request.user, letter, form.before.data, now=request.state.now)
        return done(request, _("Surat dinaikkan."), "surat:kerja.masuk.show", id=letter.id)

    return answered(form, lay, lambda: letter_page(request, letter, before=form, status=form.status))


def close_letter(request: Request) -> Response:
    letter = registers.close_letter(request.state.db, request.user, path_int(request), now=request.state.now)
    return done(request, _("Surat ditutup."), "surat:kerja.masuk.show", id=letter.id)


def lembar_disposisi(request: Request) -> Response:
    letter = registers.get_letter(request.state.db, request.user, path_int(request))
    return pdf(lembar.lembar_disposisi(request.state.db, letter), f"disposisi-{letter.agenda_number}-{letter.year}.pdf")


routes = [
    Route("/", inbox, name="surat:kerja.inbox"),
    Route("/masuk/", letters, name="surat:kerja.masuk"),
    Route("/masuk/baru", new_letter, methods=["GET", "POST"], name="surat:kerja.masuk.new"),
    Route("/masuk/{id:int}", show_letter, name="surat:kerja.masuk.show"),
    Route("/masuk/{id:int}/meja", lay_before, methods=["POST"], name="surat:kerja.masuk.before"),
    Route("/masuk/{id:int}/penutupan", close_letter, methods=["POST"], name="surat:kerja.masuk.close"),
    Route("/masuk/{id:int}/lembar.pdf", lembar_disposisi, name="surat:kerja.lembar"),
]
