"""`pendopo check PLUGIN`: what any plugin must pass, looked at one rule after the other over a database of its own."""

from __future__ import annotations

import ast
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from sqlalchemy import inspect

from .. import migrate
from ..plugins import Plugin, PluginHost


@dataclass(frozen=True)
class Result:
    rule: str
    ok: bool
    detail: str = ""


Check = Callable[["Subject"], Iterator[tuple[bool, str]]]
RULES: dict[str, Check] = {}


def rule(title: str) -> Callable[[Check], Check]:
    def keep(check: Check) -> Check:
        RULES[title] = check
        return check

    return keep


class Subject:
    """One plugin in a portal made for the occasion, with a client that is signed in as staff with every permission of it."""

    def __init__(self, name: str, folder: Path) -> None:
        from ..app import Portal, PortalApp
        from ..settings import Settings
        from .client import Client
        from .people import People

        self.host = PluginHost()
        self.host.load()
        if name not in self.host.plugins:
            raise LookupError(name)
        self.plugin: Plugin = self.host.plugins[name]
        settings = Settings(home=folder, secret_key="pemeriksaan", public_url="http://testserver", database_url=f"sqlite:///{folder / 'check.db'}")
        self.portal = Portal(settings, self.host)
        migrate.migrate_all(self.portal.db.engine, self.host)
        self.portal.refresh()
        self.app = PortalApp(self.portal)
        self.client = Client(self.app)
        self.anonymous = Client(self.app)
        if not self.plugin.broken:
            permissions = [permission.name for permission in self.call("permissions")]
            self.officer = People(self.portal).officer(*permissions, scope="regency")
            self.client.sign_in(self.officer)

    def call(self, hook: str, **arguments: Any) -> list[Any]:
        found: list[Any] = []
        for plugin, impl in self.host.impls(hook):
            if plugin is self.plugin:
                found += self.host._run(plugin, hook, impl, arguments) or []
        return found

    @property
    def folder(self) -> Path:
        assert self.plugin.folder is not None
        return self.plugin.folder

    def routes(self) -> Iterator[tuple[str, Any]]:
        """`(full path, route)` of everything that the plugin serves over HTTP."""
        for key, (owner, router) in self.portal.routers.items():
            if owner is self.plugin:
                for route in router.routes:
                    if getattr(route, "methods", None):
                        yield f"/{key}{route.path}", route

    def plain_pages(self) -> list[str]:
        return [path for path, route in self.routes() if "GET" in route.methods and "{" not in path]

    def sources(self) -> Iterator[tuple[Path, str]]:
        for path in sorted(self.folder.rglob("*.py")):
            yield path, path.read_text("utf-8")

    def templates(self) -> Iterator[tuple[Path, str]]:
        for path in sorted((self.folder / "templates").rglob("*")):
            if path.is_file():
                yield path, path.read_text("utf-8")


def run_checks(name: str) -> list[Result]:
    """All rules over the installed plugin `name`. A rule that itself fails is a failed rule."""
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            subject = Subject(name, Path(folder))
        except LookupError:
            return [Result("terpasang", False, f"tidak ada plugin bernama {name}")]
        if subject.plugin.broken:
            return [Result("dapat dimuat", False, subject.plugin.broken)]
        for title, check in RULES.items():
            try:
                found = list(check(subject))
            except Exception as error:  # noqa: BLE001
                found = [(False, f"{type(error).__name__}: {error}")]
            bad = [detail for ok, detail in found if not ok]
            results.append(Result(title, not bad, "; ".join(bad[:5]) or f"{len(found)} diperiksa"))
        subject.client.close()
        subject.portal.db.dispose()
    return results


@rule("kartu lengkap")
def _card(subject: Subject) -> Iterator[tuple[bool, str]]:
    card = subject.plugin.card
    assert card is not None
    yield bool(card.title and card.summary and card.icon), "judul, ringkasan dan ikon harus ada"
    yield subject.plugin.name == f"{card.face}_{subject.plugin.name.partition('_')[2]}", "nama plugin diawali mukanya"


