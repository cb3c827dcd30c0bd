"""The words of every part: `words.py extract` collects new sentences into each English catalogue, `compile` makes the .mo files.

The message id is the Indonesian sentence. `extract` keeps translations, drops what no longer stands anywhere, and lists
what still lacks an English sentence; it exits with 1 when there is any. `check` does the same and writes nothing.
"""

import sys
import tomllib
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
KEYWORDS = {"_": None, "N_": None, "gettext": None, "translate": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("**/templates/**", "jinja2")]
OPTIONS = {"**/templates/**": {"extensions": "jinja2.ext.i18n,jinja2.ext.do,jinja2.ext.loopcontrols", "trimmed": "false", "silent": "false"}}
LANGUAGES = ("en",)


def packages() -> list[Path]:
    """The package folder of every part that has words."""
    parts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pendopo"]["workspace"]["parts"]
    found = [path.parent for part in parts for path in sorted((ROOT / part).glob("*/__init__.py")) if path.parent.name != "tests"]
    return [folder for folder in found if folder.name != "pendopo_stream"]


def catalogue_of(package: Path, language: str) -> Path:
    return package / "locale" / language / "LC_MESSAGES" / f"{package.name}.po"


def extract(package: Path, *, write: bool = True) -> int:
    """Update the catalogues of `package`; return how many sentences lack a translation."""
    template = Catalog(project=package.name, charset="utf-8")
    for filename, _line, message, comments, context in extract_from_dir(
        package, METHODS, OPTIONS, KEYWORDS, comment_tags=("catatan:",), directory_filter=lambda path: Path(path).name not in ("skeleton", "tests", "vendor")
    ):
        template.add(message, locations=[(filename, 0)], auto_comments=comments, context=context)
    lacking = 0
    for language in LANGUAGES:
        path = catalogue_of(package, language)
        if not template and not path.exists():
            continue
        catalog = read_po(BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(locale=language, project=package.name)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        buffer = BytesIO()
        write_po(buffer, catalog, width=120, sort_output=True, no_location=True, omit_header=False)
        # Dates in the header would change the file at each run.
        text = "\n".join(line for line in buffer.getvalue().decode().split("\n") if "-Date:" not in line)
        if write:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        for message in catalog:
            strings = message.string if isinstance(message.string, tuple | list) else [message.string]
            if message.id and not all(strings):
                lacking += 1
                print(f"{path.relative_to(ROOT)}: {message.id!r}")
    return lacking


def compile_all(package: Path) -> None:
    for path in sorted(package.glob("locale/*/LC_MESSAGES/*.po")):
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
            continue
        with path.open("rb") as source, target.open("wb") as out:
            write_mo(out, read_po(source, locale=path.parent.parent.name))


def main() -> None:
    command, *names = sys.argv[1:]
    known = packages()
    if unknown := set(names) - {package.name for package in known}:
        sys.exit(f"no such package: {', '.join(sorted(unknown))}; there are {', '.join(package.name for package in known)}")
    chosen = [package for package in known if not names or package.name in names]
    if command == "compile":
        for package in chosen:
            compile_all(package)
    elif command in ("extract", "check"):
        lacking = sum(extract(package, write=command == "extract") for package in chosen)
        sys.exit(1 if lacking else 0)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
