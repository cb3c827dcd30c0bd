"""A budget plan typed as a table: rows are added by a button that needs no script."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import wtforms

from pendopo import _
from pendopo.kit.forms import StringField

from .rules import RabLine, rab_total

MOST = 60
ADD = "rab-tambah"


@dataclass
class TypedRow:
    """One row as it was typed."""

    desc: str = ""
    volume: str = ""
    unit: str = ""
    price: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.desc or self.volume or self.unit or self.price)

    def read(self) -> RabLine:
        """Raises ValueError with a sentence."""
        if not (self.desc and self.volume and self.price):
            raise ValueError(_("isi uraian, volume, dan harga"))
        text = self.volume.replace(".", "").replace(",", ".") if "," in self.volume else self.volume
        try:
            volume = Decimal(text)
        except InvalidOperation as error:
            raise ValueError(_("volume berupa angka, misalnya 2,5")) from error
        if not volume.is_finite() or not 0 < volume < 1_000_000 or -int(volume.as_tuple().exponent) > 3:
            raise ValueError(_("volume berupa angka, misalnya 2,5"))
        digits = self.price.removeprefix("Rp").replace(".", "").replace(" ", "")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 13 and int(digits)):
            raise ValueError(_("harga berupa rupiah bulat, misalnya 68.000"))
        return RabLine(self.desc[:160], volume, self.unit[:20] or "ls", int(digits))


class RabField(wtforms.Field):
    """`data`: the lines that could be read. `rows`: everything typed, and empty rows to type in. Drawn by `_rab.html`."""

    def process(self, formdata: Any, data: Any = wtforms.utils.unset_value, extra_filters: Any = None) -> None:
        self.process_errors, self.errors = [], []
        self.data: list[RabLine] = []
        self.object_data = self.data
        self.rows: list[TypedRow] = []
        more = 4
        if formdata is not None:
            for number in range(1, MOST + 1):
                texts = [str((formdata.getlist(f"{self.name}-{number}-{part}") or [""])[0]).strip() for part in ("uraian", "volume", "satuan", "harga")]
                row = TypedRow(*texts)
                if not row.is_empty:
                    self.rows.append(row)
            more = 3 if ADD in formdata else 1
        for number, row in enumerate(self.rows, 1):
            try:
                self.data.append(row.read())
            except ValueError as error:
                self.process_errors.append(_("Baris %(n)s: %(what)s.") % {"n": number, "what": error})
        self.rows += [TypedRow() for _n in range(min(more, MOST - len(self.rows)))]

    @property
    def total(self) -> int:
        return rab_total(self.data)


class AccountField(StringField):
    """An account number: digits, kept secret in drafts."""

    def __init__(self, label: str | None = None, validators: Any = (), **options: Any) -> None:
        super().__init__(label, validators, render_kw={"inputmode": "numeric", "autocomplete": "off", "maxlength": "24"}, **options)
        self.flags.sensitive = True
