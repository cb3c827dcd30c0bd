"""Input text -> checked values."""

from __future__ import annotations

from pendopo import N_
from pendopo.kit.forms import (
    BooleanField,
    DateField,
    DecimalField,
    DesaField,
    Form,
    IntegerField,
    Optional,
    RadioField,
    RupiahField,
    SelectField,
    StringField,
    TextAreaField,
    UploadField,
    ValidationError,
    between,
    length,
    required,
)

from .business import previous_month
from .nop import InvalidNop, parse_nop
from .overpaid import BACK, WAYS
from .registering import FORMS, REGISTERED
from .requests import MUTATIONS
from .rules import ACQUISITIONS
from .tariffs import KINDS
from .taxes import KELAS, TAX

NOP_KEYS = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "26", "placeholder": "36.04.200.001.001-0001.0"}


class NopField(StringField):
    """18 digits; `data` is the NOP without points."""

    def __init__(self, label: str | None = None, validators: tuple = (required(),), **options) -> None:
        super().__init__(label or N_("NOP"), validators, render_kw=NOP_KEYS, **options)

    def post_validate(self, form, validation_stopped: bool) -> None:
        if not validation_stopped and self.data:
            try:
                self.data = parse_nop(self.data)
            except InvalidNop as refusal:
                raise ValidationError(refusal.sentence()) from refusal


class LookForm(Form):
    nop = NopField(N_("Nomor objek pajak (NOP)"), description=N_("18 angka di bagian atas SPPT. Titik boleh ditulis, boleh tidak."))


class KeepForm(Form):
    nop = NopField()
    sebutan = StringField(N_("Sebutan"), [length(max=60)], description=N_("Misalnya rumah ibu di Anyar."))


PAPERS = N_("Foto atau PDF; paling banyak lima.")


class ClaimForm(Form):
    nop = NopField()
    alasan = TextAreaField(N_("Hubungan Anda dengan objek ini"), [required(), length(min=5, max=1000)], render_kw={"rows": 3})
    papers = UploadField(N_("Bukti: SPPT lama, sertifikat, atau AJB"), [required()], description=PAPERS)


class MutationForm(Form):
    nop = NopField()
    mutasi = RadioField(N_("Jenis mutasi"), [required()], choices=list(MUTATIONS.items()))
    nama = StringField(N_("Nama wajib pajak yang baru"), [length(max=120)], description=N_("Untuk balik nama."))
    alamat = StringField(N_("Alamat wajib pajak yang baru"), [length(max=200)])
    lain = TextAreaField(N_("NOP yang digabungkan"), [length(max=400)], description=N_("Untuk penggabungan; satu NOP setiap baris."), render_kw={"rows": 2})
    alasan = TextAreaField(
        N_("Penjelasan"),
        [required(), length(min=5, max=2000)],
        render_kw={"rows": 3},
        description=N_("Untuk pemecahan, tuliskan luas setiap bagian dan namanya."),
    )
    papers = UploadField(N_("AJB, sertifikat, atau surat waris"), [required()], description=PAPERS)


class ObjectionForm(Form):
    alasan = TextAreaField(
        N_("Apa yang menurut Anda keliru?"),
        [required(), length(min=10, max=3000)],
        render_kw={"rows": 5},
        description=N_("Sebutkan luas, NJOP, atau tarif yang seharusnya, dan sebabnya."),
    )
    papers = UploadField(N_("Bukti pendukung"), description=PAPERS)


class ReductionForm(Form):
    alasan = TextAreaField(
        N_("Mengapa Anda meminta pengurangan?"),
        [required(), length(min=10, max=3000)],
        render_kw={"rows": 5},
        description=N_("Misalnya penghasilan pensiun, gagal panen, atau bencana."),
    )
    papers = UploadField(N_("Bukti pendukung"), [required()], description=PAPERS)


class SptpdForm(Form):
    masa = SelectField(N_("Masa pajak"), [required()])
    dasar = RupiahField(N_("Omzet masa ini"), [required()], description=N_("Seluruh pembayaran yang diterima bulan itu. Isi 0 bila tidak ada."))
    papers = UploadField(N_("Rekap omzet"), description=PAPERS)

    def for_business(self, usaha, missing, today) -> None:
        """The months that may be declared, and what the base is called for this tax."""
        months = missing or [previous_month(today)]
        self.masa.choices = [(m.isoformat(), f"{m:%m/%Y}") for m in months]


