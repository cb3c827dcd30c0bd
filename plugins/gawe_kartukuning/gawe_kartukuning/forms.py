"""What is typed about people, work and schools, checked."""

from __future__ import annotations

from datetime import date
from typing import Any

from pendopo import N_, DomainError, InvalidInput, _
from pendopo.kit import attachments as files
from pendopo.kit.forms import (
    BooleanField,
    CheckboxGroupField,
    DateField,
    DesaField,
    Form,
    HiddenField,
    IntegerField,
    NikField,
    Optional,
    PhoneField,
    RadioField,
    RupiahField,
    SelectField,
    Step,
    StringField,
    TextAreaField,
    UploadField,
    ValidationError,
    between,
    checked,
    length,
    required,
)

from . import kbji, rules
from .photo import card_photo

PHOTOS = ("image/jpeg", "image/png", "image/webp")
PICK = N_("Pilih")
JOBS_IN_FORM = 3


def _email(text: str) -> str:
    if "@" not in text or " " in text or len(text) > 254:
        raise InvalidInput(N_("Alamat surel ini belum benar."))
    return text


def lines_of(text: str | None, most: int = 10) -> list[str]:
    """One entry for each line or semicolon."""
    parts = (part.strip(" -•\t")[:80] for part in (text or "").replace(";", "\n").splitlines())
    return list(dict.fromkeys(part for part in parts if part))[:most]


def _as_rule(check: Any, *values: Any) -> None:
    try:
        check(*values)
    except DomainError as refusal:
        raise ValidationError(refusal.sentence()) from refusal


# --------------------------------------------------------------------------------------------------- steps of the wizard


class PersonForm(Form):
    """Who you are. Names are those of the portal's own profile, so that what is known is filled in."""

    nama = StringField(N_("Nama sesuai KTP"), [required(), length(min=2, max=120)], render_kw={"autocomplete": "name"})
    tempat_lahir = StringField(N_("Tempat lahir"), [required(), length(max=80)])
    tanggal_lahir = DateField(N_("Tanggal lahir"), [required()], render_kw={"autocomplete": "bday"})
    jk = RadioField(N_("Jenis kelamin"), [required()], choices=list(rules.SEX.items()))
    status_kawin = SelectField(N_("Status perkawinan"), choices=list(rules.MARITAL.items()), default="belum")
    alamat = StringField(N_("Alamat (jalan, kampung, RT/RW)"), [required(), length(max=200)], render_kw={"autocomplete": "street-address"})
    desa_code = DesaField(
        N_("Desa"), [required()], description=N_("Kartu diterbitkan oleh kabupaten tempat KTP terdaftar. Untuk Kota Serang, hubungi pemerintah kota.")
    )
    hp = PhoneField(N_("Nomor telepon"), [required()])
    email = StringField(N_("Surel"), [Optional(), length(max=254), checked(_email)], render_kw={"type": "email", "autocomplete": "email"})
    agama = SelectField(
        N_("Agama"), [Optional()], choices=[("", N_("Tidak diisi")), *rules.RELIGION.items()], description=N_("Boleh dikosongkan; tidak memengaruhi apa pun.")
    )
    disabilitas = CheckboxGroupField(
        N_("Penyandang disabilitas"), choices=list(rules.DISABILITY.items()), description=N_("Agar lowongan yang ramah disabilitas ditunjukkan lebih dahulu.")
    )

    def validate_tanggal_lahir(self, field: Any) -> None:
        if field.data:
            _as_rule(rules.check_age, field.data, self.request.state.now.date())


class EducationForm(Form):
    jenjang = SelectField(N_("Pendidikan terakhir"), [required()], choices=[("", PICK), *rules.LEVELS.items()])
    jurusan = StringField(N_("Jurusan"), [length(max=80)], description=N_("Kosongkan untuk SD dan SMP."))
    institusi = StringField(N_("Nama sekolah atau kampus"), [required(), length(min=3, max=120)])
    tahun_lulus = IntegerField(N_("Tahun lulus"), [required(), between(1950, 2100)])
    nilai = StringField(N_("Nilai rata-rata atau IPK"), [length(max=10)])
    dokumen = UploadField(
        N_("Foto atau PDF ijazah"),
        [required()],
        most=3,
        reuse="ijazah",
        description=N_("Ijazah belum keluar? Surat keterangan lulus (SKL) juga diterima. Bila KTP di luar kabupaten, sertakan surat keterangan domisili."),
    )


