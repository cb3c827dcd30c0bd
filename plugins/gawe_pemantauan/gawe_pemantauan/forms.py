"""What is typed about programmes, bodies, proposals and visits, checked."""

from __future__ import annotations

from pendopo import N_, InvalidInput, _
from pendopo.identity import parse_npwp
from pendopo.kit.attachments import PHOTOS
from pendopo.kit.forms import (
    BooleanField,
    CheckboxGroupField,
    DateField,
    DateTimeField,
    DesaField,
    Form,
    HiddenField,
    IntegerField,
    NikField,
    Optional,
    PhoneField,
    PointField,
    RadioField,
    RupiahField,
    SelectField,
    StringField,
    TextAreaField,
    UploadField,
    ValidationError,
    between,
    checked,
    length,
    required,
)

from .fields import AccountField, RabField
from .lembaga import account_digits
from .rules import CAUSES, JENIS, LEMBAGA, PAPERS, check_rab


def _id(value):
    return int(value) if value not in (None, "", "None") else None


class ChooseBodyForm(Form):
    """Which of my bodies asks."""

    lembaga = RadioField(N_("Lembaga yang mengajukan"), [required()], choices=[], coerce=_id)


class PersonForm(Form):
    nama = StringField(N_("Nama sesuai KTP"), [required(), length(max=120)], render_kw={"autocomplete": "name"})
    nik = NikField(N_("NIK"), [required()])
    no_kk = NikField(N_("Nomor Kartu Keluarga"), [required()])
    bank = StringField(N_("Bank"), [required(), length(max=60)], description=N_("Misalnya bjb Syariah cabang Serang."))
    rekening = AccountField(N_("Nomor rekening"), [required(), checked(account_digits)])
    rekening_name = StringField(N_("Nama pemilik rekening"), [required(), length(max=160)])


class IdeaForm(Form):
    """What is asked for, for whom, and where."""

    title = StringField(N_("Judul usulan"), [required(), length(min=8, max=160)], description=N_("Misalnya: Perbaikan atap Musala Al-Ikhlas."))
    purpose = TextAreaField(
        N_("Untuk apa, dan mengapa sekarang?"),
        [required(), length(min=30, max=3000)],
        description=N_("Ceritakan keadaan sekarang dan apa yang berubah setelah dibantu. Jangan tulis NIK atau nomor telepon."),
        render_kw={"rows": 6},
    )
    beneficiaries = IntegerField(N_("Berapa orang mendapat manfaat?"), [required(), between(1, 2_000_000)])
    desa = DesaField(N_("Desa"), [required()])
    address = StringField(N_("Alamat atau patokan"), [required(), length(max=300)])
    point = PointField(N_("Titik di peta"), description=N_("Boleh dikosongkan; petugas mencatat titik saat berkunjung."))


class BudgetForm(Form):
    """The sum, and the plan that must add up to it."""

    asked = RupiahField(N_("Nilai yang diminta"), [required(), between(1, 10**12)])
    rab = RabField(N_("Rencana anggaran biaya (RAB)"))

    def validate_rab(self, field) -> None:
        if self.asked.data is None or field.process_errors:
            return
        try:
            check_rab(field.data, self.asked.data)
        except InvalidInput as refusal:
            raise ValidationError(refusal.sentence()) from refusal


class SumForm(Form):
    asked = RupiahField(N_("Nilai yang diminta"), [required(), between(1, 10**9)])


class SendForm(Form):
    accept_cap = BooleanField(N_("Saya mengerti: usulan dihitung sebesar plafon program"))
    honest = BooleanField(N_("Isian ini benar, dan saya tidak membayar siapa pun untuk mengajukannya"), [required()])


class BodyForm(Form):
    """A body with its board and its own account."""

    name = StringField(N_("Nama lembaga"), [required(), length(min=4, max=160)])
    jenis = SelectField(N_("Jenis lembaga"), [required()], choices=list(LEMBAGA.items()))
    desa = DesaField(N_("Desa"), [required()])
    address = StringField(N_("Alamat"), [required(), length(max=300)])
    founded_on = DateField(N_("Berdiri sejak"), [required()])
    sk_kemenkumham = StringField(N_("Nomor SK Kemenkumham"), [length(max=60)])
    izin_operasional = StringField(N_("Nomor izin operasional"), [length(max=60)])
    npwp = StringField(N_("NPWP"), [length(max=30), checked(parse_npwp)])
    bank = StringField(N_("Bank"), [length(max=60)])
    rekening = AccountField(N_("Nomor rekening"), [checked(account_digits)], description=N_("Harus atas nama lembaga."))
    rekening_name = StringField(N_("Nama pemilik rekening"), [length(max=160)])
    ketua_name = StringField(N_("Nama ketua"), [required(), length(max=120)])
    ketua_nik = NikField(N_("NIK ketua"))
    ketua_phone = PhoneField(N_("Telepon ketua"), [Optional()])
    sekretaris_name = StringField(N_("Nama sekretaris"), [length(max=120)])
    sekretaris_nik = NikField(N_("NIK sekretaris"))
    bendahara_name = StringField(N_("Nama bendahara"), [length(max=120)])
    bendahara_nik = NikField(N_("NIK bendahara"))

    def validate_sk_kemenkumham(self, field) -> None:
        if not field.data and not self.izin_operasional.data:
            raise ValidationError(_("Isi salah satu: SK Kemenkumham atau izin operasional."))


