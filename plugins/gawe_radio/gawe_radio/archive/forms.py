"""What is typed in the archive, checked."""

from __future__ import annotations

from pendopo import N_
from pendopo.kit.forms import DateTimeField, Form, RadioField, SelectField, StringField, length, required

from .proof import PROVED

MODE_WORDS = [
    ("tidak", N_("Tidak disimpan")),
    ("ulang", N_("Dapat didengar lagi di portal")),
    ("podcast", N_("Dapat didengar lagi dan masuk umpan podcast")),
]


class ProofForm(Form):
    """Over GET: an address that can be kept."""

    start = DateTimeField(N_("Dari"), [required()])
    end = DateTimeField(N_("Sampai"), [required()])
    kind = SelectField(N_("Jenis"), choices=[("", N_("Semua")), *PROVED.items()])
    text = StringField(N_("Kata dalam judul"), [length(max=80)])


class EpisodeForm(Form):
    title = StringField(N_("Judul"), [required(), length(max=160)])
    start = DateTimeField(N_("Mulai"), [required()])
    end = DateTimeField(N_("Selesai"), [required()], description=N_("Paling lama enam jam sesudah mulai."))
    mode = RadioField(N_("Cara mendengar"), [required()], choices=MODE_WORDS[1:], default="ulang")


class ModeForm(Form):
    mode = SelectField(N_("Siaran ulang"), [required()], choices=MODE_WORDS)
