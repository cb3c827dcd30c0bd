"""Pages of the office: inbox, letters, disposisi, drafts, agenda, rooms."""

from __future__ import annotations

from datetime import date, time, timedelta

from sqlalchemy import select
from starlette.responses import Response
from starlette.routing import Route

from pendopo import DomainError, N_, NotFound, _
from pendopo.http import flash, form_of, fragment_or_redirect, page, path_int, query_int, redirect, url
from pendopo.kit.attachments import attachments_of, store_uploads
from pendopo.kit.calendar import calendar_for

from . import agenda as agenda_services
from . import choices, outgoing, papers, registers
from . import disposisi as disposisi_services
from .forms import AcaraForm, BookingForm, DisposisiForm, DraftForm, LetterForm
from .models import Ruang, SuratKeluar
from .rules import SECRET

PER_PAGE = 30


def inbox(request):
    """What waits for me: disposisi, paraf, and the newest letters of my unit."""
    db, actor = request.state.db, request.user
    return page(
        request, "kerja_surat/inbox.html", disposisi_list=disposisi_services.my_disposisi(db, actor), paraf_list=outgoing.waiting_for_me(db, actor),
        letters=registers.list_letters(db, actor, limit=8), counts=registers.counts_by_status(db, actor), jabatan=choices.jabatan_names(db), tab="inbox",
    )


# -------------------------------------------------------------------------------------------------------- letters coming in


def letters(request):
    query = request.query_params
    rows = registers.list_letters(
        request.state.db, request.user, text=query.get("q", "")[:100], status=query.get("status", ""), before=query_int(request, "sebelum") or None, limit=PER_PAGE + 1,
    )
    return page(request, "kerja_surat/letters.html", letters=rows[:PER_PAGE], more=len(rows) > PER_PAGE, opd=choices.opd_names(request.state.db), tab="masuk")


def new_letter(request):
    db, actor = request.state.db, request.user
    actor.require(registers.REGISTER)
    form = LetterForm(request)
    form.opd_id.choices = choices.opd_where(db, actor, registers.REGISTER)
    if form.submitted and form.validate():
        with form.refusals():
            letter = registers.register_letter(
                db, actor, opd_id=form.opd_id.data, nomor_surat=form.nomor_surat.data, tanggal_surat=form.tanggal_surat.data, pengirim=form.pengirim.data,
                perihal=form.perihal.data, ringkasan=form.ringkasan.data or "", klasifikasi=form.klasifikasi.data, sifat=form.sifat.data, derajat=form.derajat.data,
                now=request.state.now,
            )
            store_uploads(db, actor, request, "scan", owner="kerja_surat.masuk", ref=letter.id)
            flash(request, _("Tercatat di buku agenda dengan nomor %(n)s.") % {"n": letter.agenda_number})
            return redirect(url("surat:kerja.masuk.show", id=letter.id))
    return page(request, "kerja_surat/letter_new.html", form=form, status=form.status, tab="masuk")


def show_letter(request):
    db, actor = request.state.db, request.user
    letter = registers.get_letter(db, actor, path_int(request))
    return page(request, "kerja_surat/letter.html", **_letter_context(request, letter))


def _letter_context(request, letter, form=None, error_for=None, error=""):
    db, actor = request.state.db, request.user
    mine = [post.jabatan_id for post in actor.posts]
    if form is None:
        form = DisposisiForm(request)
        _fill_targets(db, actor, form)
    return {
        "letter": letter, "form": form, "mine": mine, "jabatan": choices.jabatan_names(db), "opd": choices.opd_names(db), "error_for": error_for, "error": error,
        "attachments": attachments_of(db, "kerja_surat.masuk", letter.id), "may_send": actor.can(disposisi_services.SEND) and bool(mine), "tab": "masuk",
        "may_close": actor.can(registers.REGISTER, letter.opd_id) and letter.status != "selesai",
    }


def _fill_targets(db, actor, form):
    form.from_jabatan_id.choices = [(post.jabatan_id, post.jabatan) for post in actor.posts]
    targets = {j.id: j for post in actor.posts for j in disposisi_services.targets_below(db, post.jabatan_id)}
    form.to.choices = [(j.id, j.name) for j in sorted(targets.values(), key=lambda j: (j.eselon or "Z", j.name))]


