"""Files under `media/` as tracks: tags, length, loudness and cue points measured once, remembered in `library.json`.

A file is whole or not there: write it under a hidden name beside its place and rename it. What can't be read, is empty, silent
or not sound stands in `broken` and is never on the air.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..tracks import OVERLAP_S, Track
from .measuring import Halted, examine, fingerprint, measure

__all__ = ["KINDS", "TARGET_LUFS", "Library", "gain_of", "measure", "read_tags"]
KINDS = ("music", "reserve", "ident", "jingle", "adzan", "cart", "programme")
ENDINGS = {".mp3", ".ogg", ".opus", ".flac", ".wav", ".m4a", ".aac"}
TARGET_LUFS = -16.0
CEILING_DBTP = -1.5
SAVE_S = 20.0
MOST_GAIN_DB = 20.0
SPOKEN_OVERLAP_S = 0.5
LIMITED_DB = 8.0  # so much of the highest peaks is left to the limiter
MEASURED_AS = 3  # grows when files have to be measured anew


class Library:
    """The media folder of a station. `root/<kind>/[<tag>/]file`."""

    def __init__(self, root: Path, cache: Path) -> None:
        self.root, self.cache = root, cache
        self._known: dict[str, dict[str, Any]] = {}
        self.broken: dict[str, str] = {}
        self.halt = threading.Event()  # set: stop measuring, in the middle of a file
        try:
            known = json.loads(cache.read_text("utf-8"))
            self._known = known if isinstance(known, dict) else {}
        except (OSError, ValueError):
            self._known = {}  # it is only a memory: everything can be measured again

    def files(self) -> Iterator[tuple[str, str, Path]]:
        """(id, kind, path) of each audio file, in order. Links that lead out of the folder are left out."""
        root = self.root.resolve()
        for kind in KINDS:
            for path in sorted((self.root / kind).rglob("*")):
                hidden = any(part.startswith(".") for part in path.relative_to(self.root).parts)
                if path.suffix.lower() in ENDINGS and not hidden and path.is_file() and path.resolve().is_relative_to(root):
                    yield path.relative_to(self.root).as_posix(), kind, path

    def tracks(self) -> list[Track]:
        """All playable files; a new one is read for its tags, but measured only by `measure_new`."""
        found = []
        for track_id, kind, path in self.files():
            entry = self._entry(track_id, path)
            if entry and not entry.get("error"):
                tags = frozenset([*path.relative_to(self.root / kind).parent.parts, *entry.get("tags", ())])
                found.append(Track(
                    track_id, track_id, entry["title"], entry["artist"], entry["duration_s"], gain_of(entry), kind, tags,
                    entry.get("cue_in_s", 0.0), entry.get("cue_out_s", 0.0), overlap_of(entry, kind),
                    datetime.fromtimestamp(entry["stamp"][1] / 1000, UTC),
                ))
        return found

    def _entry(self, track_id: str, path: Path) -> dict[str, Any] | None:
        try:
            stat = path.stat()
        except OSError as error:
            self.broken[track_id] = str(error)
            return None
        stamp = [stat.st_size, int(stat.st_mtime * 1000), MEASURED_AS]
        entry = self._known.get(track_id)
        if entry is None or entry.get("stamp") != stamp:
            entry = {"stamp": stamp, **read_tags(path)}
            self._known[track_id] = entry
        if entry.get("error"):
            self.broken[track_id] = entry["error"]
        else:
            self.broken.pop(track_id, None)
        return entry

    def measure_new(self) -> Iterator[str]:
        """Measure what has no loudness yet, one file at a time; yields each id when it is done."""
        saved = time.monotonic()
        for track_id, _, path in self.files():
            if time.monotonic() - saved > SAVE_S:  # a long first measuring is not lost
                self.save()
                saved = time.monotonic()
            entry = self._entry(track_id, path)
            if entry is None or entry.get("error") or "lufs" in entry:
                continue
            try:
                entry |= {**asdict(examine(path, self.halt)), "sha256": fingerprint(path)}
            except Halted:
                break
            except Exception as error:  # noqa: BLE001  FFmpeg raises many kinds, and a bad file must not end the station
                entry["error"] = f"{type(error).__name__}: {error}"[:200]
                self.broken[track_id] = entry["error"]
            yield track_id
        self.save()

    def doubles(self) -> list[list[str]]:
        """Ids of files that hold the same bytes, those that were measured."""
        same: dict[str, list[str]] = {}
        for track_id, entry in sorted(self._known.copy().items()):
            if entry.get("sha256"):
                same.setdefault(entry["sha256"], []).append(track_id)
        return [ids for ids in same.values() if len(ids) > 1]

    def save(self) -> None:
        """Write the memory so that a crash in the middle leaves the old one."""
        present = {track_id for track_id, _, _ in self.files()}
        self._known = {track_id: entry for track_id, entry in self._known.items() if track_id in present}
        self.broken = {track_id: why for track_id, why in self.broken.items() if track_id in present}
        fresh = self.cache.with_suffix(".new")
        fresh.write_text(json.dumps(self._known, ensure_ascii=False, indent=1), "utf-8")
        os.replace(fresh, self.cache)


def gain_of(entry: dict[str, Any]) -> float:
    """The gain that brings a file to -16 LUFS, with its peaks no more than the limiter can take above -1.5 dBTP; 0 before it is
    measured.
    """
    if entry.get("lufs") is None or entry["lufs"] < -60:
        return 0.0
    return round(min(TARGET_LUFS - entry["lufs"], CEILING_DBTP + LIMITED_DB - entry["peak_dbtp"], MOST_GAIN_DB), 2)


def overlap_of(entry: dict[str, Any], kind: str) -> float:
    """Music fades into music by its own end; words, a jingle or an adzan are heard to the last."""
    measured = float(entry.get("overlap_s", OVERLAP_S))
    return measured if kind in ("music", "reserve") else min(measured, SPOKEN_OVERLAP_S)


def read_tags(path: Path) -> dict[str, Any]:
    """Title, artist, genre and length of a file, or why it can't be read."""
    import av

    try:
        with av.open(str(path), metadata_errors="replace") as container:
            if not container.streams.audio:
                return {"error": "no sound in it"}
            stream = container.streams.audio[0]
            tags = {key.lower(): value for key, value in {**stream.metadata, **container.metadata}.items()}
            duration = (container.duration or 0) / 1_000_000
    except (OSError, ValueError, av.FFmpegError) as error:
        return {"error": f"{type(error).__name__}: {error}"[:200]}
    genre = tags.get("genre", "").strip().lower()
    return {
        "title": tags.get("title", "").strip()[:200] or path.stem.replace("_", " "), "artist": tags.get("artist", "").strip()[:200],
        "tags": [genre] if genre else [], "duration_s": round(duration, 2),
    }
