"""What the style guide shows: a form with everything a form can hold, some of it wrong, and a matter on its way."""

from datetime import timedelta

from wtforms import BooleanField, DateField, FileField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from ..errors import N_
from ..i18n import _
from .forms import Form, length, required


class ExampleForm(Form):
    title = StringField(N_("Judul laporan"), validators=[required(), length(max=120)], description=N_("Satu kalimat pendek yang menerangkan masalahnya."))
    text = TextAreaField(N_("Cerita lengkap"))
    kind = SelectField(N_("Jenis"), choices=[SelectChoice("jalan", N_("Jalan")), SelectChoice("lampu", N_("Lampu jalan"))], validators=[required()])
    manner = RadioField(
        N_("Siapa yang boleh melihat?"), choices=[SelectChoice("umum", N_("Semua orang")), SelectChoice("rahasia", N_("Hanya petugas"))],
        validators=[required()],
    )
    times = SelectMultipleField(
        N_("Kapan bisa dihubungi?"), choices=[SelectChoice("pagi", N_("Pagi")), SelectChoice("sore", N_("Sore"))],
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )
    seen = DateField(N_("Tanggal kejadian"))
    photo = FileField(N_("Foto"), description=N_("JPEG atau PNG, paling besar 10 MB."))
    agree = BooleanField(N_("Saya menulis yang sebenarnya"), validators=[required()])


def example_form(request):
    form = ExampleForm(request, prefill={"text": _("Lubangnya sedalam mata kaki dan tergenang saat hujan."), "kind": "jalan"})
    for field in (form.kind, form.manner, form.times):
        field.choices = [SelectChoice(choice.value, _(choice.label)) for choice in field.choices]
    form.add_error(_("Bagian ini harus diisi."), "title")
    form.add_error(_("Pilih salah satu dari daftar."), "manner")
    return form


def example_steps(now):
    return [
        {"title": _("Diterima"), "at": now - timedelta(days=3), "tone": "ok", "icon": "inbox", "who": _("Warga")},
        {
            "title": _("Diteruskan ke dinas"), "at": now - timedelta(days=2), "tone": "info", "icon": "send", "who": _("Petugas"),
            "text": _("Mohon ditinjau sebelum Jumat."),
        },
        {"title": _("Sedang dikerjakan"), "at": now - timedelta(hours=5), "tone": "warn", "icon": "hammer", "who": "DPUPR"},
    ]