def read_letter(request):
    """The addressee opened the letter."""
    letter_id = path_int(request)
    disposisi_services.mark_read(request.state.db, request.user, letter_id, now=request.state.now)
    return redirect(url("surat:kerja.masuk.show", id=letter_id))


def send_disposisi(request):
    db, actor = request.state.db, request.user
    letter = registers.get_letter(db, actor, path_int(request))
    form = DisposisiForm(request)
    _fill_targets(db, actor, form)
    parent_id = query_int(request, "induk") or None
    if form.validate():
        with form.refusals():
            disposisi_services.send_disposisi(
                db, actor, letter.id, from_jabatan_id=form.from_jabatan_id.data, to_jabatan_ids=form.to.data, instruksi=form.instruksi.data or [],
                catatan=form.catatan.data or "", due=form.due.data, parent_id=parent_id, now=request.state.now,
            )
            flash(request, _("Disposisi terkirim."))
            return redirect(url("surat:kerja.masuk.show", id=letter.id))
    return page(request, "kerja_surat/letter.html", status=form.status, **_letter_context(request, letter, form))


def close_letter(request):
    letter = registers.close_letter(request.state.db, request.user, path_int(request), now=request.state.now)
    flash(request, _("Surat ditutup."))
    return redirect(url("surat:kerja.masuk.show", id=letter.id))


def lembar_disposisi(request):
    letter = registers.get_letter(request.state.db, request.user, path_int(request))
    return _pdf(papers.lembar_disposisi(request.state.db, letter, request.app.state.portal.settings), f"disposisi-{letter.agenda_number}-{letter.year}.pdf")


# ------------------------------------------------------------------------------------------------------------- disposisi


def _move(request, act, done, **extra):
    """One button of one disposisi; a refusal is shown beside it with what was typed."""
    db, actor = request.state.db, request.user
    disposisi = disposisi_services.get_disposisi(db, actor, path_int(request))
    words = {name: str(form_of(request).get("result", "")) for name in extra.get("words", ())}
    try:
        with db.begin_nested():
            act(db, actor, disposisi.id, now=request.state.now, **words)
    except DomainError as refusal:
        if refusal.field is None:
            raise
        letter = disposisi.surat
        context = _letter_context(request, letter, error_for=disposisi.id, error=refusal.sentence())
        return page(request, "kerja_surat/letter.html", status=refusal.status, typed=next(iter(words.values()), ""), **context)
    flash(request, done)
    return fragment_or_redirect(
        request, "kerja_surat/_disposisi_list.html", to=url("surat:kerja.masuk.show", id=disposisi.surat_id), **_letter_context(request, disposisi.surat),
    )


def start_disposisi(request):
    return _move(request, disposisi_services.start, _("Disposisi ditandai sedang dikerjakan."))


def finish_disposisi(request):
    return _move(request, disposisi_services.finish, _("Disposisi selesai."), words=("result",))


def return_disposisi(request):
    return _move(request, disposisi_services.send_back, _("Disposisi dikembalikan."), words=("reason",))


# -------------------------------------------------------------------------------------------------------- letters going out


def drafts(request):
    query = request.query_params
    rows = outgoing.list_outgoing(
        request.state.db, request.user, text=query.get("q", "")[:100], status=query.get("status", ""), before=query_int(request, "sebelum") or None, limit=PER_PAGE + 1,
    )
    return page(request, "kerja_surat/drafts.html", letters=rows[:PER_PAGE], more=len(rows) > PER_PAGE, opd=choices.opd_names(request.state.db), tab="keluar")


def new_draft(request):
    db, actor = request.state.db, request.user
    actor.require(outgoing.DRAFT)
    form = DraftForm(request)
    form.opd_id.choices = choices.opd_where(db, actor, outgoing.DRAFT)
    people = choices.chain_for(db, actor)
    form.reviewers.choices = form.signer.choices = people
    if form.submitted and form.validate():
        with form.refusals():
            letter = outgoing.draft_letter(
                db, actor, opd_id=form.opd_id.data, jenis=form.jenis.data, perihal=form.perihal.data, body=form.body.data, tujuan=form.tujuan.data,
                tembusan=form.tembusan.data or "", klasifikasi=form.klasifikasi.data, sifat=form.sifat.data, signer_jabatan_id=form.signer.data,
                reviewers=form.reviewers.data or (), answers_id=query_int(request, "jawab") or None, corrects_id=query_int(request, "ralat") or None, now=request.state.now,
            )
            flash(request, _("Konsep tersimpan. Periksa, lalu ajukan untuk paraf."))
            return redirect(url("surat:kerja.keluar.show", id=letter.id))
    return page(request, "kerja_surat/draft_new.html", form=form, status=form.status, tab="keluar")


