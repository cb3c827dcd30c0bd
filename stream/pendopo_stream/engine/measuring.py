"""A file listened to once, faster than it sounds: loudness (EBU R128), length, where its sound begins and ends, its fingerprint."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .mixing import db

SILENT_LUFS = -50.0  # quieter than this at the ends of a file is no sound
TRIMMED_S = 0.3  # less than this is not worth a cue point
WINDOW_S = 0.4  # momentary loudness looks back so far
QUIET_LU = 12.0  # so far below the whole, the end of a piece bears another one over it
SHORTEST_OVERLAP_S, LONGEST_OVERLAP_S = 0.5, 4.0
MOST_BAD_PACKETS = 50
NOTHING_LUFS = -60.0


class Halted(RuntimeError):
    """The engine ends; the file is measured another time."""


@dataclass(frozen=True)
class Measured:
    """`cue_in_s`, `cue_out_s`: what is heard (0: the end); `overlap_s`: how long before its end the next one may begin."""

    lufs: float
    peak_dbtp: float
    duration_s: float
    cue_in_s: float
    cue_out_s: float
    overlap_s: float


class _Loudness:
    """FFmpeg's ebur128 on the mono that listeners get."""

    def __init__(self, stream: Any, channels: int) -> None:
        import av

        graph = self._graph = av.filter.Graph()  # its filters crash without it
        self._source = last = graph.add_abuffer(template=stream)
        meter, self._sink = graph.add("ebur128", "metadata=1:peak=true"), graph.add("abuffersink")
        if channels > 1:
            both, mono = graph.add("aformat", "channel_layouts=stereo"), graph.add("pan", "mono|c0=0.5*c0+0.5*c1")
            last.link_to(both)
            both.link_to(mono)
            last = mono
        last.link_to(meter)
        meter.link_to(self._sink)
        graph.configure()
        self.momentary: list[float] = []  # each 100 ms
        self.last: dict[str, str] = {}

    def push(self, frame: Any) -> None:
        import av

        self._source.push(frame)
        while True:
            try:
                self.last = dict(self._sink.pull().metadata)
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            self.momentary.append(float(self.last.get("lavfi.r128.M", -120.7)))


def examine(path: Path, halt: threading.Event | None = None) -> Measured:
    """Listen to a file. Raises ValueError when it is silent or has no sound, Halted when `halt` is set, and what FFmpeg raises."""
    import av

    loudness, samples, rate, bad = None, 0, 48_000, 0
    with av.open(str(path), metadata_errors="replace") as container:
        if not container.streams.audio:
            raise ValueError("no sound in it")
        stream = container.streams.audio[0]
        for packet in container.demux(stream):
            if halt is not None and halt.is_set():
                raise Halted(path.name)
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:
                bad += 1
                if bad > MOST_BAD_PACKETS:
                    raise
                continue
            for frame in frames:
                if loudness is None:
                    rate, loudness = frame.sample_rate, _Loudness(stream, frame.layout.nb_channels)
                samples += frame.samples
                loudness.push(frame)
    if loudness is None or not loudness.last:
        raise ValueError("no sound in it")
    lufs, length_s = float(loudness.last["lavfi.r128.I"]), samples / rate
    loudest = max(loudness.momentary)
    if loudest < NOTHING_LUFS:
        raise ValueError("it is silent")
    begin_s, end_s, overlap_s = cue_points(loudness.momentary, max(lufs, NOTHING_LUFS), length_s)
    return Measured(lufs, db(float(loudness.last["lavfi.r128.true_peak"])), round(length_s, 2), begin_s, end_s, overlap_s)


def cue_points(momentary: list[float], lufs: float, length_s: float) -> tuple[float, float, float]:
    """(cue in, cue out, overlap) by the loudness of each 100 ms, which looks back 400. Cue out 0 is the end of the file."""
    floor = min(SILENT_LUFS, lufs - 20.0)
    heard = [place for place, level in enumerate(momentary) if level > floor]
    loud = [place for place, level in enumerate(momentary) if level > lufs - QUIET_LU]
    if not heard:
        return 0.0, 0.0, SHORTEST_OVERLAP_S
    begin_s = heard[0] / 10 - 0.1
    end_s = min(length_s, (heard[-1] + 1) / 10)
    loud_until_s = max(0.0, (loud[-1] + 1) / 10 - WINDOW_S) if loud else end_s
    overlap_s = min(LONGEST_OVERLAP_S, max(SHORTEST_OVERLAP_S, end_s - loud_until_s))
    cue_in_s = round(begin_s, 2) if begin_s >= TRIMMED_S else 0.0
    cue_out_s = round(end_s, 2) if length_s - end_s >= TRIMMED_S else 0.0
    return cue_in_s, cue_out_s, round(overlap_s, 2)


def measure(path: Path) -> tuple[float, float, float]:
    """(integrated LUFS, true peak dBTP, seconds) of a file as listeners get it, which is in mono."""
    found = examine(path)
    return found.lufs, found.peak_dbtp, found.duration_s


def fingerprint(path: Path) -> str:
    """The same for the same bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