class WorkForm(Form):
    """Work and skills; everything may be left empty. Three jobs at once, more in the profile."""

    keterampilan = TextAreaField(
        N_("Keterampilan"),
        [length(max=800)],
        description=N_("Satu baris untuk tiap keterampilan, misalnya: las SMAW, Excel, mengemudi SIM B1."),
        render_kw={"rows": 4},
    )
    bahasa = CheckboxGroupField(N_("Bahasa yang dikuasai"), choices=list(rules.LANGUAGES.items()))

    def validate(self, extra_validators: Any = None) -> bool:
        right = super().validate(extra_validators)
        today = self.request.state.now.date()
        for number in range(1, JOBS_IN_FORM + 1):
            right &= self._validate_job(number, today)
        if not right:
            self._status = 422
        return right

    def _validate_job(self, number: int, today: date) -> bool:
        jabatan, perusahaan, mulai, selesai = (self[f"{part}{number}"] for part in ("jabatan", "perusahaan", "mulai", "selesai"))
        if not any(field.data for field in (jabatan, perusahaan, mulai, selesai)):
            return True
        right = True
        for field in (jabatan, perusahaan, mulai):
            if not field.data and not field.errors:
                field.errors = [_("Bagian ini harus diisi.")]
                right = False
        if right and mulai.data:
            try:
                rules.check_period(mulai.data, selesai.data, today)
            except DomainError as refusal:
                (selesai if refusal.field == "selesai" else mulai).errors = [refusal.sentence()]
                right = False
        return right


for _n in range(1, JOBS_IN_FORM + 1):
    setattr(WorkForm, f"jabatan{_n}", StringField(N_("Jabatan atau pekerjaan"), [length(max=80)]))
    setattr(WorkForm, f"perusahaan{_n}", StringField(N_("Tempat bekerja"), [length(max=120)]))
    setattr(WorkForm, f"kbji{_n}", SelectField(N_("Kelompok jabatan"), [Optional()], choices=kbji.choices))
    setattr(WorkForm, f"mulai{_n}", DateField(N_("Mulai"), [Optional()]))
    setattr(WorkForm, f"selesai{_n}", DateField(N_("Selesai"), [Optional()], description=N_("Kosongkan bila masih bekerja.")))


def jobs_of(values: dict[str, Any]) -> list[dict[str, Any]]:
    """The filled jobs of a WorkForm as rows."""
    found = []
    for number in range(1, JOBS_IN_FORM + 1):
        if values.get(f"jabatan{number}") and values.get(f"mulai{number}"):
            found.append({part: values.get(f"{part}{number}") for part in ("jabatan", "perusahaan", "kbji", "mulai", "selesai")})
            found[-1]["kbji"] = found[-1]["kbji"] or ""
    return found


class WishForm(Form):
    kbji = SelectField(N_("Pekerjaan yang diminati"), [required()], choices=kbji.choices)
    kbji_lain = SelectField(N_("Pilihan kedua"), [Optional()], choices=lambda: [("", _("Tidak ada")), *kbji.choices()[1:]])
    lokasi = RadioField(N_("Mau bekerja di mana?"), [required()], choices=list(rules.PLACES.items()), default="kabupaten")
    upah_min = RupiahField(N_("Upah paling rendah yang diharapkan sebulan"), [Optional(), between(0, 100_000_000)])


class PhotoForm(Form):
    foto = UploadField(
        N_("Pas foto 3x4"),
        [required()],
        most=1,
        accept=PHOTOS,
        description=N_("Tegak, wajah dan bahu terlihat, latar polos. Kami memotong dan mengecilkannya."),
    )

    def validate_foto(self, field: Any) -> None:
        for photo in field.data:
            _as_rule(lambda row=photo: card_photo(files.read_bytes(row)))


class SendForm(Form):
    """The last look. `nik` only where the account has none."""

    nik = NikField(N_("NIK"), [Optional()], description=N_("16 angka pada KTP. Disimpan tersandi dan tidak pernah ditampilkan penuh."))
    setuju = BooleanField(N_("Data ini benar. Saya setuju data dipakai untuk pelayanan penempatan tenaga kerja."), [required()])


STEPS = (
    Step("diri", N_("Data diri"), PersonForm),
    Step("pendidikan", N_("Pendidikan"), EducationForm),
    Step("kerja", N_("Pengalaman"), WorkForm),
    Step("minat", N_("Minat kerja"), WishForm),
    Step("foto", N_("Pas foto"), PhotoForm),
    Step("kirim", N_("Periksa dan kirim"), SendForm),
)


