"""What is typed about letters, checked."""

from __future__ import annotations

from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField

from pendopo import N_
from pendopo.kit.forms import CheckboxGroupField, DateField, DateTimeField, Form, length, required

from .rules import DERAJAT_TITLES, INSTRUKSI, NASKAH, SIFAT_TITLES


class LetterForm(Form):
    """A letter that came in."""

    opd_id = SelectField(N_("Unit penerima"), coerce=int)
    nomor_surat = StringField(N_("Nomor surat"), [required(), length(max=120)])
    tanggal_surat = DateField(N_("Tanggal surat"), [required()])
    pengirim = StringField(N_("Pengirim"), [required(), length(max=200)])
    perihal = StringField(N_("Perihal"), [required(), length(max=300)])
    ringkasan = TextAreaField(N_("Ringkasan isi"), [length(max=4000)])
    klasifikasi = StringField(N_("Kode klasifikasi"), [required(), length(max=20)], description=N_("Permendagri 83/2022, misalnya 600.1.10"))
    sifat = SelectField(N_("Sifat"), choices=list(SIFAT_TITLES.items()))
    derajat = SelectField(N_("Derajat"), choices=list(DERAJAT_TITLES.items()))


class DisposisiForm(Form):
    from_jabatan_id = SelectField(N_("Sebagai"), coerce=int)
    to = CheckboxGroupField(N_("Kepada"), coerce=int)
    instruksi = CheckboxGroupField(N_("Instruksi"), choices=list(INSTRUKSI.items()))
    catatan = TextAreaField(N_("Catatan"), [length(max=2000)])
    due = DateTimeField(N_("Batas waktu"), description=N_("Kosongkan untuk memakai batas menurut derajat surat."))


class DraftForm(Form):
    """A letter to go out."""

    opd_id = SelectField(N_("Unit pembuat"), coerce=int)
    jenis = SelectField(N_("Jenis naskah"), choices=list(NASKAH.items()))
    perihal = StringField(N_("Perihal"), [required(), length(max=300)])
    klasifikasi = StringField(N_("Kode klasifikasi"), [required(), length(max=20)], description=N_("Permendagri 83/2022, misalnya 600.1.10"))
    sifat = SelectField(N_("Sifat"), choices=list(SIFAT_TITLES.items()))
    tujuan = TextAreaField(N_("Kepada"), [required(), length(max=1000)], description=N_("Satu penerima per baris."))
    body = TextAreaField(N_("Isi surat"), [required(), length(min=10, max=20000)], description=N_("Pisahkan paragraf dengan baris kosong."))
    tembusan = TextAreaField(N_("Tembusan"), [length(max=1000)], description=N_("Satu per baris, boleh kosong."))
    reviewers = SelectMultipleField(N_("Paraf berurutan"), coerce=int, description=N_("Pejabat yang memeriksa sebelum penanda tangan, dari bawah ke atas."))
    signer = SelectField(N_("Penanda tangan"), coerce=int)


class AcaraForm(Form):
    title = StringField(N_("Acara"), [required(), length(max=200)])
    start = DateTimeField(N_("Mulai"), [required()])
    end = DateTimeField(N_("Selesai"), [required()])
    place = StringField(N_("Tempat"), [required(), length(max=200)])
    officials = CheckboxGroupField(N_("Pejabat"), coerce=int)
    note = TextAreaField(N_("Catatan"), [length(max=1000)])


class BookingForm(Form):
    ruang = SelectField(N_("Ruang"), coerce=int)
    title = StringField(N_("Keperluan"), [required(), length(max=200)])
    start = DateTimeField(N_("Mulai"), [required()])
    end = DateTimeField(N_("Selesai"), [required()])
    jabatan = SelectField(N_("Atas nama"), coerce=int)
