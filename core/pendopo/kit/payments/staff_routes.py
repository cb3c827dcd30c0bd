"""The treasurer's pages: the counter and its till, the bank's statements, money that goes back, the books."""

from __future__ import annotations

from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...errors import NotFound, PermissionRefused
from ...http import flash, form_of, page, path_int, query_int, redirect, url
from ...i18n import N_, _, format_rupiah, ngettext
from ...identity import Actor
from ...identity.loading import regency_day
from . import billing, books, counter, excess, reconciling, views
from .errors import BillClosed
from .forms import AssignForm, CashForm, ClosingForm, ProposalForm, ReturnForm, SearchForm, SentForm, StatementForm

READ = "tagihan.read"
TABS = (
    ("tagihan:kerja.index", N_("Loket"), (counter.RECEIVE,)),
    ("tagihan:kerja.statements", N_("Rekonsiliasi"), (reconciling.RECONCILE,)),
    ("tagihan:kerja.excess", N_("Kelebihan bayar"), (excess.PROPOSE, excess.APPROVE)),
    ("tagihan:kerja.ledger", N_("Buku besar"), (READ,)),
)


def _tabs(actor: Actor, here: str) -> list[tuple[str, str, bool]]:
    return [(_(label), url(name), name == here) for name, label, permissions in TABS if any(actor.can(permission) for permission in permissions)]


def _page(request: Request, template: str, here: str, **context: Any) -> Response:
    return page(request, f"payments/staff/{template}", tabs_of=_tabs(request.user, here), **context)


# --------------------------------------------------------------------------------------------------------------- counter


def index(request: Request) -> Response:
    """The counter: find a bill by its code, and today's till. Who has no counter is led to what they have."""
    actor, db, now = request.user, request.state.db, request.state.now
    if not actor.can(counter.RECEIVE):
        tabs = _tabs(actor, "")
        if not tabs:
            raise PermissionRefused()
        return redirect(tabs[0][1])
    form = SearchForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            return redirect(url("tagihan:kerja.cash", kode=billing.find_bill(db, form.kode.data).kode_bayar))
    till = counter.till(db, actor, regency_day(now))
    return _page(
        request, "counter.html", "tagihan:kerja.index", status=form.status, form=form, till=till, open_days=counter.open_days(db, actor, now=now)
    )


def cash(request: Request) -> Response:
    """One bill at the counter: take the cash."""
    db, actor, now = request.state.db, request.user, request.state.now
    one = billing.find_bill(db, request.path_params["kode"])
    actor.require(counter.RECEIVE, one.opd_id)
    form = CashForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            try:
                payment, change = counter.take_cash(db, actor, one.kode_bayar, given=form.given.data, now=now)
            except BillClosed as refusal:
                return _already(request, one.kode_bayar, refusal)
            flash(request, _("Lunas: %(amount)s diterima.") % {"amount": format_rupiah(payment.amount)})
            return redirect(url("tagihan:kerja.cash", kode=one.kode_bayar, kembalian=change or None))
    change = query_int(request, "kembalian")
    found = views.item(db, one, regency_day(now))
    return _page(request, "cash.html", "tagihan:kerja.index", status=form.status, form=form, item=found, change=change, receipt=views.receipt_of(db, one))


def _already(request: Request, code: str, refusal: BillClosed) -> Response:
    """Somebody was faster (or the button was pressed twice): the page says how it stands, no cash was taken."""
    flash(request, refusal.sentence(), "warn")
    return redirect(url("tagihan:kerja.cash", kode=code))


def close(request: Request) -> Response:
    """Count and close the till of a day."""
    db, actor, now = request.state.db, request.user, request.state.now
    actor.require(counter.RECEIVE)
    day = _day(request.path_params["hari"])
    form = ClosingForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            closing = counter.close_day(db, actor, day, form.counted.data, note=form.note.data or "", now=now)
            flash(request, _("Kas ditutup. Setorkan %(amount)s dengan nomor %(sts)s.") % {"amount": format_rupiah(closing.counted), "sts": closing.sts})
            return redirect(url("tagihan:kerja.close", hari=day.isoformat()))
    return _page(request, "close.html", "tagihan:kerja.index", status=form.status, form=form, till=counter.till(db, actor, day))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotFound() from error


# ------------------------------------------------------------------------------------------------------- reconciliation


def statements(request: Request) -> Response:
    """The bank's statements that were read, and the door for the next."""
    form = StatementForm(request)
    request.user.require(reconciling.RECONCILE)
    if form.submitted and (content := form.content()) is not None:
        with form.refusals():
            read = reconciling.enter_statement(request.state.db, request.user, *content, now=request.state.now)
            return redirect(url("tagihan:kerja.statement", id=read.id))
    found = reconciling.statements(request.state.db, request.user)
    return _page(
        request, "statements.html", "tagihan:kerja.statements", status=form.status, form=form, statements=found, open=books.reconciliation(request.state.db)
    )


def statement(request: Request) -> Response:
    """How one statement fits our books."""
    found = reconciling.report(request.state.db, request.user, path_int(request))
    bills = billing.bills_by_id(request.state.db, [payment.bill_id for payment in found.missing])
    return _page(request, "statement.html", "tagihan:kerja.statements", report=found, bills=bills)


def ask_again(request: Request) -> Response:
    """Ask the bank again about money that nobody told us of."""
    count = reconciling.ask_again(request.state.db, request.user, now=request.state.now)
    words = ngettext("Bank ditanya tentang %(num)d baris.", "Bank ditanya tentang %(num)d baris.", count) % {"num": count}
    flash(request, words if count else _("Tidak ada yang perlu ditanyakan."), "info")
    back = form_of(request).get("statement", "")
    known = isinstance(back, str) and back.isascii() and back.isdigit() and len(back) < 10
    return redirect(url("tagihan:kerja.statement", id=back) if known else url("tagihan:kerja.statements"))


