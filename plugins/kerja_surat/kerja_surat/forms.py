"""What is typed about letters, checked. Choices that depend on who asks are filled by `choices.py`."""

from __future__ import annotations

from pendopo import N_
from pendopo.kit.forms import (
    BooleanField,
    CheckboxGroupField,
    DateField,
    DateTimeField,
    Form,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    UploadField,
    between,
    length,
    optional,
    required,
)

from .rules import DERAJAT_TITLES, INSTRUKSI, NASKAH, SIFAT_TITLES

BY_CLASS = N_("Menurut Permendagri 83/2022, misalnya 600.1.10.")


class LetterForm(Form):
    """A letter that came in."""

    opd_id = SelectField(N_("Unit penerima"), [required()], coerce=int)
    pengirim = StringField(N_("Pengirim"), [required(), length(max=200)])
    nomor_surat = StringField(N_("Nomor surat"), [required(), length(max=120)], description=N_("Seperti tertulis di suratnya."))
    tanggal_surat = DateField(N_("Tanggal surat"), [required()])
    received_at = DateTimeField(N_("Diterima"), [optional()], description=N_("Kosongkan bila baru saja diterima."))
    perihal = StringField(N_("Perihal"), [required(), length(max=300)])
    ringkasan = TextAreaField(N_("Ringkasan isi"), [length(max=4000)])
    klasifikasi = StringField(N_("Kode klasifikasi"), [required(), length(max=20)], description=BY_CLASS)
    sifat = SelectField(N_("Sifat"), [required()], choices=list(SIFAT_TITLES.items()), description=N_("Surat rahasia hanya dibaca pejabat yang dituju."))
    derajat = SelectField(N_("Derajat"), [required()], choices=list(DERAJAT_TITLES.items()), description=N_("Menentukan batas waktu penyelesaian."))
    scan = UploadField(N_("Pindaian surat"), most=10, description=N_("PDF atau foto tiap halaman."))
    before = SelectField(N_("Naikkan kepada"), coerce=int, description=N_("Pimpinan yang membaca dan mendisposisikan. Daftarnya mengikuti unit penerima."))


class BeforeForm(Form):
    """Before whom the agenda book lays a letter."""

    before = SelectField(N_("Naikkan kepada"), [required()], coerce=int)


class DisposisiForm(Form):
    from_jabatan_id = SelectField(N_("Sebagai"), [required()], coerce=int)
    to = CheckboxGroupField(N_("Kepada"), [required()], coerce=int)
    instruksi = CheckboxGroupField(N_("Instruksi"), choices=list(INSTRUKSI.items()))
    catatan = TextAreaField(N_("Catatan"), [length(max=2000)])
    due = DateTimeField(N_("Batas waktu"), [optional()], description=N_("Kosongkan untuk memakai batas menurut derajat surat atau disposisi di atasnya."))


class ResultForm(Form):
    """What was done with a disposisi, or why it goes back."""

    result = TextAreaField(N_("Hasil, atau alasan bila dikembalikan"), [required(), length(max=4000)], render_kw={"rows": 3})


class DraftForm(Form):
    """A letter to go out."""

    opd_id = SelectField(N_("Unit pembuat"), [required()], coerce=int)
    jenis = SelectField(N_("Jenis naskah"), [required()], choices=list(NASKAH.items()))
    sifat = SelectField(N_("Sifat"), [required()], choices=list(SIFAT_TITLES.items()))
    klasifikasi = StringField(N_("Kode klasifikasi"), [required(), length(max=20)], description=BY_CLASS)
    letter_date = DateField(
        N_("Tanggal surat"),
        [optional()],
        description=N_("Kosongkan untuk tanggal penandatanganan. Tanggal yang sudah lewat mendapat nomor sisipan, misalnya 0042.a."),
    )
    perihal = StringField(N_("Perihal"), [required(), length(max=300)])
    tujuan = TextAreaField(N_("Kepada"), [required(), length(max=1000)], description=N_("Satu penerima per baris."), render_kw={"rows": 3})
    body = TextAreaField(
        N_("Isi surat"), [required(), length(min=10, max=20000)], description=N_("Pisahkan paragraf dengan baris kosong."), render_kw={"rows": 12}
    )
    tembusan = TextAreaField(N_("Tembusan"), [length(max=1000)], description=N_("Satu per baris."), render_kw={"rows": 2})
    lampiran = UploadField(N_("Lampiran"), most=5)
    reviewers = CheckboxGroupField(N_("Paraf"), coerce=int, description=N_("Yang memeriksa sebelum penanda tangan; urutannya dari bawah ke atas."))
    signer = SelectField(N_("Penanda tangan"), [required()], coerce=int)


class RewriteForm(Form):
    """The next version of a draft."""

    version = HiddenField()
    perihal = StringField(N_("Perihal"), [required(), length(max=300)])
    tujuan = TextAreaField(N_("Kepada"), [required(), length(max=1000)], render_kw={"rows": 3})
    body = TextAreaField(N_("Isi surat"), [required(), length(min=10, max=20000)], render_kw={"rows": 14})
    tembusan = TextAreaField(N_("Tembusan"), [length(max=1000)], render_kw={"rows": 2})

    @property
    def seen(self) -> int:
        """The version that was on the screen."""
        text = self.version.data or ""
        return int(text) if text.isdigit() and len(text) < 9 else 0


class ParafForm(Form):
    version = HiddenField()
    note = TextAreaField(N_("Catatan"), [length(max=1000)], description=N_("Wajib diisi bila konsep dikembalikan."), render_kw={"rows": 2})

    seen = RewriteForm.seen


class AcaraForm(Form):
    title = StringField(N_("Acara"), [required(), length(max=200)])
    start = DateTimeField(N_("Mulai"), [required()])
    end = DateTimeField(N_("Selesai"), [required()])
    place = StringField(N_("Tempat"), [required(), length(max=200)])
    officials = CheckboxGroupField(N_("Pejabat"), [required()], coerce=int)
    note = TextAreaField(N_("Catatan"), [length(max=1000)], render_kw={"rows": 2})
    in_spite = BooleanField(N_("Simpan walaupun bentrok"))


class AnswerForm(Form):
    """An answer to an invitation; the button says which."""

    wakil = SelectField(N_("Diwakili oleh"), coerce=int)
    note = StringField(N_("Catatan atau alasan"), [length(max=300)])


class BookingForm(Form):
    ruang = SelectField(N_("Ruang"), [required()], coerce=int)
    title = StringField(N_("Keperluan"), [required(), length(max=200)])
    people = IntegerField(N_("Jumlah peserta"), [required(), between(1, 5000)])
    start = DateTimeField(N_("Mulai"), [required()])
    end = DateTimeField(N_("Selesai"), [required()])
    jabatan = SelectField(N_("Atas nama"), [required()], coerce=int)
    displace = BooleanField(N_("Geser pemesan yang lebih rendah jabatannya ke ruang lain"))


class RoomForm(Form):
    name = StringField(N_("Nama ruang"), [required(), length(max=120)])
    place = StringField(N_("Letak"), [required(), length(max=200)])
    seats = IntegerField(N_("Jumlah kursi"), [required(), between(1, 5000)])
    facilities = StringField(N_("Perlengkapan"), [length(max=300)])
