"""Signing up, in and out; one's account; acting on behalf of a citizen.

Another way in (passkey, one-time code, single sign-on) brings its own routes and ends in `admit`: it opens the session
and sets the cookie, and nothing else here needs to know how the person proved who they are.
"""

from __future__ import annotations

import json

from starlette.responses import Response
from starlette.routing import Route

from ..errors import SignInNeeded
from ..http import flash, form_of, own_path, page, path_int, redirect, url
from ..i18n import _, current_language
from . import acting, own_data, people
from .forms import (
    AccountForm,
    ActForForm,
    ChangePasswordForm,
    CreateForForm,
    EraseForm,
    ForgotForm,
    NewPasswordForm,
    NikForm,
    SignInForm,
    SignUpForm,
)
from .loading import SESSION_LIFE, open_session
from .models import Account
from .numbers import mask_nik, show_phone
from .secrecy import decrypt_nik

BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"))


def _address(request) -> str:
    return request.client.host if request.client else ""


def _device(request) -> str:
    """A short name of the browser, enough to know one's own again."""
    agent = request.headers.get("user-agent", "")
    browser = next((name for mark, name in BROWSERS if mark in agent), _("Peramban lain"))
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return f"{browser} · {system}" if system else browser


def admit(request, account: Account, to: str) -> Response:
    """Let `account` in on this device and go to `to`: where every way of signing in ends."""
    portal = request.app.state.portal
    token = open_session(request.state.db, account.id, now=request.state.now, user_agent=_device(request), address=_address(request))
    response = redirect(to)
    response.set_cookie(
        portal.session_cookie, token, max_age=int(SESSION_LIFE.total_seconds()), httponly=True, samesite="lax", path="/",
        secure=portal.settings.public_url.startswith("https:"),
    )
    return response


def _leave(request, to: str = "/") -> Response:
    portal = request.app.state.portal
    response = redirect(to)
    response.delete_cookie(portal.session_cookie, path="/", httponly=True, samesite="lax", secure=portal.settings.public_url.startswith("https:"))
    return response


def sign_in(request):
    """The way in. Whoever is inside already is sent on."""
    after = own_path(str(request.query_params.get("next") or form_of(request).get("next") or ""))
    if request.user.is_signed_in and request.method == "GET":
        return redirect(after)
    form = SignInForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            account = people.sign_in(request.state.db, form.name.data, form.password.data, address=_address(request), now=request.state.now)
            people.sign_out(request.state.db, request.user, now=request.state.now)
            return admit(request, account, after if after != "/" or account.nip is None else "/kerja/")
    demo = request.app.state.portal.settings.demo
    return page(request, "identity/sign_in.html", form=form, after=after, demo=_demo_accounts() if demo else None, status=form.status)


def _demo_accounts() -> dict[str, object]:
    from .demo import DEMO_ACCOUNTS, DEMO_PASSWORD

    return {"names": DEMO_ACCOUNTS, "password": DEMO_PASSWORD}


def sign_out(request):
    people.sign_out(request.state.db, request.user, now=request.state.now)
    return _leave(request)


def _sent(request, sentence: str):
    return page(request, "identity/sent.html", title=_("Periksa surel Anda"), sentence=sentence)


def sign_up(request):
    form = SignUpForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            person = people.NewPerson(
                form.name.data, form.email.data, form.phone.data or "", form.nik.data or "", form.password.data, language=current_language.get(),
            )
            people.sign_up(request.state.db, person, address=_address(request), now=request.state.now)
            return _sent(request, _("Kami mengirim tautan ke alamat yang Anda tulis. Buka tautannya untuk mulai memakai akun."))
    return page(request, "identity/sign_up.html", form=form, status=form.status)