def assign(request: Request) -> Response:
    """Say which bill an unknown line pays."""
    db, actor = request.state.db, request.user
    line = reconciling.line(db, actor, path_int(request))
    form = AssignForm(request, prefill={"kode": line.kode_bayar})
    if form.submitted and form.validate():
        with form.refusals():
            reconciling.assign_line(db, actor, line.id, form.kode.data, now=request.state.now)
            flash(request, _("Baris itu sekarang dikenali."))
            return redirect(url("tagihan:kerja.statement", id=line.statement_id))
    return _page(request, "assign.html", "tagihan:kerja.statements", status=form.status, form=form, line=line)


# ---------------------------------------------------------------------------------------------------------------- excess


def excess_list(request: Request) -> Response:
    """Money that goes back, by status."""
    actor = request.user
    if not (actor.can(excess.PROPOSE) or actor.can(excess.APPROVE)):
        raise PermissionRefused()
    status = request.query_params.get("status", "")
    status = status if status in excess.STATUS_WORDS else ""
    return _page(
        request, "excess.html", "tagihan:kerja.excess", rows=excess.queue(request.state.db, actor, status=status), chosen=status,
        words=excess.STATUS_WORDS, reasons=excess.REASON_WORDS,
    )


def excess_one(request: Request) -> Response:
    """One sum: propose where it goes, approve as somebody else, note the transfer."""
    db, actor = request.state.db, request.user
    one, bill = excess.find(db, path_int(request))
    if not excess.may_see(actor, bill):
        raise PermissionRefused()
    form = _excess_form(request, one)
    if form is not None and form.submitted and form.validate():
        with form.refusals():
            _excess_step(request, one, form)
            flash(request, _("Tercatat."))
            return redirect(url("tagihan:kerja.excess_one", id=one.id))
    return _page(
        request, "excess_one.html", "tagihan:kerja.excess", status=form.status if form is not None else 200, form=form, one=one, bill=bill,
        words=excess.STATUS_WORDS, reasons=excess.REASON_WORDS, people=books.names(db, one.proposed_by, one.approved_by, one.sent_by),
        may_approve=actor.can(excess.APPROVE, bill.opd_id) and one.proposed_by != actor.account_id,
    )


def _excess_form(request: Request, one: Any) -> Any:
    """The form of the next step, for the one who may take it."""
    forms = {excess.WAITING: ProposalForm, excess.PROPOSED: ReturnForm, excess.APPROVED: SentForm}
    form = forms.get(one.status)
    return form(request) if form is not None else None


def _excess_step(request: Request, one: Any, form: Any) -> None:
    db, actor, now = request.state.db, request.user, request.state.now
    if isinstance(form, ProposalForm):
        to = {"bank": form.bank.data, "account_number": form.account_number.data, "account_name": form.account_name.data}
        excess.propose(db, actor, one.id, **to, now=now)
    elif isinstance(form, SentForm):
        excess.note_sent(db, actor, one.id, ref_bank=form.ref_bank.data, now=now)
    else:
        excess.return_proposal(db, actor, one.id, note=form.note.data, now=now)


def approve(request: Request) -> Response:
    one = excess.approve(request.state.db, request.user, path_int(request), now=request.state.now)
    flash(request, _("Disetujui. Setelah ditransfer, catat referensinya."))
    return redirect(url("tagihan:kerja.excess_one", id=one.id))


# ----------------------------------------------------------------------------------------------------------------- books


def ledger_page(request: Request) -> Response:
    """Every account with its balance, until a day."""
    request.user.require(READ)
    until = request.query_params.get("sampai", "")
    day = _day(until) if until else None
    return _page(request, "ledger.html", "tagihan:kerja.ledger", rows=books.accounts(request.state.db, day), until=day, proof=books.proof(request.state.db))


def account(request: Request) -> Response:
    """The moves of one account, the newest first."""
    request.user.require(READ)
    name = request.path_params["akun"]
    number = query_int(request, "halaman", 1, least=1, most=100_000)
    found = books.account(request.state.db, name, number)
    return _page(request, "account.html", "tagihan:kerja.ledger", account=found, number=number)


routes = [
    Route("/kerja/kas/", index, methods=["GET", "POST"], name="tagihan:kerja.index"),
    Route("/kerja/kas/loket/{kode}", cash, methods=["GET", "POST"], name="tagihan:kerja.cash"),
    Route("/kerja/kas/tutup/{hari}", close, methods=["GET", "POST"], name="tagihan:kerja.close"),
    Route("/kerja/kas/rekonsiliasi", statements, methods=["GET", "POST"], name="tagihan:kerja.statements"),
    Route("/kerja/kas/rekonsiliasi/{id:int}", statement, name="tagihan:kerja.statement"),
    Route("/kerja/kas/rekonsiliasi/tanya", ask_again, methods=["POST"], name="tagihan:kerja.ask"),
    Route("/kerja/kas/rekonsiliasi/baris/{id:int}", assign, methods=["GET", "POST"], name="tagihan:kerja.assign"),
    Route("/kerja/kas/kelebihan", excess_list, name="tagihan:kerja.excess"),
    Route("/kerja/kas/kelebihan/{id:int}", excess_one, methods=["GET", "POST"], name="tagihan:kerja.excess_one"),
    Route("/kerja/kas/kelebihan/{id:int}/persetujuan", approve, methods=["POST"], name="tagihan:kerja.approve"),
    Route("/kerja/kas/buku", ledger_page, name="tagihan:kerja.ledger"),
    Route("/kerja/kas/buku/{akun}", account, name="tagihan:kerja.account"),
]