def show_draft(request, *, status=200, **extra):
    db, actor = request.state.db, request.user
    letter = outgoing.get_outgoing(db, actor, path_int(request))
    held = {post.jabatan_id for post in actor.posts}
    turn = next((p for p in letter.paraf_list if p.status == "giliran"), None)
    context = {"error": "", "typed": {}, **extra}
    return page(
        request, "kerja_surat/draft.html", status=status, letter=letter, jabatan=choices.jabatan_names(db), people=choices.account_names(db, letter), opd=choices.opd_names(db),
        my_turn=bool(turn and turn.jabatan_id in held and letter.status == "paraf"), may_write=letter.drafted_by == actor.account_id or bool(held & {p.jabatan_id for p in letter.paraf_list}),
        standing=outgoing.status_of(db, letter), tab="keluar", **context,
    )


def _act_on_draft(request, act, done, **words):
    """One act on a draft; a refusal is shown with everything that was typed still there."""
    db = request.state.db
    letter_id = path_int(request)
    try:
        with db.begin_nested():
            act(db, request.user, letter_id, now=request.state.now, **words)
    except DomainError as refusal:
        if refusal.status in (401, 404):
            raise
        return show_draft(request, status=refusal.status, error=refusal.sentence(), typed=words)
    flash(request, done)
    return redirect(url("surat:kerja.keluar.show", id=letter_id))


def rewrite_draft(request):
    form = form_of(request)
    version = str(form.get("version", ""))
    words = {"version": int(version) if version.isdigit() and len(version) < 9 else 0, "perihal": str(form.get("perihal", ""))[:300].strip(), "body": str(form.get("body", ""))[:20000]}
    if not words["perihal"] or len(words["body"].strip()) < 10:
        return show_draft(request, status=422, error=_("Perihal dan isi surat harus diisi."), typed=words)
    return _act_on_draft(request, outgoing.rewrite, _("Versi baru tersimpan. Paraf dimulai dari awal."), **words)


def submit_draft(request):
    return _act_on_draft(request, outgoing.submit, _("Konsep diajukan untuk paraf."))


def approve_draft(request):
    return _act_on_draft(request, outgoing.approve, _("Paraf Anda tercatat."), note=str(form_of(request).get("note", ""))[:1000])


def return_draft(request):
    return _act_on_draft(request, outgoing.send_back, _("Konsep dikembalikan kepada penyusun."), note=str(form_of(request).get("note", ""))[:1000])


def letter_pdf(request):
    letter = outgoing.get_outgoing(request.state.db, request.user, path_int(request))
    name = (letter.nomor or f"konsep-{letter.id}").replace("/", "-")
    return _pdf(papers.letter_paper(request.state.db, letter, request.app.state.portal.settings), f"{name}.pdf")


def _pdf(body: bytes, name: str) -> Response:
    return Response(body, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})


def verify(request):
    """Is this letter genuine? Anyone may ask with the token from its QR; a secret letter shows only that it exists."""
    letter = request.state.db.scalar(select(SuratKeluar).where(SuratKeluar.token == request.path_params["token"], SuratKeluar.status == "disegel"))
    if letter is None:
        raise NotFound(N_("Tidak ada surat dengan kode ini."))
    return page(
        request, "kerja_surat/verify.html", letter=letter, secret=letter.sifat in SECRET, standing=outgoing.status_of(request.state.db, letter),
        opd=choices.opd_names(request.state.db).get(letter.opd_id, ""),
    )


# ---------------------------------------------------------------------------------------------------------- agenda, rooms


def _week(request):
    calendar = calendar_for(request.state.db)
    try:
        wanted = date.fromisoformat(request.query_params.get("minggu", ""))
        if not 2000 < wanted.year < 2200:
            raise ValueError
    except ValueError:
        wanted = calendar.local(request.state.now).date()
    monday, after = agenda_services.week_of(wanted)
    return calendar, monday, after


