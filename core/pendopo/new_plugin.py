"""`pendopo new-plugin`: a complete, tested plugin to begin from."""

from __future__ import annotations

import re
from pathlib import Path

NAME = re.compile(r"(gawe|kerja)_[a-z][a-z0-9]{1,30}")
PLACE = re.compile(r"@\{([a-z]+)\}")  # `@{word}`: braces and dollars of Python and Jinja stay
SKELETON = Path(__file__).parent / "skeleton"


def create_plugin(folder: Path, name: str, title: str = "") -> Path:
    """Write the plugin `name` (`gawe_contoh`, `kerja_contoh`) below `folder` and return where it is.

    Raises ValueError for a name of another shape or a folder that exists.
    """
    if not NAME.fullmatch(name):
        raise ValueError("Nama plugin ditulis gawe_... atau kerja_..., huruf kecil, misalnya gawe_contoh.")
    target = folder / name
    if target.exists():
        raise ValueError(f"{target} sudah ada.")
    face, _, slug = name.partition("_")
    words = {
        "name": name, "dist": name.replace("_", "-"), "slug": slug, "face": face, "title": title or slug.capitalize(),
        "prefix": f"/{slug}" if face == "gawe" else f"/kerja/{slug}", "hook": "routes" if face == "gawe" else "staff_routes",
        "viewers": "" if face == "gawe" else f"{slug}.close",
    }
    for source in sorted(SKELETON.rglob("*.tmpl")):
        relative = source.relative_to(SKELETON).as_posix().removesuffix(".tmpl").replace("__name__", name)
        path = target / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PLACE.sub(lambda match: words[match[1]], source.read_text("utf-8")), "utf-8")
    return target

