"""What is typed about reports, checked."""

from __future__ import annotations

from pendopo import N_, InvalidInput, _
from pendopo.kit.attachments import PHOTOS
from pendopo.kit.forms import (
    BooleanField,
    DecimalField,
    DesaField,
    Form,
    IntegerField,
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

from .categories import BY_CODE, CATEGORIES
from .rules import KERUSAKAN, TINDAK_LANJUT, check_email, find_personal, parse_sta, sta_length_m


class ReportForm(Form):
    """A new report, on one page. `confirmed`: the sender saw the warnings (similar reports, personal data) and goes on."""

    service_code = RadioField(N_("Apa yang dilaporkan?"), [required()], choices=[(c.code, c.title) for c in CATEGORIES])
    title = StringField(N_("Judul singkat"), [required(), length(min=5, max=120)], render_kw={"autocomplete": "off"})
    description = TextAreaField(
        N_("Ceritakan keadaannya"),
        [required(), length(min=20, max=2000)],
        description=N_("Sejak kapan, seberapa parah, siapa yang terganggu. Jangan tulis nomor KTP atau telepon."),
        render_kw={"rows": 5},
    )
    point = PointField(N_("Titik di peta"))
    desa = DesaField(N_("Desa"))
    address = StringField(
        N_("Alamat atau patokan"), [length(max=300)], description=N_("Misalnya: depan SDN 2, sebelah jembatan."), render_kw={"autocomplete": "off"}
    )
    panjang_km = DecimalField(N_("Panjang kerusakan (kilometer)"), [between(0.001, 50)], places=3, description=N_("Misalnya 0,25 untuk 250 meter."))
    lebar_m = DecimalField(N_("Lebar jalan (meter)"), [Optional(), between(1, 30)], places=2)
    jenis = SelectField(N_("Jenis kerusakan"), choices=list(KERUSAKAN.items()), default="lubang", validate_choice=False)
    kedalaman_cm = IntegerField(N_("Kedalaman (sentimeter)"), [Optional(), between(1, 500)])
    sta_awal = StringField(N_("STA awal"), [length(max=10), checked(parse_sta)], description=N_("Bila ada patok kilometer, misalnya 2+350."))
    sta_akhir = StringField(N_("STA akhir"), [length(max=10), checked(parse_sta)])
    photos = UploadField(
        N_("Foto"), most=5, accept=PHOTOS, description=N_("Paling banyak lima. Letak pada foto dipakai bila titik belum dipilih, lalu dihapus.")
    )
    casualties = BooleanField(N_("Ada korban"))
    access_cut = BooleanField(N_("Akses terputus"))
    school_route = BooleanField(N_("Jalur sekolah atau puskesmas"))
    urgent = BooleanField(N_("Membahayakan jiwa sekarang"), description=N_("Misalnya kabel jatuh atau jembatan ambruk. Langsung diteruskan kepada dinas."))
    private = BooleanField(N_("Rahasia"), description=N_("Isi laporan tidak ditampilkan kepada umum; hanya kategori dan desanya."))
    anonymous = BooleanField(N_("Tanpa nama"), description=N_("Dinas yang menangani tidak melihat nama Anda."))
    contact_name = StringField(N_("Nama Anda"), [length(max=120)], render_kw={"autocomplete": "name"})
    contact_phone = PhoneField(N_("Nomor telepon"), [Optional()])
    contact_email = StringField(N_("Alamat surel"), [Optional(), length(max=254), checked(check_email)], render_kw={"autocomplete": "email", "type": "email"})
    confirmed = BooleanField(N_("Saya sudah memeriksa dan tetap mengirim laporan ini"))

    def validate_address(self, field) -> None:
        photo_place = any(photo.lat is not None for photo in self.photos.data)
        if not self.point.data and not self.desa.data and not field.data and not photo_place:
            raise ValidationError(_("Pilih titik di peta, atau pilih desa, atau tulis alamatnya."))

    def validate_panjang_km(self, field) -> None:
        category = BY_CODE.get(self.service_code.data or "")
        if category and category.road and field.data is None and not field.errors and not (self.sta_awal.data and self.sta_akhir.data):
            raise ValidationError(_("Isi panjang kerusakannya, boleh perkiraan."))

    def validate_jenis(self, field) -> None:
        if field.data not in (None, *KERUSAKAN):
            raise ValidationError(_("Pilih salah satu dari daftar."))

    def validate_sta_akhir(self, field) -> None:
        if bool(field.data) != bool(self.sta_awal.data):
            raise ValidationError(_("Isi kedua STA, atau kosongkan keduanya."))
        if field.data and not self.sta_awal.errors and not field.errors:
            try:
                sta_length_m(self.sta_awal.data, field.data)
            except InvalidInput as refusal:
                raise ValidationError(refusal.sentence()) from refusal

    @property
    def personal(self) -> list[str]:
        """Kinds of personal data that seem to stand in what would be published."""
        return find_personal(f"{self.title.data}\n{self.description.data}\n{self.address.data}")

    def road(self) -> dict[str, object] | None:
        """The damage of the road as `reports.RoadDamage` wants it; None for other categories."""
        category = BY_CODE[self.service_code.data]
        if not category.road:
            return None
        km = self.panjang_km.data
        length_m = round(km * 1000) if km is not None else sta_length_m(self.sta_awal.data, self.sta_akhir.data)
        return {
            "length_m": length_m,
            "width_cm": round(self.lebar_m.data * 100) if self.lebar_m.data else None,
            "damage": self.jenis.data or "lubang",
            "depth_cm": self.kedalaman_cm.data,
            "sta_start": self.sta_awal.data or "",
            "sta_end": self.sta_akhir.data or "",
        }


class CommentForm(Form):
    text = TextAreaField(N_("Komentar Anda"), [required(), length(min=3, max=1000)], render_kw={"rows": 3})

    def validate_text(self, field) -> None:
        if find_personal(field.data or ""):
            raise ValidationError(_("Komentar dibaca semua orang. Hapus nomor KTP, telepon, surel, atau nomor kendaraan."))


class FollowUpForm(Form):
    """What an office did, without moving the report."""

    kind = SelectField(N_("Jenis tindak lanjut"), choices=list(TINDAK_LANJUT.items()))
    note = TextAreaField(N_("Apa yang dilakukan"), [required(), length(min=5, max=1000)], description=N_("Dibaca pelapor dan umum."), render_kw={"rows": 3})
    volume = StringField(N_("Volume pekerjaan"), [length(max=60)], description=N_("Misalnya 120 m² atau 3 titik."))
    cost = RupiahField(N_("Biaya"), [Optional()])
    package = StringField(N_("Nomor paket pengadaan"), [length(max=40)])
    photos = UploadField(N_("Foto"), most=5, accept=PHOTOS)


class PublicTextForm(Form):
    """What everyone may read of a report, as a moderator leaves it."""

    public_title = StringField(N_("Judul untuk umum"), [required(), length(min=5, max=120)])
    public_text = TextAreaField(N_("Isi untuk umum"), [required(), length(min=5, max=2000)], render_kw={"rows": 6})
    service_code = SelectField(N_("Kategori"), choices=[(c.code, c.title) for c in CATEGORIES])


class LetterForm(Form):
    """Into the letter register of the office, and down by disposisi."""

    derajat = SelectField(
        N_("Derajat"), choices=[("biasa", N_("Biasa")), ("penting", N_("Penting")), ("segera", N_("Segera")), ("amat_segera", N_("Amat segera"))]
    )
    summary = TextAreaField(N_("Ringkasan untuk pimpinan"), [required(), length(min=10, max=1000)], render_kw={"rows": 3})


class KeyForm(Form):
    name = StringField(N_("Nama aplikasi"), [required(), length(min=3, max=120)])
    contact = StringField(N_("Surel penanggung jawab"), [required(), length(max=254), checked(check_email)])


class FindForm(Form):
    register = StringField(N_("Nomor register"), [required(), length(max=40)])
