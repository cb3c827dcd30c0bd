"""What listeners type, checked."""

from __future__ import annotations

from pendopo import N_
from pendopo.kit.forms import Form, StringField, TextAreaField, length, required

from .wishes import Words

MOST_LETTERS = 200
_NAME = N_("Nama yang disebut di radio")
_NAME_HELP = N_("Boleh nama panggilan. Kosongkan bila tidak ingin disebut.")


class SongForm(Form):
    name = StringField(_NAME, [length(max=60)], description=_NAME_HELP, render_kw={"autocomplete": "nickname"})
    text = TextAreaField(
        N_("Titip salam"), [length(max=MOST_LETTERS)], description=N_("Paling banyak 200 huruf."), render_kw={"rows": 2, "maxlength": MOST_LETTERS},
    )

    def words(self, track: str) -> Words:
        return Words(self.text.data or "", self.name.data or "", track=track)


class GreetingForm(Form):
    name = StringField(_NAME, [length(max=60)], description=_NAME_HELP, render_kw={"autocomplete": "nickname"})
    text = TextAreaField(
        N_("Salam"), [required(), length(max=MOST_LETTERS)], description=N_("Paling banyak 200 huruf, untuk dibacakan penyiar."),
        render_kw={"rows": 3, "maxlength": MOST_LETTERS},
    )

    def words(self) -> Words:
        return Words(self.text.data, self.name.data or "")


class QuestionForm(Form):
    name = StringField(_NAME, [length(max=60)], description=_NAME_HELP, render_kw={"autocomplete": "nickname"})
    text = TextAreaField(
        N_("Pertanyaan"), [required(), length(max=MOST_LETTERS)], description=N_("Paling banyak 200 huruf."), render_kw={"rows": 3, "maxlength": MOST_LETTERS},
    )
    contact = StringField(
        N_("Nomor telepon atau surel"), [length(max=120)], description=N_("Hanya dilihat tim acara bila perlu menghubungi Anda; dihapus sesudah tujuh hari."),
    )

    def words(self) -> Words:
        return Words(self.text.data, self.name.data or "", self.contact.data or "")


class RefusalForm(Form):
    reason = StringField(N_("Alasan"), [required(), length(max=300)], description=N_("Dibaca oleh pengirim."))