def agenda(request):
    db, actor = request.state.db, request.user
    calendar, monday, after = _week(request)
    jabatan_id = query_int(request, "pejabat") or None
    rows = agenda_services.agenda_between(db, actor, calendar.at(monday, time(0)), calendar.at(after, time(0)), jabatan_id=jabatan_id)
    days = [(monday + timedelta(days=n), [a for a in rows if calendar.local(a.start_at).date() <= monday + timedelta(days=n) <= calendar.local(a.end_at - timedelta(seconds=1)).date()]) for n in range(7)]
    return page(
        request, "kerja_surat/agenda.html", days=days, monday=monday, before=monday - timedelta(days=7), after=after, jabatan=choices.jabatan_names(db),
        may_add=actor.can(agenda_services.AGENDA), tab="agenda", today=calendar.local(request.state.now).date(),
    )


def new_acara(request):
    db, actor = request.state.db, request.user
    actor.require(agenda_services.AGENDA)
    form = AcaraForm(request)
    form.officials.choices = choices.officials(db)
    if form.submitted and form.validate():
            with form.refusals():
            acara = agenda_services.add_acara(
                db, actor, title=form.title.data, start=form.start.data, end=form.end.data, place=form.place.data, jabatan_ids=form.officials.data or [],
                note=form.note.data or "", surat_id=query_int(request, "surat") or None, in_spite=form_of(request).get("in_spite") == "1", now=request.state.now,
            )
            flash(request, _("Acara masuk agenda dan undangan terkirim."))
            return redirect(url("surat:kerja.acara", id=acara.id))
    return page(request, "kerja_surat/acara_new.html", form=form, status=form.status, tab="agenda")


def show_acara(request, *, status=200, error="", typed=None):
    db, actor = request.state.db, request.user
    acara = agenda_services.get_acara(db, actor, path_int(request))
    return page(
        request, "kerja_surat/acara.html", status=status, acara=acara, jabatan=choices.jabatan_names(db), mine=[post.jabatan_id for post in actor.posts],
        stand_ins=choices.below_mine(db, actor), error=error, typed=typed or {}, may_cancel=actor.can(agenda_services.AGENDA), tab="agenda",
    )


def answer_acara(request):
    db = request.state.db
    form = form_of(request)
    number = {name: int(v) if (v := str(form.get(name, ""))).isdigit() and len(v) < 10 else 0 for name in ("jabatan", "wakil")}
    words = {"answer": str(form.get("answer", "")), "note": str(form.get("note", ""))[:300]}
    try:
        with db.begin_nested():
            agenda_services.answer_invitation(
                db, request.user, path_int(request), jabatan_id=number["jabatan"], wakil_jabatan_id=number["wakil"] or None, now=request.state.now, **words,
            )
    except DomainError as refusal:
        if refusal.field is None:
            raise
        return show_acara(request, status=refusal.status, error=refusal.sentence(), typed={**words, **number})
    flash(request, _("Jawaban Anda tercatat."))
    return redirect(url("surat:kerja.acara", id=path_int(request)))


def cancel_acara(request):
    agenda_services.cancel_acara(request.state.db, request.user, path_int(request), now=request.state.now)
    flash(request, _("Acara dibatalkan."))
    return redirect(url("surat:kerja.agenda"))


def rooms(request, *, form=None, status=200):
    db, actor = request.state.db, request.user
    calendar = calendar_for(db)
    try:
        day = date.fromisoformat(request.query_params.get("hari", ""))
        if not 2000 < day.year < 2200:
            raise ValueError
    except ValueError:
        day = calendar.local(request.state.now).date()
    start = calendar.at(day, time(0))
    if form is None:
        form = BookingForm(request, prefill={"start": calendar.at(day, time(9)), "end": calendar.at(day, time(10))})
        _fill_booking(db, actor, form)
    return page(
        request, "kerja_surat/rooms.html", status=status, day=day, before=day - timedelta(days=1), after=day + timedelta(days=1), form=form, tab="ruang",
        rooms=db.scalars(select(Ruang).order_by(Ruang.name)).all(), bookings=agenda_services.bookings_on(db, start, start + timedelta(days=1)), jabatan=choices.jabatan_names(db),
    )