# ----------------------------------------------------------------------------------------------------------- the profile


class ContactForm(Form):
    alamat = StringField(N_("Alamat (jalan, kampung, RT/RW)"), [required(), length(max=200)])
    desa_code = DesaField(N_("Desa"), [required()])
    hp = PhoneField(N_("Nomor telepon"), [required()])
    email = StringField(N_("Surel"), [Optional(), length(max=254), checked(_email)], render_kw={"type": "email"})
    bahasa = CheckboxGroupField(N_("Bahasa yang dikuasai"), choices=list(rules.LANGUAGES.items()))
    disabilitas = CheckboxGroupField(N_("Penyandang disabilitas"), choices=list(rules.DISABILITY.items()))


class SchoolForm(Form):
    jenjang = SelectField(N_("Jenjang"), [required()], choices=[("", PICK), *rules.LEVELS.items()])
    jurusan = StringField(N_("Jurusan"), [length(max=80)])
    institusi = StringField(N_("Nama sekolah atau kampus"), [required(), length(min=3, max=120)])
    tahun_lulus = IntegerField(N_("Tahun lulus"), [required(), between(1950, 2100)])
    nilai = StringField(N_("Nilai"), [length(max=10)])


class JobForm(Form):
    jabatan = StringField(N_("Jabatan atau pekerjaan"), [required(), length(max=80)])
    kbji = SelectField(N_("Kelompok jabatan"), [Optional()], choices=kbji.choices)
    perusahaan = StringField(N_("Tempat bekerja"), [required(), length(max=120)])
    mulai = DateField(N_("Mulai"), [required()])
    selesai = DateField(N_("Selesai"), [Optional()], description=N_("Kosongkan bila masih bekerja."))


class SkillForm(Form):
    nama = StringField(N_("Keterampilan"), [required(), length(min=2, max=80)])
    sertifikat = StringField(N_("Sertifikat"), [length(max=120)])


class WantForm(Form):
    kbji = SelectField(N_("Pekerjaan yang diminati"), [required()], choices=kbji.choices)
    lokasi = SelectField(N_("Tempat kerja"), choices=list(rules.PLACES.items()))
    upah_min = RupiahField(N_("Upah paling rendah sebulan"), [Optional(), between(0, 100_000_000)])


class ReportForm(Form):
    keadaan = RadioField(N_("Bagaimana keadaan Anda sekarang?"), [required()], choices=list(rules.SITUATIONS.items()))
    catatan = StringField(N_("Catatan"), [length(max=300)], description=N_("Misalnya nama tempat bekerja."))


class AgainForm(Form):
    jenis = RadioField(N_("Apa yang diajukan?"), [required()], choices=[(key, title) for key, title in rules.TYPES.items() if key != "baru"])
    alasan = StringField(N_("Alasan"), [length(max=300)], description=N_("Untuk penggantian: hilang, rusak, atau data yang salah."))

    def validate_alasan(self, field: Any) -> None:
        if self.jenis.data == "penggantian" and len(field.data or "") < 4:
            raise ValidationError(_("Tulis alasannya."))


class ClaimForm(Form):
    register = StringField(N_("Nomor register"), [required(), length(max=40)], description=N_("Dari sekolah Anda, misalnya AK1-2026-000123-3."))
    pin = StringField(N_("PIN"), [required(), length(max=12)], render_kw={"autocomplete": "off"})


class CheckForm(Form):
    nomor = StringField(N_("Nomor kartu"), [required(), length(max=40)], description=N_("Tertulis di bagian atas kartu, misalnya 3604/AK1/2026/000123."))
    pin = StringField(
        N_("PIN pemeriksaan"), [required(), length(max=12)], description=N_("Enam huruf atau angka di bawah kode QR."), render_kw={"autocomplete": "off"}
    )


class LetterForm(Form):
    surat = TextAreaField(N_("Pesan untuk perusahaan"), [length(max=1000)], description=N_("Singkat saja: mengapa Anda cocok."), render_kw={"rows": 4})


# ------------------------------------------------------------------------------------------------- companies and schools


