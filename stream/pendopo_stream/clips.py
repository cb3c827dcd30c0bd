"""Recorded clips of fixed phrases ("Perhatian", names of kecamatan, hours), heard instead of the robot where they exist.

A clip is an audio file in `voices/clips/<language>/`; its name is the phrase as it is spoken: `perhatian.wav`,
`kecamatan-anyar.mp3`, `pukul-empat-belas.ogg`. The longest phrase that fits wins.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import numpy as np

from . import takes

ENDINGS = (".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a")
WORD = re.compile(r"[\w'’]+")


def slug(phrase: str) -> str:
    """`phrase` as a clip is called: "Kecamatan Anyar," is "kecamatan-anyar"."""
    return "-".join(word.lower() for word in WORD.findall(phrase))


def split(text: str, phrases: Collection[str]) -> list[tuple[str, str]]:
    """`text` cut into `("clip", slug)` and `("words", text)`, in order. `phrases` are slugs."""
    known = {tuple(name.split("-")) for name in phrases if name}
    longest = max(map(len, known), default=0)
    found = list(WORD.finditer(text))
    heard = tuple(match.group().lower() for match in found)
    pieces: list[tuple[str, str]] = []
    at, done = 0, 0
    while at < len(found):
        length = next((n for n in range(min(longest, len(found) - at), 0, -1) if heard[at : at + n] in known), 0)
        if not length:
            at += 1
            continue
        pieces += [("words", text[done : found[at].start()]), ("clip", "-".join(heard[at : at + length]))]
        at += length
        done = found[at - 1].end()
    pieces.append(("words", text[done:]))
    return [(kind, part) for kind, part in pieces if kind == "clip" or WORD.search(part)]


class Clips:
    """The clips in one station's `voices/clips/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, language: str) -> dict[str, Path]:
        folder = self.folder / language
        return {path.stem.lower(): path for path in sorted(folder.glob("*")) if path.suffix in ENDINGS} if folder.is_dir() else {}

    def pieces(self, text: str, language: str) -> list[tuple[str, str | np.ndarray]]:
        """`text` as recorded sounds and the words between them. A clip that can't be read is spoken by the robot."""
        paths = self.of(language)
        pieces: list[tuple[str, str | np.ndarray]] = []
        for kind, part in split(text, paths):
            sound = _read(paths[part]) if kind == "clip" else None
            pieces.append(("words", part.replace("-", " ") if kind == "clip" else part) if sound is None else ("sound", sound))
        return pieces


def _read(path: Path) -> np.ndarray | None:
    try:
        return takes.read_take(path.read_bytes())
    except (takes.NotATake, OSError):
        return None