def _fill_booking(db, actor, form):
    form.ruang.choices = [(room.id, f"{room.name} ({room.seats})") for room in db.scalars(select(Ruang).order_by(Ruang.name))]
    form.jabatan.choices = [(post.jabatan_id, post.jabatan) for post in actor.posts]


def book_room(request):
    db, actor = request.state.db, request.user
    form = BookingForm(request)
    _fill_booking(db, actor, form)
    if form.validate():
        with form.refusals():
            agenda_services.book_room(
                db, actor, ruang_id=form.ruang.data, title=form.title.data, start=form.start.data, end=form.end.data, jabatan_id=form.jabatan.data,
                displace=form_of(request).get("displace") == "1", now=request.state.now,
            )
            flash(request, _("Ruang dipesan."))
            day = calendar_for(db).local(form.start.data).date()
            return redirect(url("surat:kerja.ruang", hari=day.isoformat()))
    return rooms(request, form=form, status=form.status)


def cancel_booking(request):
    agenda_services.cancel_booking(request.state.db, request.user, path_int(request), now=request.state.now)
    flash(request, _("Pemesanan dibatalkan."))
    return redirect(url("surat:kerja.ruang"))


staff_routes = [
    Route("/", inbox, name="surat:kerja.inbox"),
    Route("/masuk/", letters, name="surat:kerja.masuk"),
    Route("/masuk/baru", new_letter, methods=["GET", "POST"], name="surat:kerja.masuk.new"),
    Route("/masuk/{id:int}", show_letter, name="surat:kerja.masuk.show"),
    Route("/masuk/{id:int}/dibaca", read_letter, methods=["POST"], name="surat:kerja.masuk.read"),
    Route("/masuk/{id:int}/disposisi", send_disposisi, methods=["POST"], name="surat:kerja.disposisi.new"),
    Route("/masuk/{id:int}/penutupan", close_letter, methods=["POST"], name="surat:kerja.masuk.close"),
    Route("/masuk/{id:int}/lembar.pdf", lembar_disposisi, name="surat:kerja.lembar"),
    Route("/disposisi/{id:int}/pengerjaan", start_disposisi, methods=["POST"], name="surat:kerja.disposisi.start"),
    Route("/disposisi/{id:int}/hasil", finish_disposisi, methods=["POST"], name="surat:kerja.disposisi.finish"),
    Route("/disposisi/{id:int}/pengembalian", return_disposisi, methods=["POST"], name="surat:kerja.disposisi.return"),
    Route("/keluar/", drafts, name="surat:kerja.keluar"),
    Route("/keluar/baru", new_draft, methods=["GET", "POST"], name="surat:kerja.keluar.new"),
    Route("/keluar/{id:int}", show_draft, name="surat:kerja.keluar.show"),
    Route("/keluar/{id:int}/konsep", rewrite_draft, methods=["POST"], name="surat:kerja.keluar.rewrite"),
    Route("/keluar/{id:int}/pengajuan", submit_draft, methods=["POST"], name="surat:kerja.keluar.submit"),
    Route("/keluar/{id:int}/paraf", approve_draft, methods=["POST"], name="surat:kerja.keluar.approve"),
    Route("/keluar/{id:int}/pengembalian", return_draft, methods=["POST"], name="surat:kerja.keluar.return"),
    Route("/keluar/{id:int}/surat.pdf", letter_pdf, name="surat:kerja.keluar.pdf"),
    Route("/agenda/", agenda, name="surat:kerja.agenda"),
    Route("/agenda/baru", new_acara, methods=["GET", "POST"], name="surat:kerja.acara.new"),
    Route("/agenda/{id:int}", show_acara, name="surat:kerja.acara"),
    Route("/agenda/{id:int}/jawaban", answer_acara, methods=["POST"], name="surat:kerja.acara.answer"),
    Route("/agenda/{id:int}/pembatalan", cancel_acara, methods=["POST"], name="surat:kerja.acara.cancel"),
    Route("/ruang/", rooms, name="surat:kerja.ruang"),
    Route("/ruang/pesanan", book_room, methods=["POST"], name="surat:kerja.ruang.book"),
    Route("/ruang/pesanan/{id:int}/pembatalan", cancel_booking, methods=["POST"], name="surat:kerja.ruang.cancel"),
]

public_routes = [Route("/v/{token}", verify, name="surat:verify")]
