"""What may stand in the cells of a column, as people write it in their spreadsheets."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ..i18n import _, parse_decimal
from ..identity import parse_nik, parse_phone


@dataclass(frozen=True)
class SheetColumn:
    """A column that is looked for. `kind`: text, int, decimal, rupiah, date, nik, phone, bool or choice.

    `personal`: what stands in it is masked when it is told as wrong. `read`: a reader of its own, after that of the kind.
    """

    name: str
    title: str
    kind: str = "text"
    required: bool = False
    aliases: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    most: int = 300
    personal: bool = False
    read: Callable[[Any], Any] | None = None


def folded(text: Any) -> str:
    """A heading without case, spacing and punctuation: `No. HP ` and `no hp` are one."""
    return re.sub(r"[\W_]+", "", str(text).lower())


def is_filled(cell: Any) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def cell_text(cell: Any) -> str:
    if isinstance(cell, bool):
        return _("ya") if cell else _("tidak")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell)


def reader_for(column: SheetColumn) -> Callable[[Any], Any]:
    read = _KINDS[column.kind]
    if column.kind == "choice":
        known = {folded(text): key for key, title in column.choices for text in (title, _(title), key)}
        titles = ", ".join(_(title) for _key, title in column.choices)
        read = lambda cell: _choice(cell, known, titles)  # noqa: E731
    if column.kind == "text":
        read = lambda cell: _short(cell_text(cell), column.most)  # noqa: E731
    own = column.read
    return read if own is None else lambda cell: own(read(cell))


def _short(text: str, most: int) -> str:
    text = " ".join(text.split())
    if len(text) > most:
        raise ValueError(_("Paling banyak %(n)s huruf.") % {"n": most})
    return text


def _choice(cell: Any, known: dict[str, str], titles: str) -> str:
    found = known.get(folded(cell_text(cell)))
    if found is None:
        raise ValueError(_("Isi dengan salah satu dari: %(choices)s.") % {"choices": titles})
    return found


def _int(cell: Any) -> int:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if cell != int(cell):
            raise ValueError(_("Isi dengan angka bulat."))
        return int(cell)
    text = str(cell).strip().replace(" ", "")
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})+", text):
        text = text.replace(".", "")
    if not re.fullmatch(r"-?\d{1,15}", text, re.ASCII):
        raise ValueError(_("Isi dengan angka bulat."))
    return int(text)


def _decimal(cell: Any) -> Decimal:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return Decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell)
    return parse_decimal(str(cell).replace(" ", ""))


def _rupiah(cell: Any) -> int:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _int(cell)
    text = str(cell).strip().removeprefix("Rp").removesuffix(",00").removesuffix(",-").replace(".", "").replace(" ", "")
    if not re.fullmatch(r"-?\d{1,15}", text, re.ASCII):
        raise ValueError(_("Isi dengan rupiah bulat, misalnya 1.250.000."))
    return int(text)


_DAY = re.compile(r"(\d{1,2})[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/. ](\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")
_ENGLISH = {"may": 5, "aug": 8, "oct": 10, "dec": 12, "ags": 8}


def _day(cell: Any) -> date:
    """ISO, or day first as it is written here."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = str(cell).strip()
    found = _DAY.fullmatch(text)
    try:
        if found is None:
            return date.fromisoformat(text[:10])
        day, month, year = found.groups()
        name = month.lower()[:3]
        number = int(month) if month.isdigit() else _ENGLISH.get(name) or _MONTHS.index(name) + 1
        return date(int(year), number, int(day))
    except ValueError as error:
        raise ValueError(_("Tulis tanggal seperti 17-08-1995.")) from error


def _nik(cell: Any) -> str:
    if isinstance(cell, int | float):
        raise ValueError(_("NIK tertulis sebagai angka sehingga angka belakangnya hilang. Ubah kolomnya menjadi teks, lalu isi lagi."))
    digits = re.sub(r"[\s.'-]", "", str(cell))
    parse_nik(digits)
    return digits


def _phone(cell: Any) -> str:
    text = cell_text(cell)
    return parse_phone("0" + text if text.startswith("8") else text)  # a spreadsheet drops the leading zero


def _bool(cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    text = folded(cell_text(cell))
    if text in ("ya", "y", "yes", "1", "true", "v", "benar", "ada"):
        return True
    if text in ("tidak", "t", "n", "no", "0", "false", "salah", "bukan", "tidakada"):
        return False
    raise ValueError(_("Isi dengan ya atau tidak."))


_KINDS: dict[str, Callable[[Any], Any]] = {
    "text": str, "int": _int, "decimal": _decimal, "rupiah": _rupiah, "date": _day, "nik": _nik, "phone": _phone, "bool": _bool, "choice": str,
}
