"""Fields of Indonesian forms, on WTForms. Import them from `pendopo.kit.forms`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import wtforms
from markupsafe import Markup
from starlette.datastructures import UploadFile
from wtforms import ValidationError, widgets

from ..errors import DomainError
from ..i18n import N_, _, parse_decimal
from ..identity import parse_nik, parse_phone
from . import attachments, places

SENSITIVE = "sensitive"  # a field flag: never kept in a draft


def drawn(template: str, **context: Any) -> Markup:
    """A widget from its template."""
    from ..pages import current_pages

    return Markup(current_pages().env.get_template(template).render(context))  # noqa: S704  the template escapes


class _TemplateWidget:
    def __init__(self, template: str) -> None:
        self.template = template

    def __call__(self, field: wtforms.Field, **attributes: Any) -> Markup:
        return drawn(self.template, field=field, attributes={key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()})


class StringField(wtforms.StringField):
    """One line of text, trimmed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            self.data = str(valuelist[0]).strip() if not isinstance(valuelist[0], UploadFile) else ""


class TextAreaField(wtforms.TextAreaField):
    """Several lines, with one kind of line end."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            self.data = str(valuelist[0]).replace("\r\n", "\n").strip() if not isinstance(valuelist[0], UploadFile) else ""


class DateField(wtforms.DateField):
    """A day, from the browser's own picker."""


