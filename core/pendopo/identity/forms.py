"""What people type about themselves."""

from __future__ import annotations

import wtforms
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice

from ..i18n import N_
from ..layout.forms import Form, checked, length, required
from .numbers import parse_nik, parse_phone

USERNAME = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
NIK = {"inputmode": "numeric", "autocomplete": "off"}
OLD = {"autocomplete": "current-password"}
NEW = {"autocomplete": "new-password"}
NEW_HINT = N_("Paling sedikit 10 huruf; kalimat pendek mudah diingat.")
TOLD = N_("Warga menerima pemberitahuan tentang ini.")


class _Text:
    """Words only: a file that was sent in their place is nothing."""

    def process_formdata(self, valuelist: list[object]) -> None:
        if valuelist:
            self.data = valuelist[0] if isinstance(valuelist[0], str) else ""


class StringField(_Text, wtforms.StringField):
    pass


class TextAreaField(_Text, wtforms.TextAreaField):
    pass


class PasswordField(_Text, wtforms.PasswordField):
    pass


def phone_field(hint: str = N_("Contoh: 0812-3456-7890")) -> StringField:
    return StringField(N_("Nomor telepon"), [length(max=20), checked(parse_phone)], description=hint, render_kw={"autocomplete": "tel", "inputmode": "tel"})


def email_field(hint: str = "", *, needed: bool = True) -> StringField:
    checks = [required(), length(max=254)] if needed else [length(max=254)]
    return StringField(N_("Alamat surel"), checks, description=hint, render_kw={"autocomplete": "email", "inputmode": "email", "type": "email"})


class SignInForm(Form):
    name = StringField(N_("Surel, NIK, NIP, atau nama pengguna"), [required(), length(max=254)], render_kw=USERNAME)
    password = PasswordField(N_("Kata sandi"), [required()], render_kw=OLD)


class SignUpForm(Form):
    name = StringField(N_("Nama lengkap"), [required(), length(max=120)], render_kw={"autocomplete": "name"})
    email = email_field(N_("Kami mengirim tautan ke alamat ini untuk memastikannya."))
    phone = phone_field()
    nik = StringField(
        N_("NIK"), [length(max=20), checked(parse_nik)], render_kw=NIK,
        description=N_("Enam belas angka di KTP. Beberapa layanan memintanya. Disimpan tersandi."),
    )
    password = PasswordField(N_("Kata sandi"), [required(), length(max=200)], description=NEW_HINT, render_kw=NEW)
    agree = BooleanField(N_("Saya setuju data saya dipakai untuk melayani saya, sesuai penjelasan pelindungan data."), [required()])


class ForgotForm(Form):
    name = StringField(N_("Surel, NIK, NIP, atau nama pengguna"), [required(), length(max=254)], render_kw=USERNAME)


class NewPasswordForm(Form):
    password = PasswordField(N_("Kata sandi baru"), [required(), length(max=200)], description=NEW_HINT, render_kw=NEW)


class ChangePasswordForm(Form):
    old = PasswordField(N_("Kata sandi lama"), [required()], render_kw=OLD)
    password = PasswordField(N_("Kata sandi baru"), [required(), length(max=200)], description=NEW_HINT, render_kw=NEW)


class AccountForm(Form):
    name = StringField(N_("Nama lengkap"), [required(), length(max=120)], render_kw={"autocomplete": "name"})
    email = email_field(N_("Alamat baru berlaku setelah Anda membuka tautan yang kami kirim ke sana."), needed=False)
    phone = phone_field()
    language = SelectField(N_("Bahasa"), choices=[SelectChoice("id", "Bahasa Indonesia"), SelectChoice("en", "English")])


class NikForm(Form):
    nik = StringField(N_("NIK"), [required(), length(max=20), checked(parse_nik)], render_kw=NIK, description=N_("Enam belas angka di KTP. Disimpan tersandi."))


class EraseForm(Form):
    password = PasswordField(N_("Kata sandi"), [required()], render_kw=OLD)


def _invented_too(text: str) -> None:
    parse_nik(text, invented=True)


class ActForForm(Form):
    nik = StringField(N_("NIK warga"), [required(), length(max=20), checked(_invented_too)], render_kw=NIK)
    reason = TextAreaField(N_("Keperluan"), [required(), length(min=5, max=300)], description=TOLD)


class CreateForForm(Form):
    name = StringField(N_("Nama lengkap warga"), [required(), length(max=120)], render_kw={"autocomplete": "off"})
    nik = StringField(N_("NIK warga"), [required(), length(max=20), checked(parse_nik)], render_kw=NIK)
    phone = phone_field()
    email = email_field(N_("Bila diisi, warga menerima tautan untuk memilih kata sandinya sendiri."), needed=False)
    reason = TextAreaField(N_("Keperluan"), [required(), length(min=5, max=300)], description=TOLD)
