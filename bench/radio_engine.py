"""What making the sound costs: the embedded engine with two mounts, playing and crossfading."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median

from radio_relay import cpu_s
from servers import Server, running

SETTLE_S = 12.0
WINDOW_S = 5.0
WINDOWS = 4
PIECE_S = 25.0  # short pieces, so that crossfades are in it


def measure(folder: Path) -> list:
    from run import Row

    from pendopo_stream.testing import sine, write_audio

    home = folder / "engine"
    for number, pitch in enumerate((220, 330, 440, 550)):
        write_audio(home / f"media/music/{number}.wav", sine(pitch, PIECE_S), title=f"Nada {number}", artist=f"Penala {number}")
    command = [sys.executable, "-m", "pendopo_stream.engine", "--home", str(home), "--engine", "embedded", "--mounts", "mp3,opus"]
    engine = Server("engine", command, 0)
    with running(engine):
        deadline = time.monotonic() + 20
        while not (home / "engine.sock").exists():
            if engine.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the engine did not begin; see {engine.log.name}")
            time.sleep(0.1)
        time.sleep(SETTLE_S)  # files are measured in the beginning
        shares = []
        for _ in range(WINDOWS):
            used, began = cpu_s(engine.process.pid), time.perf_counter()
            time.sleep(WINDOW_S)
            shares.append((cpu_s(engine.process.pid) - used) / (time.perf_counter() - began) * 100)
        memory = engine.memory_mb()
    return [
        Row("embedded engine with two mounts, of one core", median(shares), "%", 15, detail=f"{min(shares):.1f}-{max(shares):.1f} %"),
        Row("memory of the embedded engine", memory, "MB", 200),
    ]