class NewBusinessForm(Form):
    """A business that becomes known to Bapenda."""

    jenis = SelectField(N_("Jenis pajak"), [required()], choices=[(slug, TAX[slug].title) for slug in REGISTERED])
    kelas = SelectField(
        N_("Asal tenaga listrik"), choices=[(slug, KELAS[slug]) for slug in ("umum", "industri", "sendiri")], default="umum", when=("jenis", "pbjt_listrik")
    )
    usaha = StringField(N_("Nama usaha"), [required(), length(max=120)], description=N_("Seperti di papan nama."))
    alamat = StringField(N_("Alamat usaha"), [required(), length(max=200)])
    desa = DesaField(N_("Desa tempat usaha"), [required()])
    sejak = DateField(N_("Mulai usaha"), [required()], description=N_("Pajak dilaporkan sejak bulan ini."))
    bentuk = RadioField(N_("Bentuk usaha"), [required()], choices=list(FORMS.items()))
    nib = StringField(N_("NIB"), [length(max=13)], description=N_("13 angka dari OSS. Wajib untuk badan usaha."), render_kw={"inputmode": "numeric"})
    wajib_pajak = StringField(N_("Nama wajib pajak"), [required(), length(max=120)], description=N_("Pemilik, atau nama badan usahanya."))
    alamat_wp = StringField(N_("Alamat wajib pajak"), [required(), length(max=200)])


class RegisterForm(NewBusinessForm):
    papers = UploadField(N_("Bukti: KTP pemilik, NIB, dan foto tempat usaha"), [required()], description=PAPERS)


class BphtbBase(Form):
    jenis = SelectField(N_("Cara perolehan"), [required()], choices=list(ACQUISITIONS.items()))
    harga = RupiahField(N_("Harga transaksi atau nilai pasar"), [required()])


class BphtbCalculatorForm(BphtbBase):
    njop = RupiahField(N_("NJOP tanah dan bangunan"), [required()], description=N_("Tertulis di SPPT tahun ini."))
    pertama = BooleanField(N_("Perolehan pertama saya di kabupaten ini"), default=True)


class BphtbForm(BphtbBase):
    nop = NopField()
    penerima = StringField(N_("Nama yang memperoleh hak"), [required(), length(max=120)])
    ppat = StringField(N_("PPAT atau notaris"), [length(max=120)])
    luas_bumi = IntegerField(N_("Luas tanah yang diperoleh (m²)"), [required(), between(1, 10**8)])
    luas_bangunan = IntegerField(N_("Luas bangunan yang diperoleh (m²)"), [Optional(), between(0, 10**8)], default=0)
    papers = UploadField(N_("Bukti: akta atau draf akta, sertifikat, SPPT"), [required()], description=PAPERS)


class CalculatorForm(Form):
    """PBB by the areas and values of an SPPT."""

    luas_bumi = IntegerField(N_("Luas bumi (m²)"), [required(), between(0, 10**8)])
    njop_bumi_m2 = RupiahField(N_("NJOP bumi untuk satu m²"), [required()])
    luas_bangunan = IntegerField(N_("Luas bangunan (m²)"), [Optional(), between(0, 10**8)], default=0)
    njop_bangunan_m2 = RupiahField(N_("NJOP bangunan untuk satu m²"), default=0)
    peruntukan = SelectField(N_("Peruntukan"), choices=[("umum", KELAS["umum"]), ("pangan", KELAS["pangan"])])
    bebas = BooleanField(N_("NJOPTKP berlaku untuk objek ini"), default=True)


class BaseForm(Form):
    """Any tax of a single base."""

    dasar = RupiahField(N_("Dasar pajak"), [required()])
    kelas = SelectField(N_("Kelas"), choices=list(KELAS.items()))


class BillboardForm(Form):
    lebar_cm = IntegerField(N_("Lebar (cm)"), [required(), between(10, 100_000)])
    tinggi_cm = IntegerField(N_("Tinggi (cm)"), [required(), between(10, 100_000)])
    sisi = IntegerField(N_("Jumlah sisi"), [required(), between(1, 8)], default=1)
    lokasi_kelas = SelectField(N_("Kelas lokasi"), choices=[("A", "A"), ("B", "B"), ("C", "C")])
    dari = DateField(N_("Tayang dari"), [required()])
    sampai = DateField(N_("Tayang sampai"), [required()])


