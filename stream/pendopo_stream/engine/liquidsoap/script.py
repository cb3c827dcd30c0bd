"""The script that Liquidsoap runs, made from `station.liq` for the version that is installed.

Written for 2.1 (Debian 12) and later. What later versions offer is used where it is there:

- from 2.2 a reference is read as `x()`; before, as `!x`
- from 2.2.4 a request minds its own cue points; before, `cue_cut` does it
- from 2.4 callbacks say whether they may hold up the sound (`synchronous=false`)

Control goes through `server.register` alone, which is the same in all of them (harbor's HTTP routes are not).
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from .client import Version, quoted

TEMPLATE = Path(__file__).with_name("station.liq")
PROGRAM = "liquidsoap"
SOCKET = "liquidsoap.sock"
MIC = "mic.pcm"
SCRIPT = "station.liq"
HLS = "hls"
WORK = "liquidsoap"  # the folder in the station's home for all that is generated here
MP3_MOUNT, OPUS_MOUNT = "/stream.mp3", "/low.ogg"
STAND_IN_MOUNT = "/stand-in.mp3"
SOURCE_MOUNT = "live"
DUCK = 0.2  # -14 dB
CHECK_S = 30.0


class BadScript(RuntimeError):
    """Liquidsoap refuses the script."""


@dataclass(frozen=True)
class Ways:
    """Where Liquidsoap is met: ports on this machine, and the words that open them. Never logged."""

    tap_port: int
    source_port: int
    door_port: int
    icecast_port: int
    tap_password: str = field(repr=False)
    door_key: str = field(repr=False)
    icecast_password: str = field(repr=False)
    source_bind: str = "127.0.0.1"


def area_mount(code: str) -> str:
    return f"/area/{code}.mp3"


def area_queue(code: str) -> str:
    return "area_" + re.sub(r"\D", "_", code)


def literal(text: str) -> str:
    """`text` as a string of the script, where `#{` would begin an expression."""
    return quoted(text.replace("#{", "# {"))


def script(home: Path, ways: Ways, version: Version, *, name: str = "Radio", areas: tuple[str, ...] = ()) -> str:
    """The whole script."""
    number = (version.major, version.minor, version.patch)
    cue_cut = number < (2, 2, 4)
    values = {
        "name": re.sub(r"[^\w .-]", "", name), "version": str(version), "station": literal(name),
        "root": "settings.init.allow_root.set(true)" if os.geteuid() == 0 else "",
        "socket": literal(str(home / WORK / SOCKET)), "bind": literal(ways.source_bind), "reserve": literal(str(home / "media" / "reserve")),
        "mic": literal(f"cat {_shell(home / WORK / MIC)}"), "duck": str(DUCK),
        "cue_in": "cue_cut(" if cue_cut else "", "cue_out": ")" if cue_cut else "",
        "synchronous": "synchronous=false, " if number >= (2, 4, 0) else "",
        "door": literal(f"http://127.0.0.1:{ways.door_port}/source"), "door_key": literal(ways.door_key),
        "source_mount": literal(SOURCE_MOUNT), "source_port": str(ways.source_port),
        "tap_port": str(ways.tap_port), "tap_password": literal(ways.tap_password),
        "outputs": "\n".join(_outputs(home, ways, name, areas)),
    }
    text = re.sub(r"@(\w+)@", lambda found: values[found[1]], TEMPLATE.read_text("utf-8"))
    return re.sub(r"!([a-z]\w*)", r"\1()", text) if number >= (2, 2, 0) else text


def _outputs(home: Path, ways: Ways, name: str, areas: tuple[str, ...]) -> list[str]:
    to = f"port={ways.icecast_port}, host=\"127.0.0.1\", password={literal(ways.icecast_password)}, name={literal(name)}, public=false, on_error=fun (_) -> 1."
    mp3 = "%mp3(bitrate=64, samplerate=48000, mono, internal_quality=4)"
    opus = '%opus(bitrate=24, samplerate=48000, channels=1, vbr="constrained", application="audio")'
    lines = [
        f'output.icecast({mp3}, id="mp3", mount="{MP3_MOUNT}", {to}, mean(out))',
        f'output.icecast({opus}, id="opus", mount="{OPUS_MOUNT}", {to}, mean(out))',
        f'output.file.hls(id="hls", playlist="live.m3u8", segment_duration=2., segments=8, segments_overhead=8, {literal(str(home / HLS))},'
        ' [("aac", %ffmpeg(format="mpegts", %audio(codec="aac", b="64k", ar=48000, channels=2)))], out)',
    ]
    for code in areas:
        queue = area_queue(code)
        lines += [
            f'{queue} = request.queue(id="{queue}", interactive=false, timeout=5.)',
            f"{queue}.on_track(fun (_) -> ())",
            f"{queue}_bed = fader(1.)",
            f"def {queue}_follow()",
            f"  {queue}_bed.move(if source.is_ready({queue}) then {DUCK} else 1. end, 0.1)",
            f"  {queue}_bed.gain()",
            "end",
            f'output.icecast({mp3}, id="{queue}_mp3", mount="{area_mount(code)}", {to}, mean(bounded(add(normalize=false,'
            f" [amplify(override=null(), {queue}_follow, out), {queue}]))))",
            f'def {queue}_speak(uri) = {queue}.push(request.create(uri)) "{{}}" end',
            f'command("{queue}", {queue}_speak)',
            f'def {queue}_hush(_) = {queue}.set_queue([]) if {queue}.is_ready() then {queue}.skip() end "{{}}" end',
            f'command("{queue}_hush", {queue}_hush)',
        ]
    return lines


def _shell(path: Path) -> str:
    return "'" + str(path).replace("'", "'\\''") + "'"


def installed(program: str = PROGRAM) -> Version | None:
    """Which Liquidsoap is here, or None."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=CHECK_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Version.read(done.stdout) if done.returncode == 0 else None


def write_private(path: Path, text: str) -> None:
    """Write `text` for its owner's eyes only: it holds passwords."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


def write_script(home: Path, text: str) -> Path:
    """Write the script and what it wants to find: the pipe of the microphones, the folders."""
    work = home / WORK
    write_private(work / SCRIPT, text)
    if not (work / MIC).is_fifo():
        (work / MIC).unlink(missing_ok=True)
        os.mkfifo(work / MIC, 0o600)
    (home / "media" / "reserve").mkdir(parents=True, exist_ok=True)
    (home / HLS).mkdir(exist_ok=True)
    return work / SCRIPT


def check(path: Path, program: str = PROGRAM) -> None:
    """Ask Liquidsoap whether it understands the script. Raises BadScript with what it says."""
    done = subprocess.run([program, "--check", str(path)], capture_output=True, text=True, timeout=CHECK_S, check=False)
    if done.returncode:
        raise BadScript((done.stdout + done.stderr)[-600:])
