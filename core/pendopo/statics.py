"""Static files of the core, the plugins and the theme, under addresses that change with their content.

One digest over all files stands in the address (`/-/s/<digest>/<name>`), so that modules may import each other by
relative address and everything can be cached for a year.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from pathlib import Path
from typing import Any

PREFIX = "/-/s/"
COMPRESSIBLE = (".css", ".js", ".mjs", ".svg", ".json", ".geojson", ".html", ".txt", ".xml", ".webmanifest")
TYPES = {".mjs": "text/javascript", ".js": "text/javascript", ".woff2": "font/woff2", ".geojson": "application/geo+json",
         ".webmanifest": "application/manifest+json", ".pmtiles": "application/octet-stream"}


def squeeze(css: str) -> str:
    """CSS without comments and indentation."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    return re.sub(r"\s*\n\s*", "\n", css).strip()


class StaticFiles:
    """Name -> file. Later roots win, so that a theme shadows a plugin and a plugin the core.

    `made`: files that were put together at start, by name; they win over all.
    """

    def __init__(self, roots: list[Path], made: dict[str, bytes] | None = None) -> None:
        self.made = made or {}
        self.files: dict[str, Path] = {}
        for root in roots:
            for path in sorted(root.rglob("*")) if root.is_dir() else []:
                if path.is_file() and not path.name.startswith("."):
                    self.files[path.relative_to(root).as_posix()] = path
        digest = hashlib.sha256()
        for name, path in sorted(self.files.items()):
            digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
        for name, body in sorted(self.made.items()):
            digest.update(name.encode() + b"\0" + body)
        self.digest = digest.hexdigest()[:10]
        self._ready: dict[str, tuple[bytes, bytes | None, bytes]] = {}

    def address(self, name: str) -> str:
        """The address of `name` (`gawe_pelaporan/map.js`, `layout/css/base.css`). LookupError for an unknown file."""
        name = self._known(name)
        return f"{PREFIX}{self.digest}/{name}"

    def _known(self, name: str) -> str:
        for candidate in (name, name.removeprefix("layout/")):
            if candidate in self.files or candidate in self.made:
                return candidate
        raise LookupError(f"no static file {name!r}")

    def _load(self, name: str) -> tuple[bytes, bytes | None, bytes]:
        if name not in self._ready:
            path = Path(name)
            body = self.made[name] if name in self.made else self.files[name].read_bytes()
            squeezed = gzip.compress(body, 6, mtime=0) if path.suffix in COMPRESSIBLE and len(body) > 500 else None
            kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            if kind.startswith("text/") or "json" in kind or kind.endswith("svg+xml"):
                kind += "; charset=utf-8"
            self._ready[name] = body, squeezed, kind.encode()
        return self._ready[name]

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        digest, _, name = scope["path"].removeprefix(PREFIX).partition("/")
        try:
            name = self._known(name)
        except LookupError:
            await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
            return await send({"type": "http.response.body", "body": b""})
        body, squeezed, kind = self._load(name)
        cache = b"public, max-age=31536000, immutable" if digest == self.digest else b"no-cache"
        headers = [(b"content-type", kind), (b"cache-control", cache), (b"vary", b"Accept-Encoding"), (b"x-content-type-options", b"nosniff")]
        accepted = next((value for key, value in scope["headers"] if key == b"accept-encoding"), b"")
        if squeezed is not None and b"gzip" in accepted:
            body = squeezed
            headers.append((b"content-encoding", b"gzip"))
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
