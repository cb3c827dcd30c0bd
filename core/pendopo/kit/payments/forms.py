"""What is typed about money."""

from __future__ import annotations

import wtforms
from starlette.datastructures import UploadFile

from ...i18n import N_, _
from ..forms import DateField, Form, RupiahField, StringField, length, optional, required
from .codes import read_kode_bayar

CODE_KEYS = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "20"}
MOST_BYTES = 10 * 1024 * 1024


class CodeField(StringField):
    """A payment code, in groups or not; `data` is its digits."""

    def __init__(self, label: str | None = None, validators: object = None, **options: object) -> None:
        super().__init__(label or N_("Kode bayar"), validators or [required()], render_kw={**CODE_KEYS}, **options)

    def post_validate(self, form: wtforms.BaseForm, validation_stopped: bool) -> None:
        if not validation_stopped and self.data:
            code = read_kode_bayar(self.data)
            if code is None:
                raise wtforms.ValidationError(_("Kode bayar terdiri atas 12 angka. Periksa lagi angkanya."))
            self.data = code


class SearchForm(Form):
    kode = CodeField(description=N_("Dua belas angka, seperti pada surat tagihan atau pesan yang Anda terima."))


class CashForm(Form):
    given = RupiahField(N_("Uang yang diterima"), [optional()], description=N_("Kosongkan bila pas."))


class ClosingForm(Form):
    counted = RupiahField(N_("Uang di laci"), [required()], description=N_("Hitung uang kertas dan logam, lalu isikan jumlahnya."))
    note = StringField(N_("Penjelasan selisih"), [optional(), length(max=300)])


class StatementForm(Form):
    file = wtforms.FileField(N_("Rekening koran"), description=N_("Berkas CSV atau MT940 dari bank, paling besar 10 MB."))

    def content(self) -> tuple[str, bytes] | None:
        """Name and bytes of the file; None, and an error, when there is none."""
        upload = self.file.data
        if not isinstance(upload, UploadFile) or not upload.filename:
            self.add_error(_("Pilih berkasnya lebih dahulu."), "file")
            return None
        upload.file.seek(0)  # others looked at it before
        data = upload.file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            self.add_error(_("Berkas ini lebih besar daripada 10 MB."), "file")
            return None
        return upload.filename, data


class AssignForm(Form):
    kode = CodeField()


class ProposalForm(Form):
    bank = StringField(N_("Bank"), [required(), length(max=60)])
    account_number = StringField(N_("Nomor rekening"), [required(), length(max=40)], render_kw={"inputmode": "numeric", "autocomplete": "off"})
    account_name = StringField(N_("Nama pemilik rekening"), [required(), length(max=160)])


class ReturnForm(Form):
    note = StringField(N_("Alasan dikembalikan"), [required(), length(max=300)])


class SentForm(Form):
    ref_bank = StringField(N_("Referensi transfer"), [required(), length(max=64)], description=N_("Seperti akan tertulis di rekening koran."))


class UntilForm(Form):
    sampai = DateField(N_("Sampai tanggal"), [optional()])