def confirm(request):
    """Opening the link shows a button: mail scanners that follow links must not spend it."""
    token = request.path_params["token"]
    if request.method == "POST":
        people.confirm_email(request.state.db, token, now=request.state.now)
        flash(request, _("Alamat surel Anda sudah dipastikan."))
        return redirect(url("akun:index") if request.user.is_signed_in else url("akun:masuk"))
    return page(request, "identity/confirm.html", known=people.peek_token(request.state.db, token, "confirm", now=request.state.now))


def forgot(request):
    form = ForgotForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            people.ask_reset(request.state.db, form.name.data, address=_address(request), now=request.state.now)
            return _sent(request, _("Bila akun itu ada dan memiliki alamat surel, kami mengirim tautan untuk kata sandi baru."))
    return page(request, "identity/forgot.html", form=form, status=form.status)


def reset(request):
    token = request.path_params["token"]
    form = NewPasswordForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            people.reset_password(request.state.db, token, form.password.data, now=request.state.now)
            flash(request, _("Kata sandi baru tersimpan. Silakan masuk."))
            return redirect(url("akun:masuk"))
    return page(request, "identity/reset.html", form=form, known=people.peek_token(request.state.db, token, "reset", now=request.state.now), status=form.status)


def account(request, *, form=None, password_form=None, nik_form=None, status=200):
    """One's own page; `form` and its like are what was sent and needs mending."""
    row = request.state.db.get(Account, request.user.require_signed_in())
    if form is None:
        form = AccountForm(_unsent(request), obj=row)
        form.phone.data = show_phone(row.phone)
    return page(
        request, "identity/account.html", account=row, nik=mask_nik(decrypt_nik(row.nik_cipher)) if row.nik_cipher else "",
        form=form, password_form=password_form or ChangePasswordForm(_unsent(request), prefix="sandi-"),
        nik_form=nik_form or NikForm(_unsent(request), prefix="nik-"), status=status,
    )


class _Unsent:
    """The request as the forms beside the one that was sent see it."""

    method = "GET"

    def __init__(self, state) -> None:
        self.state, self.scope = state, {}


def _unsent(request):
    return _Unsent(request.state)


def change_account(request):
    request.user.require_signed_in()
    form = AccountForm(request)
    if form.validate():
        with form.refusals():
            mailed = people.change_account(
                request.state.db, request.user, name=form.name.data, email=form.email.data or "", phone=form.phone.data or "",
                language=form.language.data, now=request.state.now,
            )
            flash(request, _("Tersimpan. Buka tautan yang kami kirim ke alamat baru Anda.") if mailed else _("Data Anda tersimpan."))
            return redirect(url("akun:index"))
    return account(request, form=form, status=form.status)


def change_password(request):
    request.user.require_signed_in()
    form = ChangePasswordForm(request, prefix="sandi-")
    if form.validate():
        with form.refusals():
            people.change_password(request.state.db, request.user, form.old.data, form.password.data, now=request.state.now)
            flash(request, _("Kata sandi diganti. Perangkat lain sudah dikeluarkan."))
            return redirect(url("akun:index"))
    return account(request, password_form=form, status=form.status)


def add_nik(request):
    request.user.require_signed_in()
    form = NikForm(request, prefix="nik-")
    if form.validate():
        with form.refusals():
            if people.add_nik(request.state.db, request.user, form.nik.data, now=request.state.now):
                flash(request, _("NIK Anda tercatat."))
                return redirect(url("akun:index"))
            form.add_error(_("NIK ini belum dapat dicatat dari sini. Datanglah ke loket dengan KTP Anda."), "nik", 409)
    return account(request, nik_form=form, status=form.status)


def devices(request):
    rows = people.devices(request.state.db, request.user, now=request.state.now)
    return page(request, "identity/devices.html", devices=rows)


def end_device(request):
    people.end_device(request.state.db, request.user, path_int(request), now=request.state.now)
    flash(request, _("Perangkat itu sudah dikeluarkan."))
    return redirect(url("akun:perangkat"))


def end_others(request):
    count = people.end_other_devices(request.state.db, request.user, now=request.state.now)
    flash(request, _("%(n)s perangkat lain sudah dikeluarkan.") % {"n": count})
    return redirect(url("akun:perangkat"))


