"""`make shots`: pictures of every page at 360 and 1,280 px, in both languages, light and dark, into var/shots for human eyes.

`shots.py --only radio` takes pages whose name holds the word, `--quick` one language and look, `--readme` the few pictures of
the README into docs/pictures. `--home FOLDER` keeps the demo regency there for the next time.
"""

from __future__ import annotations

import argparse
import html
import io
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from pendopo.testing.browser import SIZES, Visitor, launched
from pendopo.testing.served import DemoHouse, House
from pendopo.testing.walk import EVERYBODY, routes, walk

ROOT = Path(__file__).parents[1]
HOMES = {"home", "kerja"}  # everybody's is another
LANGUAGES, LOOKS = ("id", "en"), ("light", "dark")
TALLEST_PX = 8_000
README = (  # file, who, path, size, look
    ("beranda", "", "/", "desktop", "light"),
    ("lapor", "warga", "/pelaporan/baru", "phone", "light"),
    ("peta", "", "/pelaporan/peta", "desktop", "light"),
    ("meja", "admin", "/kerja/meja/", "desktop", "light"),
    ("radio", "warga", "/radio/", "phone", "dark"),
    ("surat", "pimpinan", "/kerja/surat/", "desktop", "dark"),
)
README_BYTES = 150_000


@dataclass(frozen=True)
class Shot:
    name: str
    who: str
    path: str


def pages_to_show(house: House, only: str) -> list[Shot]:
    """Each page once, as the first person sees who reaches it; the homes as each sees them."""
    known = routes(house)
    shots: dict[str, Shot] = {}
    for who in EVERYBODY:
        for key, path in walk(house, known, who, begin=("/", "/kerja/")).pages.items():
            name = re.sub(r"\W+", "-", key).strip("-") + (f"-{who or 'umum'}" if key in HOMES else "")
            if only in name:
                shots.setdefault(name, Shot(name, who, path))
    return list(shots.values())


def take(page: Any, shot: Shot, size: str, file: Path) -> None:
    """The whole page, as tall as it is, so that what is fixed to the edge of the screen stands at its edge."""
    page.set_viewport_size(SIZES[size])
    page.goto(shot.path)
    page.wait_for_load_state("load")
    page.wait_for_timeout(250 if "map" not in shot.name else 1200)
    tall = page.evaluate("document.scrollingElement.scrollHeight")
    page.set_viewport_size({**SIZES[size], "height": max(SIZES[size]["height"], min(tall, TALLEST_PX))})
    page.screenshot(path=str(file), full_page=True)


def take_all(house: House, browser: Any, folder: Path, *, only: str, quick: bool) -> list[str]:
    """Returns what went wrong in the browser on the way."""
    folder.mkdir(parents=True, exist_ok=True)
    shots, wrong = pages_to_show(house, only), []
    for language in LANGUAGES[:1] if quick else LANGUAGES:
        for look in LOOKS[:1] if quick else LOOKS:
            for who in EVERYBODY:
                mine = [shot for shot in shots if shot.who == who]
                if not mine:
                    continue
                visitor = Visitor(browser, house, who, language=language, look=look)
                page = visitor.context.new_page()
                for shot in mine:
                    for size in SIZES:
                        take(page, shot, size, folder / f"{shot.name}-{SIZES[size]['width']}-{language}-{look}.png")
                wrong += visitor.wrong
                visitor.close()
                print(f"{language} {look} {who or 'umum'}: {len(mine)} pages", flush=True)
    write_index(folder)
    return wrong


def write_index(folder: Path) -> None:
    """All pictures side by side, by page."""
    names: dict[str, list[str]] = {}
    for file in sorted(folder.glob("*.png")):
        names.setdefault(re.sub(r"-\d+-\w\w-\w+$", "", file.stem), []).append(file.name)
    rows = []
    for name, files in sorted(names.items()):
        pictures = "".join(f'<a href="{f}"><img loading="lazy" src="{f}" alt="{html.escape(f)}" title="{html.escape(f)}"></a>' for f in files)
        rows.append(f"<h2>{html.escape(name)}</h2><div>{pictures}</div>")
    style = "body{font:16px sans-serif;margin:2rem}div{display:flex;gap:1rem;overflow:auto;align-items:start}img{height:480px;border:1px solid #ccc}"
    (folder / "index.html").write_text(f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Pendopo</title><style>{style}</style>{"".join(rows)}</html>')


def take_for_readme(house: House, browser: Any, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, who, path, size, look in README:
        visitor = Visitor(browser, house, who, size=size, look=look)
        page = visitor.page(path)
        page.set_viewport_size({**SIZES[size], "height": SIZES[size]["height"] * 4 // 3})
        page.wait_for_timeout(1500)
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        visitor.close()
        for quality in (85, 70, 55, 40):
            picture.save(folder / f"{name}.webp", quality=quality, method=6)
            if (folder / f"{name}.webp").stat().st_size <= README_BYTES:
                break


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--readme", action="store_true")
    parser.add_argument("--home", type=Path)
    wanted = parser.parse_args()
    os.environ.pop("PENDOPO_TEST_DATABASE", None)
    work = Path(tempfile.mkdtemp(prefix="pendopo-shots-"))
    try:
        demo = DemoHouse(wanted.home or work / "demo", scale=0.2)
        with demo.copy(work / "home") as house, launched() as browser:
            house.start()
            if wanted.readme:
                take_for_readme(house, browser, ROOT / "docs" / "pictures")
                return
            folder = ROOT / "var" / "shots"
            wrong = take_all(house, browser, folder, only=wanted.only, quick=wanted.quick)
        print(f"{len(list(folder.glob('*.png')))} pictures: {folder / 'index.html'}")
        if wrong:
            sys.exit("went wrong in the browser:\n" + "\n".join(dict.fromkeys(wrong)))
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
