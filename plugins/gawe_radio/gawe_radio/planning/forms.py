"""What is typed of the plan, checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import wtforms
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from pendopo import N_, _
from pendopo.http import form_of
from pendopo.identity import Account, people_with
from pendopo.kit.forms import (
    BooleanField,
    CheckboxGroupField,
    DateField,
    DateTimeField,
    DecimalField,
    Form,
    IntegerField,
    PointField,
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

from ..programmes import CLASSES, DAY_NAMES, LANGUAGES, Plan
from . import lists, media
from .changes import Instead
from .choices import PrayerPlan, Rotation
from .intake import KIND_NAMES
from .lists import ORDER_NAMES, Rules, rules_of
from .models import Block, Playlist, Wheel
from .prayer import CALLED, PRAYER_NAMES
from .rules import REPEATS, WEEKS
from .wheels import PART_NAMES, Part

NUMBER = {"inputmode": "numeric"}


def split(text: str | None) -> tuple[str, ...]:
    """ "Pagi, sore" is ("pagi", "sore")."""
    return tuple(dict.fromkeys(word.strip().lower()[:40] for word in (text or "").split(",") if word.strip()))


def named(rows: Sequence[Any], nothing: str) -> list[tuple[str, str]]:
    return [("", _(nothing)), *((str(row.id), row.name) for row in rows)]


# ----------------------------------------------------------------------------------------------------------- library


class UploadForm(Form):
    files = wtforms.MultipleFileField(
        N_("Berkas suara"), description=N_("MP3, Ogg, Opus, FLAC, WAV, M4A, atau AAC; boleh beberapa sekaligus."), render_kw={"accept": "audio/*"},
    )
    kind = SelectField(N_("Jenis"), choices=list(KIND_NAMES.items()))
    tags = StringField(N_("Label"), [length(max=200)], description=N_("Dipisahkan koma, misalnya: pagi, qasidah. Kosong: memakai yang tertulis di berkas."))

    def sent(self) -> list[UploadFile]:
        """The files that came, if any."""
        return [item for item in form_of(self.request).getlist("files") if isinstance(item, UploadFile) and (item.filename or item.size)]


class PieceForm(Form):
    title = StringField(N_("Judul"), [required(), length(max=200)])
    artist = StringField(N_("Penyanyi atau kelompok"), [length(max=200)])
    tags = StringField(N_("Label"), [length(max=200)], description=N_("Dipisahkan koma. Acara, blok cerdas, dan roda jam memilih lagu dari sini."))
    cue_in_s = DecimalField(N_("Mulai diputar pada detik"), [optional()], description=N_("Untuk melewati hening atau salam pembuka."))
    cue_out_s = DecimalField(N_("Selesai pada detik"), [optional()], description=N_("Kosong: sampai habis."))
    resting = BooleanField(N_("Istirahatkan: tetap di pustaka, tetapi tidak diputar"))

    def words(self) -> media.Words:
        cues = [float(field.data) if field.data is not None else None for field in (self.cue_in_s, self.cue_out_s)]
        return media.Words(self.title.data, self.artist.data or "", split(self.tags.data), *cues, resting=bool(self.resting.data))


class PlaylistForm(Form):
    name = StringField(N_("Nama"), [required(), length(max=80)])
    order = RadioField(N_("Urutan putar"), choices=list(ORDER_NAMES.items()), default="shuffle")
    weight = IntegerField(
        N_("Bobot"), [required(), between(1, 25)], default=1, render_kw=NUMBER, description=N_("Bobot 3 dipilih tiga kali lebih sering daripada bobot 1."),
    )


class BlockForm(Form):
    name = StringField(N_("Nama"), [required(), length(max=80)])
    tags = StringField(N_("Berlabel salah satu dari"), [length(max=200)], description=N_("Dipisahkan koma; kosong: semua musik."))
    not_tags = StringField(N_("Tidak berlabel"), [length(max=200)])
    artists = StringField(N_("Hanya dari"), [length(max=400)], description=N_("Nama penyanyi atau kelompok, dipisahkan koma."))
    shortest_s = IntegerField(N_("Paling pendek (detik)"), [optional(), between(1, 36_000)], render_kw=NUMBER)
    longest_s = IntegerField(N_("Paling panjang (detik)"), [optional(), between(1, 36_000)], render_kw=NUMBER)
    since_days = IntegerField(N_("Masuk pustaka dalam (hari)"), [optional(), between(1, 3650)], render_kw=NUMBER)

    def rules(self) -> Rules:
        artists = frozenset(word.strip() for word in (self.artists.data or "").split(",") if word.strip())
        numbers = (field.data or 0 for field in (self.shortest_s, self.longest_s, self.since_days))
        return Rules(frozenset(split(self.tags.data)), frozenset(split(self.not_tags.data)), artists, *numbers)


def block_prefill(block: Block) -> dict[str, Any]:
    rules = rules_of(block)
    words = {key: ", ".join(sorted(getattr(rules, key))) for key in ("tags", "not_tags", "artists")}
    return {"name": block.name, **words, **{key: getattr(rules, key) or None for key in ("shortest_s", "longest_s", "since_days")}}


# ------------------------------------------------------------------------------------------------------------ wheels


class NameForm(Form):
    name = StringField(N_("Nama"), [required(), length(max=80)], description=N_("Misalnya: Jam pagi."))


class PartForm(Form):
    """One part of an hour: what, and how much."""

    what = SelectField(N_("Isi"))
    count = IntegerField(N_("Jumlah"), [optional(), between(1, 20)], default=1, render_kw=NUMBER)
    minutes = IntegerField(N_("atau selama (menit)"), [optional(), between(1, 60)], render_kw=NUMBER)

    def __init__(self, request: Any, refs: dict[tuple[str, str], str], **options: Any) -> None:
        super().__init__(request, **options)
        groups: dict[str, list[tuple[str, str]]] = {_("Tanpa pilihan"): [(f"{kind}:", _(PART_NAMES[kind])) for kind in ("ident", "jingle", "announcements")]}
        for (kind, ref), words in refs.items():
            groups.setdefault(_(PART_NAMES[kind]), []).append((f"{kind}:{ref}", words))
        self.what.choices = groups

    def part(self) -> Part:
        kind, _colon, ref = self.what.data.partition(":")
        return Part(kind, ref, self.count.data or 1, self.minutes.data or 0)


# ---------------------------------------------------------------------------------------------------------- the week


class ProgrammeForm(Form):
    title = StringField(N_("Nama acara"), [required(), length(max=120)])
    description = TextAreaField(N_("Isi acara"), [length(max=1000)], render_kw={"rows": 3})
    presenter = StringField(N_("Penyiar"), [length(max=120)], description=N_("Seperti yang dibaca pendengar; kosong: nama akun yang dipilih di bawah."))
    presenters = CheckboxGroupField(N_("Akun penyiar"), description=N_("Mereka melihat acara ini di kalendernya."))
    language = SelectField(N_("Bahasa"), choices=list(LANGUAGES.items()))
    classification = SelectField(N_("Klasifikasi P3SPS"), choices=list(CLASSES.items()))
    often = RadioField(N_("Pengulangan"), choices=list(REPEATS.items()), default="mingguan")
    days = CheckboxGroupField(N_("Hari"), choices=[(str(n), name) for n, name in enumerate(DAY_NAMES)], description=N_("Untuk acara mingguan dan bulanan."))
    week = SelectField(N_("Minggu ke berapa"), choices=[(str(n), name) for n, name in WEEKS.items()], description=N_("Untuk acara bulanan."))
    at = wtforms.TimeField(N_("Mulai pukul"), [required()])
    minutes = IntegerField(N_("Lama (menit)"), [required(), between(5, 24 * 60)], render_kw=NUMBER)
    first = DateField(N_("Tanggal pertama"), [optional()], description=N_("Wajib untuk acara sekali saja."))
    until = DateField(N_("Tanggal terakhir"), [optional()], description=N_("Kosong: seterusnya."))
    wheel = SelectField(N_("Roda jam"))
    playlist = SelectField(N_("Daftar putar"))
    recorded = SelectField(N_("Rekaman"), description=N_("Diputar utuh. Bila diisi, roda jam dan daftar putar tidak dipakai."))
    tags = StringField(N_("Label musik"), [length(max=120)], description=N_("Musik di antara bagian lain, dipisahkan koma; kosong: semua."))

    def __init__(self, request: Any, db: Session, *, chosen: Sequence[int] = (), **options: Any) -> None:
        super().__init__(request, **options)
        ids = {*people_with(db, "radio.live"), *chosen}
        accounts = sorted((account for number in ids if (account := db.get(Account, number))), key=lambda account: account.name)
        self.presenters.choices = [(str(account.id), account.name) for account in accounts]
        self.wheel.choices = named(lists.all_of(db, Wheel), N_("Seperti jam bawaan stasiun"))
        self.playlist.choices = named(lists.all_of(db, Playlist), N_("Tidak ada"))
        self.recorded.choices = recordings(db, self.recorded.data)

    def plan(self) -> Plan:
        names = {choice.value: choice.label for choice in self.presenters.choices}
        chosen = tuple(int(number) for number in self.presenters.data or ())
        return Plan(
            self.title.data, self.description.data or "", self.presenter.data or ", ".join(names[str(number)] for number in chosen), self.language.data,
            self.classification.data, tuple(int(day) for day in self.days.data or ()), self.at.data, self.minutes.data, split(self.tags.data),
            self.often.data, int(self.week.data), self.first.data, self.until.data, chosen, int(self.wheel.data or 0) or None,
            int(self.playlist.data or 0) or None, self.recorded.data or "",
        )


def recordings(db: Session, chosen: str | None = "") -> list[tuple[str, str]]:
    """Whole recorded programmes to choose from; one that is gone stays visible where it was chosen."""
    found = [(piece.id, piece.label) for piece in media.pieces(db) if piece.kind == "programme" and piece.plays]
    if chosen and chosen not in dict(found):
        found.append((chosen, _("%(name)s (tidak ada lagi)") % {"name": chosen}))
    return [("", _("Tidak ada")), *found]


class ChangeForm(Form):
    kind = RadioField(
        N_("Hari ini"), [required()], default="ganti",
        choices=[("ganti", N_("Diganti acara lain")), ("pindah", N_("Dipindahkan ke waktu lain")), ("batal", N_("Ditiadakan"))],
    )
    title = StringField(N_("Nama acara pengganti"), [length(max=120)], description=N_("Misalnya: Khotbah Jumat."))
    presenter = StringField(N_("Penyiar pengganti"), [length(max=120)])
    recorded = SelectField(N_("Rekaman"))
    start = DateTimeField(N_("Mulai"), [optional()], description=N_("Kosong: pada waktu biasanya."))
    minutes = IntegerField(N_("Lama (menit)"), [optional(), between(5, 24 * 60)], render_kw=NUMBER, description=N_("Kosong: selama biasanya."))
    note = StringField(N_("Catatan untuk tim"), [length(max=200)])

    def __init__(self, request: Any, db: Session, **options: Any) -> None:
        super().__init__(request, **options)
        self.recorded.choices = recordings(db, self.recorded.data)

    def instead(self) -> Instead:
        return Instead(
            self.kind.data, self.start.data, self.minutes.data or 0, self.title.data or "", self.presenter.data or "", self.recorded.data or "",
            self.note.data or "",
        )


# ---------------------------------------------------------------------------------------------- rotation and prayer


class RotationForm(Form):
    artist_min = IntegerField(N_("Penyanyi yang sama (menit)"), [required(), between(0, 600)], render_kw=NUMBER, description=N_("Jarak paling dekat."))
    title_min = IntegerField(N_("Lagu yang sama (menit)"), [required(), between(0, 1440)], render_kw=NUMBER, description=N_("Jarak paling dekat."))
    ident_min = IntegerField(N_("Identitas stasiun tiap (menit)"), [required(), between(5, 120)], render_kw=NUMBER)
    requests_hour = IntegerField(N_("Lagu pilihan pendengar dalam satu jam"), [required(), between(0, 30)], render_kw=NUMBER)
    wheel = SelectField(N_("Jam bawaan stasiun"), description=N_("Berlaku di luar acara, dan untuk acara tanpa roda jam sendiri."))
    areas = CheckboxGroupField(
        N_("Kecamatan dengan saluran sendiri"), description=N_("Acara yang sama, dengan pengumuman setempat di tengahnya. Tiap saluran memakai tenaga mesin."),
    )

    def __init__(self, request: Any, db: Session, **options: Any) -> None:
        super().__init__(request, **options)
        self.wheel.choices = named(lists.all_of(db, Wheel), N_("Tanpa roda jam"))
        self.areas.choices = [(place.code, place.name) for place in kecamatan_list()]

    def rotation(self) -> Rotation:
        return Rotation(
            self.artist_min.data, self.title_min.data, self.ident_min.data, self.requests_hour.data, int(self.wheel.data or 0) or None,
            tuple(self.areas.data or ()),
        )


class PrayerForm(Form):
    heard = CheckboxGroupField(N_("Azan diputar pada"), choices=[(name, PRAYER_NAMES[name]) for name in CALLED])
    track = SelectField(N_("Suara azan"))
    said = BooleanField(N_("Bacakan juga masuknya waktu"), description=N_("Sesudah azan, atau sendirian bila tidak ada berkas azan."))
    point = PointField(N_("Tempat perhitungan"), [required()])
    ihtiyat_min = IntegerField(N_("Ihtiyat (menit)"), [required(), between(0, 10)], render_kw=NUMBER,
                               description=N_("Pengaman hisab; Kementerian Agama memakai 2 menit."))
    imsak = BooleanField(N_("Umumkan imsak selama Ramadan"))
    ramadan_from = DateField(N_("Ramadan mulai"), [optional()])
    ramadan_until = DateField(N_("Ramadan sampai"), [optional()])

    def __init__(self, request: Any, db: Session, **options: Any) -> None:
        super().__init__(request, **options)
        pieces = [(piece.id, piece.label) for piece in media.pieces(db) if piece.kind == "adzan" and piece.plays]
        self.track.choices = [("", _("Berkas pertama di jenis Azan")), *pieces]

    def plan(self) -> PrayerPlan:
        lat, lon = self.point.data
        return PrayerPlan(
            tuple(self.heard.data or ()), lat, lon, self.ihtiyat_min.data, bool(self.imsak.data), self.ramadan_from.data, self.ramadan_until.data,
            bool(self.said.data), self.track.data or "",
        )


