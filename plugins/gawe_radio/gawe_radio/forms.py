"""What is typed in the studio, checked."""

from __future__ import annotations

import wtforms

from pendopo import N_
from pendopo.kit.forms import CheckboxGroupField, Form, IntegerField, SelectField, StringField, TextAreaField, between, length, required

from .programmes import CLASSES, DAY_NAMES, LANGUAGES, Plan


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