@rule("izin dan peran cocok")
def _permissions(subject: Subject) -> Iterator[tuple[bool, str]]:
    given = {permission.name for permission in subject.call("permissions")}
    for name in given:
        yield name.startswith(f"{subject.plugin.slug}."), f"izin {name} harus diawali {subject.plugin.slug}."
    held = {name for role in subject.call("roles") for name in role.permissions if name.startswith(f"{subject.plugin.slug}.")}
    for name in sorted(held - given):
        yield False, f"peran memakai izin {name} yang tidak dinyatakan"
    for name in sorted(given - held):
        yield False, f"tidak ada peran dengan izin {name}"


@rule("menu menuju halaman")
def _menus(subject: Subject) -> Iterator[tuple[bool, str]]:
    for entry in subject.call("menu_entries", actor=subject.officer):
        answer = subject.client.get(entry.href)
        yield answer.status_code == 200, f"{entry.href}: {answer.status_code}"


def answers(answer: Any) -> bool:
    """It is no error of the server. What another process gives may be away for a while, and then says when to ask again."""
    return answer.status_code < 500 or (answer.status_code == 503 and "retry-after" in answer.headers)


@rule("halaman utuh dan potongan")
def _both_forms(subject: Subject) -> Iterator[tuple[bool, str]]:
    for path in subject.plain_pages():
        whole = subject.client.get(path)
        if "text/html" not in whole.headers.get("content-type", ""):
            yield answers(whole), f"{path}: {whole.status_code}"
            continue
        yield whole.status_code < 400 and "<html" in whole.text, f"{path}: {whole.status_code}"
        if "frame-ancestors *" in whole.headers["content-security-policy"]:
            continue  # made for other sites' frames, so never a part of ours
        piece = subject.client.fragment(path)
        yield piece.status_code < 400 and "<html" not in piece.text, f"{path} sebagai potongan: {piece.status_code}"


@rule("tidak ada galat pada alamat asing")
def _strange_addresses(subject: Subject) -> Iterator[tuple[bool, str]]:
    for path, route in subject.routes():
        if "GET" in route.methods and "{" in path:
            for value in ("999999999", "0", "99999999999999999999"):
                address = re.sub(r"{\w+(:\w+)?}", value, path)
                answer = subject.client.get(address)
                yield answers(answer), f"{address}: {answer.status_code}"