class CompanyForm(Form):
    nib = StringField(N_("NIB"), [required(), checked(rules.parse_nib)], description=N_("13 angka dari OSS."), render_kw={"inputmode": "numeric"})
    nama = StringField(N_("Nama perusahaan"), [required(), length(min=3, max=160)], render_kw={"autocomplete": "organization"})
    bidang = StringField(N_("Bidang usaha"), [required(), length(max=120)])
    alamat = StringField(N_("Alamat"), [required(), length(max=200)])
    desa_code = DesaField(N_("Desa"), [Optional()])
    kontak = StringField(N_("Nama penanggung jawab"), [required(), length(max=120)])
    hp = PhoneField(N_("Nomor telepon"), [required()])
    email = StringField(N_("Surel"), [Optional(), length(max=254), checked(_email)], render_kw={"type": "email"})


class VacancyForm(Form):
    judul = StringField(N_("Nama lowongan"), [required(), length(min=4, max=120)])
    kbji = SelectField(N_("Kelompok jabatan (KBJI)"), [required()], choices=kbji.choices)
    uraian = TextAreaField(N_("Tugas dan syarat"), [required(), length(min=20, max=3000)], render_kw={"rows": 6})
    jumlah = IntegerField(N_("Laki-laki atau perempuan"), [Optional(), between(0, 5000)])
    jumlah_l = IntegerField(N_("Laki-laki"), [Optional(), between(0, 5000)])
    jumlah_p = IntegerField(N_("Perempuan"), [Optional(), between(0, 5000)])
    jenjang = SelectField(N_("Pendidikan paling rendah"), choices=list(rules.LEVELS.items()), default="SMA")
    jurusan = StringField(N_("Jurusan"), [length(max=200)], description=N_("Pisahkan dengan titik koma; kosong berarti semua."))
    keterampilan = StringField(N_("Keterampilan yang diminta"), [length(max=300)], description=N_("Pisahkan dengan titik koma."))
    pengalaman_bulan = IntegerField(N_("Pengalaman paling sedikit (bulan)"), [Optional(), between(0, 360)])
    hubungan = SelectField(N_("Hubungan kerja"), choices=list(rules.CONTRACTS.items()), default="kontrak")
    lokasi = SelectField(N_("Wilayah penempatan"), choices=list(rules.PLACES.items()))
    tempat = StringField(
        N_("Tempat kerja"), [required(), length(max=160)], description=N_("Misalnya Kawasan Industri Cikande; di luar negeri kota dan negaranya.")
    )
    desa_code = DesaField(N_("Desa tempat kerja"), [Optional()])
    upah_min = RupiahField(N_("Upah terendah sebulan"), [required(), between(0, 500_000_000)])
    upah_maks = RupiahField(N_("Upah tertinggi sebulan"), [Optional(), between(0, 500_000_000)])
    alasan_upah = StringField(N_("Alasan bila di bawah UMK"), [length(max=300)])
    ramah_disabilitas = BooleanField(N_("Terbuka bagi penyandang disabilitas"))
    penutupan = DateField(N_("Ditutup pada"), [required()])


class AnswerForm(Form):
    putusan = HiddenField()
    pesan = StringField(N_("Kapan dan di mana ditunggu"), [length(max=500)])


class HireForm(Form):
    mulai = DateField(N_("Mulai bekerja"), [required()])
    upah = RupiahField(N_("Upah sebulan"), [Optional(), between(0, 500_000_000)])


class SchoolAccountForm(Form):
    npsn = StringField(N_("NPSN"), [required(), checked(rules.parse_npsn)], description=N_("8 angka nomor pokok sekolah."))
    nama = StringField(N_("Nama sekolah"), [required(), length(min=3, max=120)])
    desa_code = DesaField(N_("Desa"), [Optional()])
    kontak = StringField(N_("Nama petugas BKK"), [required(), length(max=120)])
    hp = PhoneField(N_("Nomor telepon"), [required()])


# ------------------------------------------------------------------------------------------------------------------ staff


class DecideForm(Form):
    alasan = StringField(N_("Alasan bila ditolak"), [length(max=300)])


class RevokeForm(Form):
    reason = StringField(N_("Alasan pencabutan"), [required(), length(min=5, max=300)], description=N_("Dibaca pemegang kartu."))


class PlacementForm(Form):
    perusahaan = StringField(N_("Nama perusahaan"), [required(), length(max=160)])
    kbji = SelectField(N_("Kelompok jabatan (KBJI)"), [required()], choices=kbji.choices)
    mulai = DateField(N_("Mulai bekerja"), [required()])
    upah = RupiahField(N_("Upah sebulan"), [Optional(), between(0, 500_000_000)])
    lokasi = SelectField(N_("Wilayah penempatan"), choices=list(rules.PLACES.items()))
