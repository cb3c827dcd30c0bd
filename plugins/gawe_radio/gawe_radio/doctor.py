"""Is this station fit to be on the air? Each check says what is wrong and what to do about it."""

from __future__ import annotations

import importlib.util
import resource
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from pendopo import N_, _
from pendopo.pages import current_pages
from pendopo_stream import speech
from pendopo_stream.rundown import gaps

from . import station
from .programmes import slots_between

MB_AN_HOUR = 29  # 64 kbit/s
LEAST_DAYS = 14
LEAST_TRACKS = 20
OPEN_FILES = 4096
WAITING = 1024
MISSED = {
    "reserve": N_("Tidak ada musik cadangan: saat acara gagal, hanya ident dan nada yang tersisa."),
    "ident": N_("Tidak ada pengenal stasiun."),
}


@dataclass(frozen=True)
class Finding:
    """`state`: ok, warn (it sounds, but), bad (something does not work)."""

    what: str
    state: str
    words: str


def look(db: Session, now: datetime) -> list[Finding]:
    """All checks, in the order in which an engineer would ask."""
    state = station.state()
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        lambda: _engine(state), lambda: _programs(state), lambda: _library(state), lambda: _week(db, now), _voice, _disk, _browser, _limits,
    )
    return [finding for check in checks for finding in check()]


def _engine(state: dict[str, Any] | None) -> Iterator[Finding]:
    what = _("Mesin siaran")
    if state is None:
        yield Finding(what, "bad", _("Tidak menjawab. Jalankan pendopo serve; galatnya ada di catatan layanan radio."))
        return
    now = state["now"]
    rung = now["rung"]
    yield Finding(what, "ok", f"{state.get('engine', 'embedded')} · {now['track']['label']} · {now.get('level_dbfs', 0):.0f} dBFS")
    if rung in ("reserve", "ident", "tone"):
        yield Finding(_("Yang diputar"), "warn" if rung == "reserve" else "bad", _("Turun ke cadangan (%(rung)s): periksa pustaka dan acara.") % {"rung": rung})
    if now.get("skipped_blocks"):
        late = _("%(n)s potongan 20 ms dilewati: komputer ini terlalu sibuk.") % {"n": now["skipped_blocks"]}
        yield Finding(_("Ketepatan waktu"), "warn", late)
    if state.get("log_fault"):
        yield Finding(_("Log siar"), "bad", str(state["log_fault"]))
    recording = state.get("recording") or {}
    if isinstance(recording, dict) and recording.get("fault"):
        yield Finding(_("Perekam"), "bad", str(recording["fault"]))


def _programs(state: dict[str, Any] | None) -> Iterator[Finding]:
    """Liquidsoap and Icecast, where they are used or could be."""
    found = {name: _version(name, flag) for name, flag in (("liquidsoap", "--version"), ("icecast2", "-v"))}
    used = state is not None and state.get("engine") == "liquidsoap"
    words = " · ".join(version or _("%(name)s tidak terpasang") % {"name": name} for name, version in found.items())
    yield Finding("Liquidsoap, Icecast", "bad" if used and not all(found.values()) else "ok", words)


def _version(name: str, flag: str) -> str:
    program = shutil.which(name)
    if program is None:
        return ""
    done = subprocess.run([program, flag], capture_output=True, text=True, timeout=20, check=False)
    return (done.stdout or done.stderr).strip().splitlines()[0] if done.stdout or done.stderr else name


def _library(state: dict[str, Any] | None) -> Iterator[Finding]:
    if state is None:
        return
    listed = station.ask("tracks")
    kinds = Counter(track["kind"] for track in listed["tracks"])
    words = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
    yield Finding(_("Pustaka"), "ok" if kinds["music"] >= LEAST_TRACKS else "warn", words or _("Kosong: isi lewat Pustaka atau var/radio/media."))
    for kind, why in MISSED.items():
        if not kinds[kind]:
            yield Finding(_("Pustaka"), "warn", _(why))
    for name, why in sorted(listed["broken"].items())[:5]:
        yield Finding(_("Berkas rusak"), "warn", f"{name}: {why}")
    for same in listed["doubles"][:5]:
        yield Finding(_("Berkas kembar"), "warn", " = ".join(same))
    if state.get("plan_fault"):
        yield Finding(_("Rencana siaran"), "bad", state["plan_fault"])


def _week(db: Session, now: datetime) -> Iterator[Finding]:
    slots = slots_between(db, now, now + timedelta(days=1))
    free = sum(((end - start) for start, end in gaps(slots, now, now + timedelta(days=1))), timedelta())
    words = _("%(n)s acara dalam 24 jam; %(hours)s jam di antaranya diisi musik pilihan.") % {"n": len(slots), "hours": round(free.total_seconds() / 3600, 1)}
    yield Finding(_("Acara"), "ok" if slots else "warn", words)
    if not (station.home() / "station.json").exists():
        yield Finding(_("Acara"), "bad", _("station.json belum ditulis: pekerjaan radio_rencana belum berjalan."))


def _voice() -> Iterator[Finding]:
    which = speech.available()
    missing = _("Tidak ada: pengumuman terdengar sebagai nada saja. Pasang pendopo-stream[speech] atau paket espeak-ng.")
    yield Finding(_("Pembaca suara"), "ok" if which else "bad", which or missing)
    if importlib.util.find_spec("aiortc") is None:
        yield Finding("WebRTC", "warn", _("aiortc tidak terpasang: mikrofon memakai websocket."))


def _disk() -> Iterator[Finding]:
    free = shutil.disk_usage(station.home()).free
    days = free / 1_000_000 / MB_AN_HOUR / 24
    words = _("%(gb)s GB bebas: cukup untuk merekam %(days)s hari.") % {"gb": round(free / 1e9, 1), "days": round(days)}
    yield Finding(_("Cakram"), "ok" if days >= LEAST_DAYS else "bad", words)


def _browser() -> Iterator[Finding]:
    address = urlsplit(current_pages().portal.settings.public_url)
    safe = address.scheme == "https" or address.hostname in ("127.0.0.1", "localhost")
    words = address.geturl() if safe else _("Peramban hanya memberi mikrofon lewat https: atur public_url.")
    yield Finding(_("Mikrofon di peramban"), "ok" if safe else "bad", words)


def _limits() -> Iterator[Finding]:
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    path = Path("/proc/sys/net/core/somaxconn")
    waiting = int(path.read_text()) if path.exists() else WAITING
    words = _("%(files)s berkas terbuka, antrean sambungan %(waiting)s.") % {"files": files, "waiting": waiting}
    enough = files >= OPEN_FILES and waiting >= WAITING
    more = "" if enough else " " + _("Naikkan LimitNOFILE dan net.core.somaxconn untuk banyak pendengar.")
    yield Finding(_("Batas sistem"), "ok" if enough else "warn", words + more)