def own(request):
    return page(request, "identity/own_data.html", parts=own_data.personal_data_of(request.state.db, request.user))


def export(request):
    data = own_data.export_person(request.state.db, request.user, now=request.state.now)
    headers = {"Content-Disposition": 'attachment; filename="data-saya.json"', "Cache-Control": "no-store"}
    return Response(json.dumps(data, ensure_ascii=False, indent=2, default=str), media_type="application/json", headers=headers)


def erase(request):
    request.user.require_signed_in()
    form = EraseForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            own_data.erase_person(request.state.db, request.user, form.password.data, now=request.state.now)
            flash(request, _("Akun Anda sudah dihapus."))
            return _leave(request)
    return page(request, "identity/erase.html", form=form, status=form.status)


def act_for(request):
    """The counter: find a citizen by nik, or make an account for one."""
    request.user.require(acting.PERMISSION)
    creating = form_of(request).get("create") == "1" or request.query_params.get("baru") == "1"
    form = (CreateForForm if creating else ActForForm)(request)
    if form.submitted and form.validate():
        with form.refusals():
            if creating:
                person = people.NewPerson(form.name.data, email=form.email.data or "", phone=form.phone.data or "", nik=form.nik.data)
                citizen = acting.create_for(request.state.db, request.user, person, form.reason.data, now=request.state.now)
            else:
                citizen = acting.act_for(request.state.db, request.user, form.nik.data, form.reason.data, now=request.state.now)
            flash(request, _("Anda sekarang bertindak atas nama %(name)s, paling lama 30 menit.") % {"name": citizen.name}, "info")
            return redirect("/")
    return page(request, "identity/act_for.html", form=form, creating=creating, status=form.status)


def stop_acting(request):
    if not request.user.is_signed_in:
        raise SignInNeeded()
    acting.stop_acting(request.state.db, request.user, now=request.state.now)
    flash(request, _("Anda kembali sebagai diri sendiri."), "info")
    return redirect(url("akun:wakil") if request.user.can(acting.PERMISSION) else "/kerja/")


def privacy(request):
    return page(request, "identity/privacy.html")


routes = [
    Route("/masuk", sign_in, methods=["GET", "POST"], name="akun:masuk"),
    Route("/keluar", sign_out, methods=["POST"], name="akun:keluar"),
    Route("/daftar", sign_up, methods=["GET", "POST"], name="akun:daftar"),
    Route("/konfirmasi/{token}", confirm, methods=["GET", "POST"], name="akun:konfirmasi"),
    Route("/lupa-sandi", forgot, methods=["GET", "POST"], name="akun:lupa"),
    Route("/atur-sandi/{token}", reset, methods=["GET", "POST"], name="akun:atur"),
    Route("/akun/", account, name="akun:index"),
    Route("/akun/data", change_account, methods=["POST"], name="akun:data"),
    Route("/akun/sandi", change_password, methods=["POST"], name="akun:sandi"),
    Route("/akun/nik", add_nik, methods=["POST"], name="akun:nik"),
    Route("/akun/perangkat", devices, name="akun:perangkat"),
    Route("/akun/perangkat/{id:int}", end_device, methods=["POST"], name="akun:perangkat.satu"),
    Route("/akun/perangkat-lain", end_others, methods=["POST"], name="akun:perangkat.lain"),
    Route("/akun/data-saya", own, name="akun:data-saya"),
    Route("/akun/data-saya.json", export, name="akun:ekspor"),
    Route("/akun/hapus", erase, methods=["GET", "POST"], name="akun:hapus"),
    Route("/akun/wakil", act_for, methods=["GET", "POST"], name="akun:wakil"),
    Route("/akun/wakil/selesai", stop_acting, methods=["POST"], name="akun:wakil.selesai"),
    Route("/pelindungan-data", privacy, name="akun:privasi"),
]
