"""Papers as PDF by typst: PDF/A-2a, tagged, fonts embedded. What people typed goes in as data, never as markup."""

from __future__ import annotations

import importlib
import io
import json
import threading
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from ...i18n import format_date, speaking, words_of
from ...identity import Opd
from ...pages import current_pages
from ...plugins import current_host
from ..settings import value
from .kinds import DocumentKind

if TYPE_CHECKING:
    from .models import Document

__all__ = ["draw"]

PACKAGES = Path(__file__).parent / "typst"
STANDARD = "a-2a"
UNSIGNED = "BELUM DITANDATANGANI SECARA ELEKTRONIK"
TEST = "TANDA TANGAN ELEKTRONIK UJI"
_compilers: dict[Path, tuple[Any, threading.Lock]] = {}
_making = threading.Lock()


@lru_cache(maxsize=1)
def _fonts() -> Any:
    """Only the fonts that come with typst: a paper looks the same on every machine."""
    import typst

    return typst.Fonts(include_system_fonts=False)


def _compiler(root: Path) -> tuple[Any, threading.Lock]:
    """The compiler for the papers below `root`, kept with what it has read, and the lock of its use."""
    import typst

    with _making:
        if root not in _compilers:
            _compilers[root] = (typst.Compiler(root=str(root), font_paths=_fonts(), package_path=str(PACKAGES)), threading.Lock())
        return _compilers[root]


def folder_of(package: str | Path) -> Path:
    if isinstance(package, Path):
        return package
    file = importlib.import_module(package).__file__
    if file is None:
        raise LookupError(f"{package} has no folder")
    return Path(file).parent


def compile_paper(template: str, data: dict[str, Any], package: str | Path, at: datetime | None = None) -> bytes:
    """The PDF of `template`, a typst file in `package`, with `data`. `at`: the time written into the file."""
    root = folder_of(package)
    compiler, lock = _compiler(root)
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    with lock:
        return compiler.compile(str(root / template), sys_inputs=inputs, format="pdf", pdf_standards=[STANDARD], timestamp=int(at.timestamp()) if at else None)


def draw(
    template: str,
    data: dict[str, Any],
    package: str | Path,
    *,
    title: str = "",
    opd: Opd | None = None,
    lines: tuple[str, ...] = (),
    at: datetime | None = None,
) -> bytes:
    """A paper without number, signature and QR code (a form, a list, a receipt to be checked) in the regency's dress.

    `package`: the plugin's Python package (`__package__`) or a folder. Values of `data` are plain: dates come as words.
    """
    doc = _about(opd, lines) | {"title": title, "date": _day(at)}
    return compile_paper(template, {**data, "doc": doc}, package, at)


def paper(db: Session, kind: DocumentKind, document: Document, signers: list[dict[str, str]], *, verify: str, draft: str = "") -> bytes:
    """The PDF of a numbered paper, in Indonesian. `draft`: what stands across one that is not signed yet; without `verify` it has no QR code."""
    opd = db.get(Opd, document.opd_id) if document.opd_id else None
    marks = {"": UNSIGNED, "uji": TEST, "penyedia": ""}
    old = db.get(type(document), document.replaces_id) if document.replaces_id else None
    doc = _about(opd, letterhead(db, opd, document.dated)) | {
        "title": document.title, "number": document.number, "paper": kind.paper, "verify": verify, "qr": qr_svg(verify) if verify else "", "signers": signers,
        "date": _day(document.dated), "valid_from": _day(document.valid_from), "valid_until": _day(document.valid_until),
        "mark": UNSIGNED if draft else marks[document.signing],
        "signature": "" if draft else {"": "", "uji": f"{TEST}, tidak berkekuatan hukum", "penyedia": "Ditandatangani secara elektronik"}[document.signing],
        "draft": draft, "replaces": f"{old.number} tanggal {_day(old.dated)}" if old else "",
    }
    return compile_paper(kind.template, {**document.data, "doc": doc}, package_of(kind), document.issued_at)


def package_of(kind: DocumentKind) -> str | Path:
    return kind.package or current_host().plugins[kind.plugin].package


def title_of(kind: DocumentKind) -> str:
    """The kind's title in Indonesian, as it is printed."""
    with speaking("id"):
        return words_of(kind.plugin, kind.title)


def letterhead(db: Session, opd: Opd | None, on: date) -> tuple[str, ...]:
    """The lines under the name of an OPD: address, telephone."""
    known = value(db, "dokumen.kop", on)
    found = known.get(opd.code, ()) if opd is not None and isinstance(known, dict) else ()
    return tuple(str(line) for line in found) if isinstance(found, list | tuple) else ()


def _about(opd: Opd | None, lines: tuple[str, ...]) -> dict[str, Any]:
    regency = current_pages().portal.settings.regency.name
    office = opd.name if opd is not None and opd.kind != "pemda" else ""
    empty = dict.fromkeys(("title", "number", "verify", "qr", "mark", "signature", "draft", "replaces", "date", "valid_from", "valid_until"), "")
    return {**empty, "regency": regency, "office": office, "issuer": office or f"Pemerintah {regency}", "lines": list(lines), "paper": "a4", "signers": []}


def _day(day: date | datetime | None) -> str:
    with speaking("id"):
        return format_date(day)


def qr_svg(text: str) -> str:
    """An SVG of the QR code of `text`. One mask for all: choosing among eight costs more than all else of it, and every reader knows each."""
    import segno

    out = io.BytesIO()
    segno.make(text, error="m", mask=2).save(out, kind="svg", xmldecl=False, border=1)
    return out.getvalue().decode()