class ProgramForm(Form):
    title = StringField(N_("Nama program"), [required(), length(min=8, max=160)])
    jenis = SelectField(N_("Jenis"), [required()], choices=list(JENIS.items()))
    summary = TextAreaField(N_("Penjelasan untuk warga"), [required(), length(min=20, max=2000)], render_kw={"rows": 4})
    opd = SelectField(N_("Perangkat daerah yang memverifikasi"), [required()], coerce=_id, choices=[])
    proposal_year = IntegerField(N_("Tahun usulan"), [required(), between(2020, 2100)])
    paid_year = IntegerField(N_("Tahun pencairan"), [required(), between(2020, 2100)])
    opens_on = DateField(N_("Dibuka"), [required()])
    closes_on = DateField(N_("Ditutup"), [required()], description=N_("Usulan diterima sampai hari ini pukul 23.59."))
    pagu = RupiahField(N_("Pagu"), [required(), between(1, 10**14)])
    plafon = RupiahField(N_("Plafon setiap penerima"), [Optional(), between(1, 10**12)], description=N_("Kosongkan untuk memakai plafon umum jenis ini."))
    papers = CheckboxGroupField(N_("Persyaratan"), choices=list(PAPERS.items()), description=N_("Kosongkan untuk memakai persyaratan biasa jenis ini."))


class PauseForm(Form):
    reason = StringField(N_("Alasan dihentikan sementara"), [required(), length(min=5, max=300)], description=N_("Dibaca warga."))


class VisitForm(Form):
    """A field visit; sent as it is, or kept on the device until there is a connection."""

    visited_at = DateTimeField(N_("Waktu kunjungan"), [required()])
    object_exists = RadioField(N_("Objek atau lembaganya ada?"), [required()], choices=[("ya", N_("Ada")), ("tidak", N_("Tidak ada"))])
    active = RadioField(N_("Kegiatannya berjalan?"), [required()], choices=[("ya", N_("Berjalan")), ("tidak", N_("Tidak"))])
    has_board = RadioField(N_("Ada papan nama?"), [required()], choices=[("ya", N_("Ada")), ("tidak", N_("Tidak ada"))])
    papers_match = RadioField(N_("Dokumen asli cocok?"), [required()], choices=[("ya", N_("Cocok")), ("tidak", N_("Tidak"))])
    note = TextAreaField(N_("Yang ditemukan"), [required(), length(min=10, max=2000)], render_kw={"rows": 4})
    point = PointField(N_("Titik kunjungan"), description=N_("Bila kosong, letak pada foto dipakai."))
    photos = UploadField(N_("Foto"), most=6, accept=PHOTOS)
    client_key = HiddenField()


class DesilForm(Form):
    desil = IntegerField(
        N_("Desil DTSEN (1 sampai 10)"), [required(), between(1, 10)], description=N_("Data sensitif: disimpan terenkripsi, setiap perubahan dicatat.")
    )


class ClearForm(Form):
    note = StringField(N_("Hasil pemeriksaan"), [required(), length(min=10, max=300)])


class NewsForm(Form):
    """One word to many applicants."""

    text = TextAreaField(N_("Kabar untuk pemohon yang dipilih"), [required(), length(min=10, max=1000)], render_kw={"rows": 2})


class DecreeForm(Form):
    """One decree for many."""

    sk_number = StringField(N_("Nomor SK Bupati"), [required(), length(max=60)])
    sk_date = DateField(N_("Tanggal SK"), [required()])
    dpa = StringField(N_("Nomor DPA"), [length(max=60)])


class EmergencyForm(Form):
    """A report of the desa after a disaster."""

    program = SelectField(N_("Program"), [required()], coerce=_id, choices=[])
    cause = SelectField(N_("Penyebab"), [required()], choices=list(CAUSES.items()))
    title = StringField(N_("Judul laporan"), [required(), length(min=8, max=160)], description=N_("Misalnya: Rumah terbakar di Kampung Sawah."))
    purpose = TextAreaField(N_("Apa yang terjadi dan apa yang diperlukan"), [required(), length(min=30, max=3000)], render_kw={"rows": 5})
    nama = StringField(N_("Nama penerima"), [required(), length(max=120)])
    nik = NikField(N_("NIK penerima"), [required()])
    no_kk = NikField(N_("Nomor Kartu Keluarga"), [required()])
    beneficiaries = IntegerField(N_("Jumlah jiwa"), [required(), between(1, 100_000)])
    desa = DesaField(N_("Desa"), [required()])
    address = StringField(N_("Alamat atau patokan"), [required(), length(max=300)])
    point = PointField(N_("Titik di peta"))
    asked = RupiahField(N_("Nilai yang diminta"), [required(), between(1, 10**10)])
    kejadian = UploadField(N_("Surat keterangan kejadian dan foto"), [required()], most=5)


class WatchForm(Form):
    register = StringField(
        N_("Nomor registrasi"),
        [required(), length(max=40)],
        description=N_("Seperti HBH-2026-000123-3."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    pin = StringField(
        N_("PIN"),
        [required(), length(max=12)],
        description=N_("Enam huruf dan angka yang Anda terima bersama nomor itu."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
