"""What people type about themselves."""

from __future__ import annotations

from wtforms import BooleanField, PasswordField, SelectField, StringField, TextAreaField

from ..i18n import N_
from ..layout.forms import Form, length, required


class SignInForm(Form):
    name = StringField(N_("Surel, NIK, atau NIP"), [required(), length(max=254)], render_kw={"autocomplete": "username", "autocapitalize": "none"})
    password = PasswordField(N_("Kata sandi"), [required()], render_kw={"autocomplete": "current-password"})


class SignUpForm(Form):
    name = StringField(N_("Nama lengkap"), [required(), length(max=120)], render_kw={"autocomplete": "name"})
    email = StringField(N_("Alamat surel"), [required(), length(max=254)], render_kw={"autocomplete": "email", "inputmode": "email"})
    phone = StringField(N_("Nomor telepon"), [length(max=20)], description=N_("Boleh kosong. Contoh: 0812-3456-7890"), render_kw={"autocomplete": "tel", "inputmode": "tel"})
    nik = StringField(N_("NIK"), [length(max=20)], description=N_("Boleh kosong sekarang. Beberapa layanan akan memintanya. Disimpan tersandi."), render_kw={"inputmode": "numeric"})
    password = PasswordField(N_("Kata sandi"), [required()], description=N_("Paling sedikit 10 huruf; kalimat pendek mudah diingat."), render_kw={"autocomplete": "new-password"})
    agree = BooleanField(N_("Saya setuju data saya dipakai untuk melayani saya, sesuai penjelasan pelindungan data."), [required()])


class ForgotForm(Form):
    name = StringField(N_("Surel, NIK, atau NIP"), [required(), length(max=254)])


class NewPasswordForm(Form):
    password = PasswordField(N_("Kata sandi baru"), [required()], description=N_("Paling sedikit 10 huruf; kalimat pendek mudah diingat."), render_kw={"autocomplete": "new-password"})


class ChangePasswordForm(Form):
    old = PasswordField(N_("Kata sandi lama"), [required()], render_kw={"autocomplete": "current-password"})
    password = PasswordField(N_("Kata sandi baru"), [required()], description=N_("Paling sedikit 10 huruf; kalimat pendek mudah diingat."), render_kw={"autocomplete": "new-password"})


class AccountForm(Form):
    name = StringField(N_("Nama lengkap"), [required(), length(max=120)], render_kw={"autocomplete": "name"})
    email = StringField(N_("Alamat surel"), [length(max=254)], description=N_("Alamat baru berlaku setelah Anda membuka tautan yang kami kirim ke sana."), render_kw={"autocomplete": "email"})
    phone = StringField(N_("Nomor telepon"), [length(max=20)], render_kw={"autocomplete": "tel"})
    language = SelectField(N_("Bahasa"), choices=[("id", "Bahasa Indonesia"), ("en", "English")])


class EraseForm(Form):
    password = PasswordField(N_("Kata sandi"), [required()], render_kw={"autocomplete": "current-password"})


class ActForForm(Form):
    nik = StringField(N_("NIK warga"), [required(), length(max=20)], render_kw={"inputmode": "numeric", "autocomplete": "off"})
    reason = TextAreaField(N_("Keperluan"), [required(), length(max=300)], description=N_("Warga menerima pemberitahuan tentang ini."))


class CreateForForm(Form):
    name = StringField(N_("Nama lengkap warga"), [required(), length(max=120)])
    nik = StringField(N_("NIK warga"), [required(), length(max=20)], render_kw={"inputmode": "numeric", "autocomplete": "off"})
    phone = StringField(N_("Nomor telepon"), [length(max=20)])
    reason = TextAreaField(N_("Keperluan"), [required(), length(max=300)], description=N_("Warga menerima pemberitahuan tentang ini."))