class NewBillboardForm(BillboardForm):
    nama = StringField(N_("Nama wajib pajak"), [required(), length(max=120)])
    alamat_wp = StringField(N_("Alamat wajib pajak"), [length(max=200)])
    jenis = SelectField(N_("Jenis reklame"), choices=[(name, name) for name in ("Papan", "Megatron", "Kain", "Berjalan", "Udara")])
    naskah = StringField(N_("Naskah"), [required(), length(max=120)])
    alamat = StringField(N_("Tempat"), [length(max=200)])
    desa = DesaField(N_("Desa"))
    izin = StringField(N_("Nomor izin"), [length(max=80)])


class WaterForm(Form):
    usaha = SelectField(N_("Pemakai air tanah"), [required()])
    masa = DateField(N_("Masa (tanggal mana saja di bulan itu)"), [required()])
    volume = IntegerField(N_("Volume menurut meter (m³)"), [required(), between(0, 10**8)])


class CorrectionForm(Form):
    """A correction of an SPPT: only what changes."""

    nama = StringField(N_("Nama wajib pajak"), [required(), length(max=120)])
    alamat = StringField(N_("Alamat wajib pajak"), [length(max=200)])
    luas_bumi = IntegerField(N_("Luas bumi (m²)"), [required(), between(0, 10**8)])
    njop_bumi_m2 = RupiahField(N_("NJOP bumi untuk satu m²"), [required()])
    luas_bangunan = IntegerField(N_("Luas bangunan (m²)"), [Optional(), between(0, 10**8)])
    njop_bangunan_m2 = RupiahField(N_("NJOP bangunan untuk satu m²"))
    peruntukan = SelectField(N_("Peruntukan"), choices=[("umum", KELAS["umum"]), ("pangan", KELAS["pangan"])])
    lebih = SelectField(N_("Bila lebih bayar"), choices=list(WAYS.items()), default=BACK)
    sebab = StringField(N_("Alasan pembetulan"), [required(), length(max=200)])


class AssessmentCorrectionForm(Form):
    dasar = IntegerField(
        N_("Dasar yang benar"), [required(), between(0, 10**15)], description=N_("Rupiah; untuk air tanah meter kubik; untuk reklame nilai sewa.")
    )
    lebih = SelectField(N_("Bila lebih bayar"), choices=list(WAYS.items()), default=BACK)
    sebab = StringField(N_("Alasan pembetulan"), [required(), length(max=200)])


class EstimateForm(Form):
    """A month that a business did not declare, assessed by the office."""

    masa = SelectField(N_("Masa pajak"), [required()])
    dasar = RupiahField(N_("Dasar pajak menurut Bapenda"), [required()])
    sebab = StringField(N_("Dasar perkiraan"), [required(), length(max=200)], description=N_("Misalnya omzet bulan lain, atau hasil pengamatan."))


class TariffForm(Form):
    jenis = SelectField(N_("Jenis"), choices=list(KINDS.items()))
    kelas = SelectField(N_("Kelas"), choices=list(KELAS.items()))
    mulai = RupiahField(N_("Berlaku mulai dasar sebesar"), default=0, description=N_("0 untuk tarif tunggal."))
    persen = DecimalField(N_("Persen"), [required()], places=4)
    dari = DateField(N_("Berlaku sejak"), [required()])
    dasar_hukum = StringField(N_("Dasar hukum"), [required(), length(min=5, max=200)])
    contoh = BooleanField(N_("Masih contoh, belum dikonfirmasi"))


class PublishForm(Form):
    tahun = IntegerField(N_("Tahun pajak"), [required(), between(1994, 2100)])


class OpsenForm(Form):
    """What the province reports of a month."""

    jenis = SelectField(N_("Jenis"), choices=[(slug, TAX[slug].title) for slug in ("opsen_pkb", "opsen_bbnkb")])
    masa = DateField(N_("Masa (tanggal mana saja di bulan itu)"), [required()])
    kendaraan = IntegerField(N_("Jumlah kendaraan"), [required(), between(0, 10**7)])
    pokok = RupiahField(N_("Pajak provinsi sebulan"), [required()])
