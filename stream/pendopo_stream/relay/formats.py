"""What players and directories read: headers, playlists, and Icecast's status."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from ..wire import BITRATES, CONTENT_TYPES
from .icy import METAINT

if TYPE_CHECKING:
    from .ears import Ears

OLD_LENGTH = 2**31 - 1
RATE_HZ = 48_000


def base(mount: str) -> str:
    """The encoding of a mount: "mp3" of "mp3@36.04.30"."""
    return mount.partition("@")[0]


def audio_headers(mount: str, *, name: str = "", url: str = "", genre: str = "", icy: bool = False) -> dict[str, str]:
    headers = {
        "Content-Type": CONTENT_TYPES[base(mount)], "Cache-Control": "no-store", "Accept-Ranges": "none", "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "icy-metaint, icy-name, icy-br, x-posisi, x-sejak", "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Accel-Buffering": "no", "icy-name": _latin(name), "icy-url": _latin(url), "icy-genre": _latin(genre),
        "icy-br": str(BITRATES[base(mount)] // 1000), "icy-pub": "1",
    }
    return {**headers, "icy-metaint": str(METAINT)} if icy else headers


def _latin(text: str) -> str:
    return text.encode("latin-1", "replace").decode("latin-1").replace("\r", " ").replace("\n", " ")


def playlist_m3u(streams: list[tuple[str, str]]) -> str:
    """`streams`: (name, address)."""
    return "\n".join(["#EXTM3U", *(line for name, url in streams for line in (f"#EXTINF:-1,{name}", url))]) + "\n"


def playlist_pls(streams: list[tuple[str, str]]) -> str:
    lines = ["[playlist]", f"NumberOfEntries={len(streams)}"]
    for number, (name, url) in enumerate(streams, 1):
        lines += [f"File{number}={url}", f"Title{number}={name}", f"Length{number}=-1"]
    return "\n".join([*lines, "Version=2"]) + "\n"


def status_json(ears: Ears, *, name: str, description: str, genre: str, admin: str, host: str, mounts: dict[str, str], url: str = "") -> dict[str, Any]:
    """What Icecast 2.4 answers at /status-json.xsl, field by field. `mounts`: mount -> its full address; `url`: the station's page."""
    started = _moment(ears.began)
    sources = [
        {
            "audio_info": f"bitrate={BITRATES[base(mount)] // 1000};channels=1;samplerate={RATE_HZ}", "bitrate": BITRATES[base(mount)] // 1000, "channels": 1,
            "genre": genre, "listener_peak": ears.peaks[mount], "listeners": ears.listeners_of(mount), "listenurl": address, "samplerate": RATE_HZ,
            "server_description": description, "server_name": name, "server_type": CONTENT_TYPES[base(mount)], "server_url": url,
            "stream_start": format_datetime(started), "stream_start_iso8601": _iso(started),
            **({"subtype": "Opus"} if base(mount) == "opus" else {}), **({"title": ears.title} if ears.title else {}), "dummy": None,
        }
        for mount, address in mounts.items()
        if ears.connected
    ]
    stats: dict[str, Any] = {
        "admin": admin, "host": host, "location": name, "server_id": "pendopo-stream",
        "server_start": format_datetime(started), "server_start_iso8601": _iso(started),
    }
    if not sources:
        return {"icestats": {**stats, "dummy": None}}
    return {"icestats": {**stats, "source": sources[0] if len(sources) == 1 else sources}}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC) if text else datetime.now(UTC)


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S%z")
