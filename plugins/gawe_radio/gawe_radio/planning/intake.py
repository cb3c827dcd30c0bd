"""A file that somebody hands in for the library: known by what is in it, named safely, written so that it is whole or not there."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pendopo import N_

from ..errors import NotSound, SoundTooLarge, SoundTooShort

# Only these are opened at all: FFmpeg's playlist formats would read other files of this machine.
FORMATS = {"mp3": ".mp3", "ogg": ".ogg", "flac": ".flac", "wav": ".wav", "mov,mp4,m4a,3gp,3g2,mj2": ".m4a", "aac": ".aac"}
WHITELIST = "mp3,ogg,flac,wav,mov,aac"
SHORTEST_S = 0.5
KIND_NAMES = {
    "music": N_("Musik"), "jingle": N_("Jingle"), "ident": N_("Identitas stasiun"), "programme": N_("Acara rekaman"), "adzan": N_("Azan"),
    "cart": N_("Klip studio"), "reserve": N_("Cadangan darurat"),
}


@dataclass(frozen=True)
class Sound:
    """What an uploaded file is. `ending` follows from its content, whatever it was called."""

    ending: str
    duration_s: float


def examine(file: BinaryIO, name: str, *, most_mb: int) -> Sound:
    """Look into an upload. Raises SoundTooLarge, NotSound, SoundTooShort."""
    import av

    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size > most_mb * 1024 * 1024:
        raise SoundTooLarge(name=name, n=most_mb)
    try:
        with av.open(file, "r", options={"format_whitelist": WHITELIST}, metadata_errors="replace") as container:
            ending = FORMATS.get(container.format.name)
            if ending is None or not container.streams.audio:
                raise NotSound(name=name)
            first = next(container.decode(audio=0), None)
            duration_s = (container.duration or 0) / 1_000_000
    except (av.FFmpegError, OSError, ValueError) as error:
        raise NotSound(name=name) from error
    if first is None:
        raise NotSound(name=name)
    if duration_s < SHORTEST_S:
        raise SoundTooShort(name=name)
    return Sound(ending, duration_s)


def safe_name(text: str) -> str:
    """A file name of ASCII letters, digits and underscores: "Lagu Pantai (2).MP3" is "lagu_pantai_2"."""
    stem = Path(text.replace("\\", "/")).name.rpartition(".")[0] or text
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")[:60].strip("_") or "suara"


def same_content(file: BinaryIO, others: Iterable[Path]) -> Path | None:
    """The one of `others` that holds the very same bytes. Only files of equal length are read."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    wanted = None
    for path in others:
        try:
            if path.stat().st_size != size:
                continue
            wanted = wanted or hashlib.file_digest(file, "sha256").digest()
            with path.open("rb") as there:
                if hashlib.file_digest(there, "sha256").digest() == wanted:
                    return path
        except FileNotFoundError:
            continue
        finally:
            file.seek(0)
    return None


def put(file: BinaryIO, folder: Path, name: str, ending: str) -> Path:
    """Write the file to `folder` under a free name, synced to disk before it is seen there."""
    folder.mkdir(parents=True, exist_ok=True)
    file.seek(0)
    descriptor, fresh = tempfile.mkstemp(prefix=".unggah-", suffix=".part", dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as there:
            while piece := file.read(1024 * 1024):
                there.write(piece)
            there.flush()
            os.fsync(there.fileno())
        os.chmod(fresh, 0o644)
        return _link(Path(fresh), folder, name, ending)
    finally:
        Path(fresh).unlink()


def _link(fresh: Path, folder: Path, name: str, ending: str) -> Path:
    """Give `fresh` the first free name; two people at once get two names."""
    number = 1
    while True:
        path = folder / (f"{name}{ending}" if number == 1 else f"{name}_{number}{ending}")
        try:
            os.link(fresh, path)
        except FileExistsError:
            number += 1
            continue
        directory = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
        return path
