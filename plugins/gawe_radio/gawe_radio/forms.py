"""What is typed in the studio, checked."""

from __future__ import annotations

import wtforms

from pendopo import N_
from pendopo.kit.forms import (
    BooleanField,
    CheckboxGroupField,
    DateTimeField,
    Form,
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

from .announcements import MOST_REPEAT_MIN, Words
from .programmes import CLASSES, DAY_NAMES, LANGUAGES, Plan

PRIORITY_CHOICES = [
    ("info", N_("Info: dibacakan di jeda lagu")),
    ("penting", N_("Penting: dibacakan segera, musik dilembutkan")),
    ("darurat", N_("Darurat: memotong siaran, didahului nada perhatian")),
]


class AnnouncementForm(Form):
    title = StringField(N_("Judul"), [required(), length(max=120)], description=N_("Terbaca di spanduk dan pemutar, misalnya: Jalan Anyar ditutup sementara."))
    text_id = TextAreaField(
        N_("Teks yang dibacakan"), [required(), length(max=2000)],
        description=N_("Paling lama 90 detik. Tulis seperti berbicara; *** memberi jeda satu detik."), render_kw={"rows": 5},
    )
    text_en = TextAreaField(
        N_("Teks bahasa Inggris"), [length(max=2000)], description=N_("Dibacakan sesudah teks Indonesia."), render_kw={"rows": 3, "lang": "en"},
    )
    priority = RadioField(N_("Prioritas"), [required()], choices=PRIORITY_CHOICES, default="info")
    areas = CheckboxGroupField(N_("Kecamatan"), description=N_("Tanpa pilihan: seluruh kabupaten."))
    until = DateTimeField(N_("Berlaku sampai"), [required()])
    repeat_min = IntegerField(
        N_("Ulangi tiap (menit)"), [optional(), between(0, MOST_REPEAT_MIN)], default=0,
        description=N_("0 dibacakan sekali saja."), render_kw={"inputmode": "numeric"},
    )

    def __init__(self, request, **options):
        super().__init__(request, **options)
        self.areas.choices = [(place.code, place.name) for place in kecamatan_list()]

    def words(self) -> Words:
        text = {"id": self.text_id.data or "", "en": self.text_en.data or ""}
        return Words(self.title.data or "", text, self.priority.data or "info", tuple(self.areas.data or ()), self.until.data, self.repeat_min.data or 0)


class ReasonForm(Form):
    reason = StringField(N_("Alasan"), [required(), length(max=300)])


class ProgrammeForm(Form):
    title = StringField(N_("Nama acara"), [required(), length(max=120)])
    description = TextAreaField(N_("Isi acara"), [length(max=1000)], render_kw={"rows": 3})
    presenter = StringField(N_("Penyiar"), [length(max=120)])
    language = SelectField(N_("Bahasa"), choices=list(LANGUAGES.items()))
    classification = SelectField(N_("Klasifikasi P3SPS"), choices=list(CLASSES.items()))
    days = CheckboxGroupField(N_("Hari"), [required()], choices=[(str(n), name) for n, name in enumerate(DAY_NAMES)])
    at = wtforms.TimeField(N_("Mulai pukul"), [required()])
    minutes = IntegerField(N_("Lama (menit)"), [required(), between(5, 24 * 60)], render_kw={"inputmode": "numeric"})
    tags = StringField(N_("Map musik"), [length(max=120)], description=N_("Nama map di media/music atau genre, dipisahkan koma; kosong berarti semua."))

    def plan(self) -> Plan:
        tags = tuple(tag.strip().lower() for tag in (self.tags.data or "").split(",") if tag.strip())
        return Plan(
            self.title.data, self.description.data or "", self.presenter.data or "", self.language.data, self.classification.data,
            tuple(int(day) for day in self.days.data), self.at.data, self.minutes.data, tags,
        )


class TrackForm(Form):
    track = SelectField(N_("Lagu berikutnya"), [required()])

    def __init__(self, request, tracks, **options):
        super().__init__(request, **options)
        self.track.choices = [(track["id"], " – ".join(part for part in (track["artist"], track["title"]) if part)) for track in tracks]


class ReleaseForm(Form):
    sure = BooleanField(N_("Saya sudah membaca teksnya dan menyetujui penyiarannya"), [required()])
