"""HLS from the ring: one playlist, media segments that never change, made alike by every process that hears the engine.

A chunk of the mount `hls` is a whole segment. Fragmented MP4 has a header chunk (the init segment); MPEG-TS has none.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from .ears import Ears
from .ring import Entry

MOUNT = "hls"
SEGMENTS = 8
PLAYLIST = "application/vnd.apple.mpegurl"
FOREVER = "public, max-age=31536000, immutable"
SOON = "public, max-age=1"
SEGMENT_S = 2
GAP = "#EXT-X-GAP"
SHORTLY_S = 2.0  # a segment that a faster process has named already is waited for so long
ANNOUNCED = "id.pendopo.pengumuman"
LONGEST_TEXT = 500
BANDWIDTH = 76_000
CODECS = "mp4a.40.2"


class Answer(NamedTuple):
    status: int
    kind: str
    cache: str
    body: bytes


MISSING = Answer(404, "text/plain", "no-store", b"Not found\n")


async def answer(ears: Ears, path: str, first_sound_s: float = 6.0) -> Answer:
    """What is at `path` below `/radio/hls/`: `master.m3u8`, `live.m3u8`, `<run>/init.mp4`, `<run>/<number>.m4s` or `.ts`."""
    if path == "master.m3u8":
        return Answer(200, PLAYLIST, SOON, master().encode())
    if not ears.offers(MOUNT):
        return MISSING
    if path == "live.m3u8":
        if not await ears.wait_for_sound(MOUNT, first_sound_s):
            return Answer(503, "text/plain", "no-store", b"Not on the air\n")
        ears.count_playlist()
        return Answer(200, PLAYLIST, SOON, playlist(ears).encode())
    run, _, name = path.partition("/")
    number, _, form = name.partition(".")
    ears.want(MOUNT)
    if name == "init.mp4":
        return next((Answer(200, "video/mp4", FOREVER, b"".join(entry.heads)) for entry in _segments(ears) if entry.run == run and entry.heads), MISSING)
    if not number.isascii() or not number.isdigit() or form not in ("m4s", "ts"):
        return MISSING
    return await _segment(ears, run, int(number), form)


async def _segment(ears: Ears, run: str, number: int, form: str) -> Answer:
    deadline = asyncio.get_running_loop().time() + SHORTLY_S
    while True:
        segments = _segments(ears)
        for entry in segments:
            if entry.run == run and entry.chunk.sequence == number and _form(entry) == form:
                return Answer(200, "video/mp4" if form == "m4s" else "video/mp2t", FOREVER, entry.chunk.data)
        newest = segments[-1].chunk.sequence if segments else number - 1
        if not newest < number <= newest + 2 or asyncio.get_running_loop().time() > deadline:
            return MISSING
        await asyncio.sleep(0.1)


def master() -> str:
    stream = f'#EXT-X-STREAM-INF:BANDWIDTH={BANDWIDTH},AVERAGE-BANDWIDTH={BANDWIDTH},CODECS="{CODECS}"'
    return "\n".join(["#EXTM3U", "#EXT-X-VERSION:7", stream, "live.m3u8", ""])


def playlist(ears: Ears) -> str:
    """The last segments. Times count from the beginning of each run, so they are the same wherever the playlist is made."""
    segments = _segments(ears)[-SEGMENTS:]
    longest = max([SEGMENT_S * 1000, *(_length_ms(entry) for entry in segments)])
    listed = _listed(ears, segments)
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{8 if GAP in listed else 7}", f"#EXT-X-TARGETDURATION:{round(longest / 1000)}", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if segments:
        lines += [f"#EXT-X-MEDIA-SEQUENCE:{segments[0].chunk.sequence}", f"#EXT-X-DISCONTINUITY-SEQUENCE:{ears.run_number(segments[0].run)}"]
    return "\n".join([*lines, *_announced(ears, segments), *listed, ""])


def _listed(ears: Ears, segments: list[Entry]) -> list[str]:
    """A line or more for each segment; numbers that are missing within a run are named as gaps, so that counting goes on."""
    lines: list[str] = []
    run, expected = "", 0
    for entry in segments:
        if entry.run != run:
            lines += [*(["#EXT-X-DISCONTINUITY"] if run else []), *([f'#EXT-X-MAP:URI="{entry.run}/init.mp4"'] if entry.heads else [])]
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_time(ears, entry.run, entry.chunk.position_ms)}")
            run, expected = entry.run, entry.chunk.sequence
        for number in range(expected, entry.chunk.sequence):
            lines += [GAP, f"#EXTINF:{SEGMENT_S:.5f},", f"{run}/{number}.{_form(entry)}"]
        expected = entry.chunk.sequence + 1
        lines += [f"#EXTINF:{_length_ms(entry) / 1000:.5f},", f"{run}/{entry.chunk.sequence}.{_form(entry)}"]
    return lines


def _announced(ears: Ears, segments: list[Entry]) -> list[str]:
    """Spoken announcements within the playlist's time, so that a player can show the words when they are heard."""
    lines = []
    for event in ears.spoken:
        run, at = str(event.get("run", "")), int(event.get("voice_at_ms") or event.get("position_ms") or 0)
        length_s = float(event.get("length_s") or 0) or (int(event.get("ends_at_ms") or at) - at) / 1000
        held = [entry for entry in segments if entry.run == run]
        if not held or at > held[-1].chunk.position_ms + 60_000 or at + length_s * 1000 < held[0].chunk.position_ms:
            continue
        texts = event.get("texts") or {}
        values = {"ID": event.get("id"), "CLASS": ANNOUNCED, "START-DATE": _time(ears, run, at)}
        words = {"X-ID": event.get("id"), "X-TITLE": event.get("title"), "X-TEXT": next(iter(texts.values()), "")}
        quoted = ",".join(f'{name}="{_quoted(value)}"' for name, value in values.items())
        lines.append(f"#EXT-X-DATERANGE:{quoted},DURATION={length_s:.3f}," + ",".join(f'{name}="{_quoted(value)}"' for name, value in words.items()))
    return lines


def _quoted(value: Any) -> str:
    """A quoted string can't hold quotes or ends of lines."""
    return " ".join(str(value or "")[:LONGEST_TEXT].replace('"', "\u201d").split())


def _segments(ears: Ears) -> list[Entry]:
    ring = ears.rings[MOUNT]
    return [entry for entry in ring.entries(ring.end - ring.first) if not entry.chunk.header]


def _length_ms(entry: Entry) -> int:
    return getattr(entry.chunk, "duration_ms", 0) or SEGMENT_S * 1000


def _form(entry: Entry) -> str:
    return "m4s" if entry.heads else "ts"


def _time(ears: Ears, run: str, position_ms: int) -> str:
    began = datetime.fromisoformat(ears.runs[run]) if ears.runs.get(run) else datetime.now(UTC)
    return (began.astimezone(UTC) + timedelta(milliseconds=position_ms)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
