"""What is typed about announcements, checked."""

from __future__ import annotations

import wtforms

from pendopo import N_
from pendopo.kit.forms import (
    BooleanField,
    CheckboxGroupField,
    DateTimeField,
    Form,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    between,
    length,
    optional,
    required,
)
from pendopo.kit.places import kecamatan_list

from .announcements import LANGUAGES, MOST_REPEAT_MIN, Words
from .areas import read_polygon, write_polygon
from .models import Announcement

HOURS = [(hour, f"{hour:02}.00") for hour in range(24)]
PRIORITY_CHOICES = [
    ("info", N_("Info: dibacakan di jeda lagu")),
    ("penting", N_("Penting: dibacakan segera, musik dilembutkan")),
    ("darurat", N_("Darurat: memotong siaran, didahului nada perhatian")),
]


CATEGORY_CHOICES = [
    ("Safety", N_("Keselamatan umum")), ("Transport", N_("Lalu lintas dan angkutan")), ("Met", N_("Cuaca")), ("Geo", N_("Gempa, tsunami, longsor")),
    ("Fire", N_("Kebakaran")), ("Health", N_("Kesehatan")), ("Infra", N_("Listrik, air, jalan, jembatan")), ("Env", N_("Lingkungan")),
    ("Rescue", N_("Pencarian dan pertolongan")), ("Security", N_("Keamanan")), ("Other", N_("Lain-lain")),
]
VOICE_CHOICES = [("robot", N_("Dibacakan mesin")), ("rekaman", N_("Rekaman suara orang"))]


class AnnouncementForm(Form):
    title = StringField(N_("Judul"), [required(), length(max=110)], description=N_("Terbaca di spanduk dan pemutar, misalnya: Jalan Anyar ditutup sementara."))
    text_id = TextAreaField(
        N_("Teks yang dibacakan"), [required(), length(max=2000)],
        description=N_("Paling lama 90 detik. Tulis seperti berbicara; *** memberi jeda satu detik."), render_kw={"rows": 5},
    )
    text_en = TextAreaField(
        N_("Teks bahasa Inggris"), [length(max=2000)], description=N_("Dibacakan sesudah teks Indonesia."), render_kw={"rows": 3, "lang": "en"},
    )
    text_jv = TextAreaField(N_("Teks bahasa Jawa Serang"), [length(max=2000)], render_kw={"rows": 3, "lang": "jv"})
    text_su = TextAreaField(N_("Teks bahasa Sunda"), [length(max=2000)], render_kw={"rows": 3, "lang": "su"})
    priority = RadioField(N_("Prioritas"), [required()], choices=PRIORITY_CHOICES, default="info")
    category = SelectField(N_("Perihal"), choices=CATEGORY_CHOICES, default="Safety")
    areas = CheckboxGroupField(N_("Kecamatan"), description=N_("Tanpa pilihan: seluruh kabupaten."))
    polygon = TextAreaField(
        N_("Atau gambar wilayahnya"), [length(max=4000)],
        description=N_("Titik sudut sebagai lintang,bujur, satu per baris. Kecamatan di dalamnya dicari sendiri dan ditambahkan."),
        render_kw={"rows": 3, "spellcheck": "false"},
    )
    only_areas = BooleanField(N_("Hanya di siaran kecamatan itu"), description=N_("Tidak berlaku untuk darurat, yang selalu terdengar di semua siaran."))
    until = DateTimeField(N_("Berlaku sampai"), [required()])
    repeat_min = IntegerField(
        N_("Ulangi tiap (menit)"), [optional(), between(0, MOST_REPEAT_MIN)], default=0,
        description=N_("0 dibacakan sekali saja. Jam yang sama di bawah ini berarti diulang sepanjang hari."), render_kw={"inputmode": "numeric"},
    )
    repeat_from = SelectField(N_("Diulang mulai pukul"), coerce=int, choices=HOURS, default=0)
    repeat_to = SelectField(N_("Diulang sampai pukul"), coerce=int, choices=HOURS, default=0)
    voice_choice = RadioField(N_("Suara"), choices=VOICE_CHOICES, default="robot")
    voice = HiddenField()
    sound = wtforms.FileField(
        N_("Rekaman suara"), description=N_("MP3, Ogg, WAV, M4A, atau WebM, paling lama 95 detik. Menggantikan suara mesin."), render_kw={"accept": "audio/*"},
    )
    attention = BooleanField(N_("Didahului nada perhatian"), description=N_("Darurat selalu didahului nada perhatian."))
    drill = BooleanField(N_("Ini latihan"), description=N_("Kata LATIHAN terbaca dan terdengar di semua tempat; tidak dapat diubah menjadi sungguhan."))

    def __init__(self, request, **options):
        super().__init__(request, **options)
        self.areas.choices = [(place.code, place.name) for place in kecamatan_list()]

    def words(self) -> Words:
        """What was typed. Raises InvalidInput for a line that can't be read."""
        text = {language: self[f"text_{language}"].data or "" for language in LANGUAGES}
        return Words(
            self.title.data or "", text, self.priority.data or "info", tuple(self.areas.data or ()), self.until.data, self.repeat_min.data or 0,
            polygon=tuple((lat, lon) for lat, lon in read_polygon(self.polygon.data or "")), only_areas=self.only_areas.data,
            voice=(self.voice.data or "") if self.voice_choice.data == "rekaman" else "", hours=(self.repeat_from.data or 0, self.repeat_to.data or 0),
            attention=self.attention.data, drill=self.drill.data, category=self.category.data or "Safety",
        )


def as_typed(word: Announcement) -> dict:
    """An announcement as the form shows it."""
    return {
        **{f"text_{language}": word.text.get(language, "") for language in LANGUAGES}, "title": word.title, "priority": word.priority, "areas": word.areas,
        "until": word.until_at, "repeat_min": word.repeat_min, "repeat_from": word.repeat_from, "repeat_to": word.repeat_to, "category": word.category,
        "polygon": write_polygon(word.polygon), "only_areas": word.only_areas, "attention": word.attention, "drill": word.drill,
        "voice": word.voice if word.voice_by == "rekaman" else "", "voice_choice": "rekaman" if word.voice_by == "rekaman" else "robot",
    }


def as_typed_words(words: Words) -> dict:
    """Words that nobody typed yet, as the form shows them."""
    return {
        **{f"text_{language}": words.text.get(language, "") for language in LANGUAGES}, "title": words.title, "priority": words.priority,
        "areas": list(words.areas), "until": words.until, "category": words.category, "attention": words.attention, "drill": words.drill,
    }


class ReasonForm(Form):
    reason = StringField(N_("Alasan"), [required(), length(max=300)])


class ReleaseForm(Form):
    sure = BooleanField(N_("Saya sudah membaca teksnya dan menyetujui penyiarannya"), [required()])