class _Outline(HTMLParser):
    """What a page without a browser tells about access: labels, headings, language, inline code."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.labels: set[str] = set()
        self.inputs: list[dict[str, str | None]] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.language = ""
        self._inside_label = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "html":
            self.language = names.get("lang") or ""
        if tag == "label":
            self._inside_label += 1
            self.labels.add(names.get("for") or "")
        if tag in ("input", "select", "textarea") and names.get("type") not in ("hidden", "submit", "button") and not self._inside_label:
            self.inputs.append(names)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "img" and "alt" not in names:
            self.faults.append("gambar tanpa alt")
        inline_script = tag == "script" and "src" not in names and names.get("type") != "application/ld+json"
        if inline_script or "style" in names or any(name.startswith("on") for name in names):
            self.faults.append(f"kode atau gaya di dalam halaman (<{tag}>)")
        if names.get("id"):
            self.ids.append(names["id"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._inside_label -= 1

    def found(self) -> list[str]:
        faults = list(self.faults)
        if self.headings.count(1) != 1:
            faults.append(f"{self.headings.count(1)} judul h1")
        for before, after in zip(self.headings, self.headings[1:], strict=False):
            if after > before + 1:
                faults.append(f"judul melompat dari h{before} ke h{after}")
        for field in self.inputs:
            if field.get("id") not in self.labels and not field.get("aria-label") and not field.get("aria-labelledby"):
                faults.append(f"isian tanpa label: {field.get('name')}")
        twice = {name for name in self.ids if self.ids.count(name) > 1}
        faults += [f"id ganda: {name}" for name in sorted(twice)]
        if not self.language:
            faults.append("halaman tanpa lang")
        return faults


@rule("aksesibilitas dasar")
def _access(subject: Subject) -> Iterator[tuple[bool, str]]:
    for path in subject.plain_pages():
        answer = subject.client.get(path)
        if answer.status_code == 200 and "text/html" in answer.headers["content-type"]:
            outline = _Outline()
            outline.feed(answer.text)
            faults = outline.found()
            yield not faults, f"{path}: {', '.join(faults)}"


@rule("tulisan dari situs lain ditolak")
def _csrf(subject: Subject) -> Iterator[tuple[bool, str]]:
    for path, route in subject.routes():
        for method in sorted(set(route.methods) - {"GET", "HEAD", "OPTIONS"}):
            address = re.sub(r"{\w+(:\w+)?}", "1", path)
            answer = subject.client.request(method, address, headers={"Origin": "http://situs-lain.invalid"})
            exempt = getattr(getattr(route.endpoint, "__wrapped__", None), "csrf_exempt", False)
            yield answer.status_code in ((401, 403, 400) if exempt else (403,)), f"{method} {address}: {answer.status_code}"


@rule("pegawai saja di Serang Kerja")
def _staff_only(subject: Subject) -> Iterator[tuple[bool, str]]:
    for path, route in subject.routes():
        if path.startswith("/kerja/"):
            method = "GET" if "GET" in route.methods else min(route.methods)
            answer = subject.anonymous.request(method, re.sub(r"{\w+(:\w+)?}", "1", path))
            yield answer.status_code in (303, 401, 403), f"{path} untuk umum: {answer.status_code}"


@rule("setiap tulisan menanyakan izin")
def _asks_permission(subject: Subject) -> Iterator[tuple[bool, str]]:
    """Anonymous visitors with a plausible write are never answered by a change: 2xx answers to a write need a sentence in the README."""
    for path, route in subject.routes():
        for method in sorted(set(route.methods) - {"GET", "HEAD", "OPTIONS"}):
            answer = subject.anonymous.request(method, re.sub(r"{\w+(:\w+)?}", "1", path), data={})
            yield answer.status_code >= 303, f"{method} {path} untuk umum: {answer.status_code}"


@rule("migrasi naik, turun, naik lagi")
def _migrations(subject: Subject) -> Iterator[tuple[bool, str]]:
    history = next((h for h in migrate.histories(subject.host) if h.name == subject.plugin.name), None)
    if history is None:
        yield True, "tanpa tabel"
        return
    engine = subject.portal.db.engine
    others = {name for name in inspect(engine).get_table_names() if not name.startswith(history.prefix)}
    migrate.downgrade(engine, history)
    left = set(inspect(engine).get_table_names())
    yield not [name for name in left if name.startswith(history.prefix)], "masih ada tabel setelah turun"
    yield others <= left, "tabel milik lain ikut hilang"
    migrate.upgrade(engine, history)
    made = {name for name in inspect(engine).get_table_names() if name not in others}
    yield all(name.startswith(history.prefix) for name in made - {history.version_table}), f"tabel harus diawali {history.prefix}"


@rule("tabel sama dengan model")
def _models(subject: Subject) -> Iterator[tuple[bool, str]]:
    from ..db import Base

    migrate.import_models(subject.host)
    prefix = f"{subject.plugin.name}_"
    inspector = inspect(subject.portal.db.engine)
    tables = set(inspector.get_table_names())
    for table in Base.metadata.sorted_tables:
        if table.name.startswith(prefix):
            yield table.name in tables, f"{table.name} tidak dibuat oleh migrasi"
            if table.name in tables:
                columns = {column["name"] for column in inspector.get_columns(table.name)}
                yield columns == set(table.columns.keys()), f"{table.name}: kolom berbeda {sorted(columns ^ set(table.columns.keys()))}"
                for key in table.foreign_keys:
                    yield key.column.table.name.startswith((prefix, "core_")), f"{table.name} menunjuk tabel milik plugin lain"


@rule("data pribadi dinyatakan")
def _personal(subject: Subject) -> Iterator[tuple[bool, str]]:
    has_tables = any(h.name == subject.plugin.name for h in migrate.histories(subject.host))
    names = {plugin.name for plugin, _ in subject.host.impls("personal_data")}
    yield not has_tables or subject.plugin.name in names, "plugin bertabel harus menjawab personal_data"


_CALL = re.compile(r"""(?<![\w.])(?:_|N_|gettext)\(\s*(?P<q>["'])(?P<text>(?:\\.|(?!(?P=q)).)*)(?P=q)""")


_JINJA = {"extensions": "jinja2.ext.i18n,jinja2.ext.do,jinja2.ext.loopcontrols", "newstyle_gettext": "true"}


def messages_of(subject: Subject) -> set[str]:
    """Every text of the plugin that is marked for translation, in code and templates."""
    found: set[str] = set()
    for _path, text in subject.sources():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "N_", "ngettext"):
                found |= {argument.value for argument in node.args if isinstance(argument, ast.Constant) and isinstance(argument.value, str)}
    from babel.messages.extract import extract_from_file
    for path, _text in subject.templates():
        try:
            for message in extract_from_file("jinja2.ext:babel_extract", path, options=_JINJA):
                text = message[1]
                found |= set(text) if isinstance(text, tuple) else {text}
        except SyntaxError:
            found |= {match["text"] for match in _CALL.finditer(path.read_text("utf-8"))}
    return {text for text in found if text and text.strip()}


@rule("setiap kalimat diterjemahkan")
def _translations(subject: Subject) -> Iterator[tuple[bool, str]]:
    from babel.messages.pofile import read_po

    known: set[str] = set()
    for folder in (subject.folder / "locale", Path(__file__).parents[1] / "locale"):
        for path in folder.glob("en/LC_MESSAGES/*.po"):
            with path.open("rb") as file:
                for message in read_po(file):
                    if message.id and message.string and (isinstance(message.string, str) or all(message.string)):
                        known |= {message.id} if isinstance(message.id, str) else set(message.id)
    for text in sorted(messages_of(subject)):
        yield text in known, f"belum ada terjemahan Inggris: {text!r}"


@rule("hanya memakai pendopo dan dirinya")
def _imports(subject: Subject) -> Iterator[tuple[bool, str]]:
    others = {plugin.package for plugin in subject.host if not plugin.builtin and plugin is not subject.plugin}
    for path, text in subject.sources():
        for node in ast.walk(ast.parse(text)):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for name in names:
                yield name.split(".")[0] not in others, f"{path.name} mengimpor {name}"


@rule("kait dijawab tanpa gangguan")
def _hooks(subject: Subject) -> Iterator[tuple[bool, str]]:
    """Every hook that draws pages is asked once, as a page would; nothing of this plugin may have raised by now."""
    now = datetime.now(UTC)
    asked = {
        "roles": {}, "topics": {}, "jobs": {}, "settings": {}, "services": {}, "page_fixtures": {}, "open_datasets": {}, "message_channels": {},
        "berkas_kinds": {}, "companions": {}, "map_layers": {"actor": subject.officer},
    }
    with subject.portal.db.session(write=False) as db:
        asked |= {
            "badge_counts": {"db": db, "actor": subject.officer}, "statistics": {"db": db},
            "search_results": {"db": db, "query": "jalan", "actor": subject.officer, "limit": 5}, "health": {"db": db},
            "calendar_entries": {"db": db, "actor": subject.officer, "start": now, "end": now + timedelta(days=30)},
            "personal_data": {"db": db, "account_id": subject.officer.account_id}, "page_notice": {"db": db, "actor": subject.officer},
        }
        cards = [("dashboard_cards", {"db": db, "actor": subject.officer, "face": face}) for face in ("gawe", "kerja")]
        for hook, arguments in [*asked.items(), *cards]:
            for _ in subject.host.each(hook, **arguments):
                pass
    for fault in subject.plugin.faults:
        yield False, f"{fault.where}: {fault.summary}"
    yield True, ""