class DateTimeField(wtforms.DateTimeLocalField):
    """A day and a clock time of the regency, as an aware moment in UTC."""

    def __init__(self, label: str | None = None, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"], **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        from datetime import UTC

        from ..i18n import current_zone

        super().process_formdata(valuelist)
        if self.data is not None:
            self.data = self.data.replace(tzinfo=current_zone.get()).astimezone(UTC)

    def _value(self) -> str:
        from ..i18n import current_zone

        if self.raw_data:
            return " ".join(str(item) for item in self.raw_data)
        return self.data.astimezone(current_zone.get()).strftime("%Y-%m-%dT%H:%M") if self.data else ""


def _choices(given: Any) -> list[wtforms.SelectChoice]:
    """Pairs `(value, label)`, bare texts, or a dict of groups, as WTForms wants them; labels in the language of the request."""
    groups = given.items() if isinstance(given, dict) else [(None, given)]
    found = []
    for group, items in groups:
        for item in items:
            if isinstance(item, wtforms.SelectChoice):
                found.append(item)
            else:
                value, label = (item, item) if isinstance(item, str) else item
                found.append(wtforms.SelectChoice(value, _(label) if isinstance(label, str) else str(label), optgroup=group))
    return found


class _Choosing:
    """Choices as pairs, also when they are set later."""

    def __init__(self, label: str | None = None, validators: Any = None, *, choices: Any = None, **options: Any) -> None:
        super().__init__(label, validators, choices=choices if choices is None or callable(choices) else _choices(choices), **options)

    @property
    def choices(self) -> Any:
        return super().choices

    @choices.setter
    def choices(self, value: Any) -> None:
        wtforms.SelectField.choices.fset(self, value if value is None or callable(value) else _choices(value))


class SelectField(_Choosing, wtforms.SelectField):
    """One of a list."""


class SelectMultipleField(_Choosing, wtforms.SelectMultipleField):
    """Several of a list."""


class RadioField(_Choosing, wtforms.RadioField):
    """One of a few, all in sight."""


class CheckboxGroupField(SelectMultipleField):
    """Several of a list, each with a box of its own."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class NikField(StringField):
    """16 digits; `data` is the nik without blanks. Never kept in a draft."""

    def __init__(self, label: str | None = None, validators: Sequence[Any] = (), **options: Any) -> None:
        keys = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "19", **options.pop("render_kw", {})}
        super().__init__(label or N_("NIK"), validators, render_kw=keys, **options)
        self.flags.sensitive = True

    def post_validate(self, form: wtforms.BaseForm, validation_stopped: bool) -> None:
        self.data = _read(self, _nik_digits, validation_stopped)


class PhoneField(StringField):
    """A telephone number, typed as 08..., kept as +62..."""

    widget = widgets.TelInput()

    def __init__(self, label: str | None = None, validators: Sequence[Any] = (), **options: Any) -> None:
        keys = {"inputmode": "tel", "autocomplete": "tel", **options.pop("render_kw", {})}
        super().__init__(label or N_("Nomor telepon"), validators, render_kw=keys, **options)

    def post_validate(self, form: wtforms.BaseForm, validation_stopped: bool) -> None:
        self.data = _read(self, parse_phone, validation_stopped)


def _nik_digits(text: str) -> str:
    """Where everybody is invented (the demo regency) so are their nik, which end in the serial 0000."""
    from .. import pages

    parse_nik(text, invented=pages._current is not None and pages._current.portal.settings.demo)
    return "".join(c for c in text if c.isdigit())


def _read(field: wtforms.Field, read: Callable[[str], str], stopped: bool) -> str:
    if stopped or not field.data:
        return field.data or ""
    try:
        return read(field.data)
    except DomainError as refusal:
        raise ValidationError(refusal.sentence()) from refusal


class DecimalField(wtforms.Field):
    """A number with a decimal comma (a point is understood too). `places`: how many decimals at most."""

    widget = widgets.TextInput()

    def __init__(self, label: str | None = None, validators: Any = None, *, places: int = 2, **options: Any) -> None:
        super().__init__(label, validators, render_kw={"inputmode": "decimal", "autocomplete": "off", **options.pop("render_kw", {})}, **options)
        self.places = places

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data.normalize():f}".replace(".", ",")

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        text = str(valuelist[0]).strip() if valuelist else ""
        if not text:
            return
        value = parse_decimal(text)
        if -value.as_tuple().exponent > self.places:
            raise ValueError(_("Paling banyak %(n)s angka di belakang koma.") % {"n": self.places})
        self.data = value


class RupiahField(wtforms.Field):
    """Whole rupiah; dots and `Rp` may be typed."""

    widget = widgets.TextInput()

    def __init__(self, label: str | None = None, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, render_kw={"inputmode": "numeric", "autocomplete": "off", **options.pop("render_kw", {})}, **options)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:,}".replace(",", ".")

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        text = str(valuelist[0]).strip().removeprefix("Rp").removesuffix(",00").removesuffix(",-").replace(".", "").replace(" ", "") if valuelist else ""
        if not text:
            return
        if not (text.isascii() and text.isdigit()) or len(text) > 15:
            raise ValueError(_("Isi dengan rupiah bulat, misalnya 1.250.000."))
        self.data = int(text)


class DesaField(wtforms.Field):
    """A desa of the regency by its code: one list by kecamatan, which JavaScript splits in two. `data` is the code or ""."""

    widget = _TemplateWidget("kit/desa.html")

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = str(valuelist[0]).strip() if valuelist else ""

    def pre_validate(self, form: wtforms.BaseForm) -> None:
        place = places.find_place(self.data) if self.data else None
        if self.data and (place is None or place.kind not in ("desa", "kelurahan")):
            raise ValidationError(_("Pilih desa dari daftar."))

    @property
    def groups(self) -> list[tuple[places.Place, list[places.Place]]]:
        return [(kecamatan, places.desa_list(kecamatan.code)) for kecamatan in places.kecamatan_list()]


class PointField(wtforms.Field):
    """A place on the map as two typed numbers, which the map fills. `data` is `(lat, lon)` or None."""

    widget = _TemplateWidget("kit/point.html")

    def process(self, formdata: Any, data: Any = wtforms.utils.unset_value, extra_filters: Any = None) -> None:
        self.process_errors, self.errors = [], []
        self.data = (self.default() if callable(self.default) else self.default) if data is wtforms.utils.unset_value else data
        self.object_data = self.data
        self.lat_text, self.lon_text = (f"{number:.6f}" for number in self.data) if self.data else ("", "")
        if formdata is None:
            return
        self.lat_text, self.lon_text = (str((formdata.getlist(f"{self.name}-{part}") or [""])[0]).strip().replace(",", ".") for part in ("lat", "lon"))
        self.data = None
        if not self.lat_text and not self.lon_text:
            return
        try:
            lat, lon = float(self.lat_text), float(self.lon_text)
        except ValueError:
            self.process_errors.append(_("Isi lintang dan bujur dengan angka, misalnya -6,120000 dan 106,150000."))
            return
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            self.process_errors.append(_("Titik ini tidak ada di bumi: lintang dari -90 sampai 90, bujur dari -180 sampai 180."))
            return
        self.data = (round(lat, 6), round(lon, 6))

    def pre_validate(self, form: wtforms.BaseForm) -> None:
        if self.data and not places.inside_envelope(*self.data):
            raise ValidationError(_("Titik ini jauh di luar kabupaten. Periksa lagi letaknya."))


class UploadField(wtforms.Field):
    """Files, kept as drafts as soon as they are sent, so that an error elsewhere in the form loses none.

    `data` is a list of Attachment; give them to their row with `attachments.claim`. `accept`: media types.
    `reuse`: the label under which such papers are kept; what the person gave under it before is offered again.
    `papers`: kinds of the portal's own papers that will do; the person's valid ones are offered from the wallet.
    """

    widget = _TemplateWidget("kit/uploads.html")

    def __init__(
        self,
        label: str | None = None,
        validators: Any = None,
        *,
        most: int = 5,
        accept: Sequence[str] = attachments.ACCEPTED,
        most_bytes: int = attachments.MOST_BYTES,
        reuse: str = "",
        papers: Sequence[str] = (),
        **options: Any,
    ) -> None:
        super().__init__(label, validators, **options)
        self.most, self.accept, self.most_bytes, self.reuse, self.papers = most, tuple(accept), most_bytes, reuse, tuple(papers)

    def process(self, formdata: Any, data: Any = wtforms.utils.unset_value, extra_filters: Any = None) -> None:
        self.process_errors, self.errors = [], []
        self.data = list(data) if data not in (None, wtforms.utils.unset_value) else []
        self.object_data = self.data
        if formdata is None:
            return
        request = self.form_request
        db, actor = request.state.db, request.user
        dropped = set(formdata.getlist(f"{self.name}-buang"))
        tokens = list(dict.fromkeys(str(token) for token in formdata.getlist(f"{self.name}-sudah")))[:50]
        kept = [attachments.find_draft(db, actor, token) for token in tokens if token not in dropped]
        self.data = [row for row in kept if row is not None]
        now = getattr(request.state, "now", None)
        self._take_again(db, actor, self.earlier, formdata.getlist(f"{self.name}-pakai"), now)
        self._take_again(db, actor, [file for _paper, file in self.wallet], formdata.getlist(f"{self.name}-dokumen"), now)
        for upload in formdata.getlist(self.name):
            if not isinstance(upload, UploadFile) or not (upload.filename or upload.size):
                continue
            if len(self.data) >= self.most:
                self.process_errors.append(_("Paling banyak %(n)s berkas.") % {"n": self.most})
                break
            self._take(db, actor, upload, now)

    def _take(self, db: Any, actor: Any, upload: UploadFile, now: Any) -> None:
        try:
            row = attachments.store_upload(db, actor, upload, owner="draf", accept=self.accept, most_bytes=self.most_bytes, now=now)
        except DomainError as refusal:
            self.process_errors.append(f"{(upload.filename or '')[:60]}: {refusal.sentence()}")
            return
        self.data.append(row)

    def _take_again(self, db: Any, actor: Any, offered: list[attachments.Attachment], tokens: list[Any], now: Any) -> None:
        known = {row.token: row for row in offered}
        here = {row.sha256 for row in self.data}
        for row in (known[token] for token in dict.fromkeys(tokens) if token in known):
            if len(self.data) < self.most and row.sha256 not in here:
                self.data.append(attachments.draft_of(db, actor, row, now=now))

    @property
    def earlier(self) -> list[attachments.Attachment]:
        """What the person gave under this label before and may give again."""
        request = self.form_request
        if not self.reuse or not request.user.is_signed_in:
            return []
        return attachments.earlier_of(request.state.db, request.user, self.reuse, self.accept)

    @property
    def wallet(self) -> list[tuple[Any, attachments.Attachment]]:
        """The person's own papers of this portal that will do today, each with its file."""
        request = self.form_request
        if not self.papers or not request.user.is_signed_in or "application/pdf" not in self.accept:
            return []
        from .documents import usable_papers

        return usable_papers(request.state.db, request.user.citizen_id, self.papers, now=request.state.now)

    @property
    def form_request(self) -> Any:
        return self.meta.pendopo_request

    @property
    def is_multiple(self) -> bool:
        return self.most > 1
