"""Languages: gettext catalogues per plugin, chosen by the request; dates, numbers and money by Babel.

The message id is the Indonesian sentence, so Indonesian needs no catalogue. Each plugin keeps its own catalogue with
the core's as fallback; two plugins may translate the same sentence differently.
"""

import gettext as stdlib_gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

__all__ = [
    "N_",
    "_",
    "current_language",
    "current_zone",
    "format_date",
    "format_number",
    "format_relative",
    "format_rupiah",
    "format_rupiah_short",
    "format_time",
    "gettext",
    "ngettext",
    "speaking",
    "translate",
]


current_language: ContextVar[str] = ContextVar("pendopo_language", default="id")
current_plugin: ContextVar[str] = ContextVar("pendopo_plugin", default="")
current_zone: ContextVar[ZoneInfo] = ContextVar("pendopo_zone", default=ZoneInfo("Asia/Jakarta"))  # noqa: B039

_folders: dict[str, Path] = {"": Path(__file__).parent / "locale"}


def N_(message: str) -> str:
    """Mark `message` for extraction; it is translated where it is shown."""
    return message


def add_catalogue(plugin: str, folder: Path) -> None:
    """Tell where `plugin` keeps its `locale` folder."""
    _folders[plugin] = folder
    catalogue.cache_clear()


@lru_cache(maxsize=512)
def catalogue(plugin: str, language: str) -> stdlib_gettext.NullTranslations:
    """All catalogues of one plugin in one language, falling back to the core's.

    A compiled catalogue (`.mo`) is read in place of its `.po` unless the words changed since: a developer need not compile.
    """
    from babel.support import Translations

    found = Translations()
    for path in sorted((_folders[plugin] / language / "LC_MESSAGES").glob("*.[mp]o")) if plugin in _folders else []:
        compiled = path.with_suffix(".mo")
        if path.suffix == ".po" and not (compiled.exists() and compiled.stat().st_mtime >= path.stat().st_mtime):
            found.merge(Translations(_compile(path)))
        elif path.suffix == ".mo" and not (path.with_suffix(".po").exists() and path.with_suffix(".po").stat().st_mtime > path.stat().st_mtime):
            with path.open("rb") as file:
                found.merge(Translations(file))
    if plugin:
        found.add_fallback(catalogue("", language))
    return found


def _compile(path: Path) -> BytesIO:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=path.parent.parent.name))
    compiled.seek(0)
    return compiled


def translate(message: str) -> str:
    """`message` in the present language, from the present plugin's catalogue, then the core's."""
    if not message:
        return ""
    return catalogue(current_plugin.get(), current_language.get()).gettext(str(message))


_ = translate
gettext = translate


def ngettext(singular: str, plural: str, n: int) -> str:
    return catalogue(current_plugin.get(), current_language.get()).ngettext(singular, plural, n)


@contextmanager
def speaking(language: str | None = None, plugin: str | None = None) -> Iterator[None]:
    """Translate into `language` with the words of `plugin` inside the block."""
    tokens = []
    if language is not None:
        tokens.append((current_language, current_language.set(language)))
    if plugin is not None:
        tokens.append((current_plugin, current_plugin.set(plugin)))
    try:
        yield
    finally:
        for variable, token in reversed(tokens):
            variable.reset(token)


def words_of(plugin: str, message: str) -> str:
    """`message`, marked somewhere in `plugin`, in the present language."""
    return catalogue(plugin, current_language.get()).gettext(message) if message else ""


def _local(value: datetime) -> datetime:
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(current_zone.get())


def format_date(value: date | datetime | None, width: str = "d MMMM y") -> str:
    from babel.dates import format_date as babel_date

    if value is None:
        return ""
    return babel_date(_local(value) if isinstance(value, datetime) else value, width, locale=current_language.get())


def format_time(value: datetime | None, width: str = "d MMM y HH.mm") -> str:
    """Date and time in the regency's zone, for example `27 Mar 2026 15.00`."""
    from babel.dates import format_datetime

    return "" if value is None else format_datetime(_local(value), width, locale=current_language.get())


def format_relative(value: datetime | None, now: datetime | None = None) -> str:
    from babel.dates import format_timedelta

    if value is None:
        return ""
    delta: timedelta = _local(value) - (now or datetime.now(UTC))
    return format_timedelta(delta, add_direction=True, locale=current_language.get())


def format_number(value: float | int | None, pattern: str | None = None) -> str:
    from babel.numbers import format_decimal

    return "" if value is None else format_decimal(value, format=pattern, locale=current_language.get())


def parse_decimal(text: str) -> Decimal:
    """A number as it is typed: with a decimal comma, or a point where there is no comma. Raises ValueError with a sentence."""
    text = text.strip()
    if "," in text:
        text = text.replace(".", "").replace(",", ".")
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(_("Isi dengan angka, misalnya 1,5.")) from error
    if not value.is_finite() or value.adjusted() > 15:
        raise ValueError(_("Isi dengan angka, misalnya 1,5."))
    return value


def format_rupiah(value: int | None) -> str:
    """`Rp1.250.000`, in every language: rupiah are written the same way everywhere."""
    if value is None:
        return ""
    sign = "-" if value < 0 else ""
    return f"{sign}Rp{abs(value):,}".replace(",", ".")


def format_rupiah_short(value: int | None) -> str:
    """`Rp117,8 miliar` (`Rp117.8 billion`), for figures that are looked at, not paid; small sums whole."""
    from babel.numbers import format_compact_decimal

    if value is None or abs(value) < 1_000_000:
        return format_rupiah(value)
    short = format_compact_decimal(abs(value), format_type="long", locale=current_language.get(), fraction_digits=1)
    return f"{'-' if value < 0 else ''}Rp{short}"
