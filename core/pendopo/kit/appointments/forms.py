"""What is typed about counters, checked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from wtforms import ValidationError

from ...errors import InvalidInput
from ...i18n import N_, _
from ..forms import BooleanField, DateTimeField, Form, IntegerField, SelectField, StringField, TextAreaField, between, length, required
from .models import Counter
from .slots import read_hours, show_hours

MONDAY = date(2024, 1, 1)
DAYS = tuple(MONDAY + timedelta(days=n) for n in range(7))  # their names are drawn in the language of the page
DAY_TITLES = (N_("Senin"), N_("Selasa"), N_("Rabu"), N_("Kamis"), N_("Jumat"), N_("Sabtu"), N_("Minggu"))


class _Hours(StringField):
    """Opening hours of one weekday, empty when closed. `data` is a list of pairs."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, [length(max=100)], render_kw={"autocomplete": "off", "placeholder": "08.00-12.00, 13.00-15.00"}, **options)

    def periods(self) -> list[list[str]]:
        return read_hours(self.data or "")

    def post_validate(self, form: Form, validation_stopped: bool) -> None:
        try:
            self.periods()
        except InvalidInput as refusal:
            raise ValidationError(refusal.sentence()) from refusal


class CounterForm(Form):
    title = StringField(N_("Nama loket"), [required(), length(max=120)], description=N_("Misalnya: Loket 2, kartu pencari kerja."))
    opd_id = SelectField(N_("Kantor"), [required()], coerce=int)
    service = StringField(
        N_("Layanan"), [required(), length(max=60)],
        description=N_("Nama singkat layanan pada portal, misalnya kartu-kuning. Setiap orang hanya punya satu janji terbuka untuk satu layanan."),
    )
    prefix = StringField(N_("Huruf nomor antrean"), [required(), length(max=3)], default="A")
    place = StringField(N_("Tempat"), [length(max=200)], description=N_("Gedung, lantai, atau patokan."))
    bring = TextAreaField(N_("Yang perlu dibawa"), [length(max=400)], render_kw={"rows": 2})
    hari0, hari1, hari2, hari3, hari4, hari5, hari6 = (_Hours(title) for title in DAY_TITLES)
    slot_minutes = IntegerField(N_("Lama satu janji (menit)"), [required(), between(5, 240)], default=15)
    capacity = IntegerField(N_("Orang pada waktu yang sama"), [required(), between(1, 50)], default=1)
    days_ahead = IntegerField(N_("Dapat dipesan sampai (hari ke depan)"), [required(), between(1, 90)], default=14)
    lead_minutes = IntegerField(N_("Paling lambat dipesan (menit sebelumnya)"), [between(0, 10_080)], default=60)
    is_open = BooleanField(N_("Menerima janji"), default=True)

    @property
    def days(self) -> list[Any]:
        return [self[f"hari{n}"] for n in range(7)]

    def validate_prefix(self, field: Any) -> None:
        if field.data and not (field.data.isascii() and field.data.isalpha()):
            raise ValidationError(_("Isi dengan huruf A sampai Z."))

    def values(self) -> dict[str, Any]:
        """As `managing.save_counter` wants them."""
        plain = {name: self[name].data for name in ("title", "service", "place", "bring", "slot_minutes", "capacity", "days_ahead", "lead_minutes", "is_open")}
        hours = {str(n): field.periods() for n, field in enumerate(self.days)}
        return {**plain, "opd_id": self.opd_id.data, "prefix": self.prefix.data.upper(), "hours": {day: periods for day, periods in hours.items() if periods}}


def shown(counter: Counter) -> dict[str, Any]:
    """A counter as prefill of its form."""
    names = ("title", "opd_id", "service", "prefix", "place", "bring", "slot_minutes", "capacity", "days_ahead", "lead_minutes", "is_open")
    return {**{name: getattr(counter, name) for name in names}, **{f"hari{n}": show_hours(counter.hours.get(str(n), [])) for n in range(7)}}


class ClosureForm(Form):
    starts_at = DateTimeField(N_("Mulai"), [required()])
    ends_at = DateTimeField(N_("Selesai"), [required()])
    reason = StringField(N_("Alasan"), [required(), length(max=200)], description=N_("Dibaca warga yang janjinya terkena."))


class ReasonForm(Form):
    reason = StringField(N_("Alasan"), [length(max=300)])
