"""Icecast for the station: its configuration and the words that open it, made at the first start and kept in the home."""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import socket
from dataclasses import asdict, dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from .script import MP3_MOUNT, OPUS_MOUNT, STAND_IN_MOUNT, WORK, area_mount, write_private
from .service import Service

CONFIG = "icecast.xml"
KEYS = "keys.json"
PROGRAMS = ("icecast2", "icecast")
SHARE = (Path("/usr/share/icecast2"), Path("/usr/share/icecast"))
OWNERS = (("icecast2", "icecast"), ("icecast", "icecast"), ("nobody", "nogroup"))
BURST_BYTES = 16_384  # two seconds of 64 kbit/s
ICECAST_PORT = "PENDOPO_RADIO_ICECAST_PORT"
SOURCE_PORT = "PENDOPO_RADIO_SOURCE_PORT"


@dataclass(frozen=True)
class Keys:
    """Ports and passwords of this home. They are never shown: not in logs, not in errors."""

    icecast_port: int
    source_port: int
    tap_port: int
    door_port: int
    source: str = field(repr=False)
    relay: str = field(repr=False)
    admin: str = field(repr=False)
    tap: str = field(repr=False)
    door: str = field(repr=False)


def keys_of(home: Path) -> Keys:
    """The keys of `home`: read, or made now. A configured port (`PENDOPO_RADIO_ICECAST_PORT`, `..._SOURCE_PORT`) is taken
    over; else a free one was chosen at the first start.
    """
    path = home / WORK / KEYS
    kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
    ports = dict(zip(("icecast_port", "source_port", "tap_port", "door_port"), free_ports(4), strict=True))
    words = {name: secrets.token_urlsafe(24) for name in ("source", "relay", "admin", "tap", "door")}
    wanted = {"icecast_port": os.environ.get(ICECAST_PORT), "source_port": os.environ.get(SOURCE_PORT)}
    keys = Keys(**(ports | words | kept | {name: int(port) for name, port in wanted.items() if port}))
    if asdict(keys) != kept:
        write_private(path, json.dumps(asdict(keys), indent=1))
    return keys


def free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def program() -> str | None:
    """Where Icecast is installed, or None."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


def reach(variable: str) -> str:
    """The address to listen at: all of this machine's when an operator named the port, else none that others reach."""
    return "0.0.0.0" if os.environ.get(variable) else "127.0.0.1"  # noqa: S104 - who names a port wants others to reach it


def config(home: Path, keys: Keys, *, name: str = "Radio", areas: tuple[str, ...] = (), clients: int = 20_000) -> str:
    """The text of icecast.xml. Listeners' addresses are not written down: the access log is /dev/null."""
    fallback = f"<fallback-mount>{STAND_IN_MOUNT}</fallback-mount><fallback-override>1</fallback-override>"
    share = next((path for path in SHARE if path.is_dir()), SHARE[0])
    mounts = "\n  ".join([
        *(_mount(mount, BURST_BYTES, fallback) for mount in (MP3_MOUNT, *map(area_mount, areas))),
        _mount(OPUS_MOUNT, BURST_BYTES // 2), _mount(STAND_IN_MOUNT, BURST_BYTES, "<hidden>1</hidden>"),
    ])
    return f"""<icecast>
  <location>{escape(name)}</location>
  <admin>root@localhost</admin>
  <hostname>localhost</hostname>
  <limits>
    <clients>{clients}</clients>
    <sources>{8 + len(areas)}</sources>
    <queue-size>524288</queue-size>
    <client-timeout>30</client-timeout>
    <header-timeout>15</header-timeout>
    <source-timeout>10</source-timeout>
    <burst-on-connect>1</burst-on-connect>
    <burst-size>{BURST_BYTES}</burst-size>
  </limits>
  <authentication>
    <source-password>{escape(keys.source)}</source-password>
    <relay-user>relay</relay-user>
    <relay-password>{escape(keys.relay)}</relay-password>
    <admin-user>admin</admin-user>
    <admin-password>{escape(keys.admin)}</admin-password>
  </authentication>
  <listen-socket><port>{keys.icecast_port}</port><bind-address>{reach(ICECAST_PORT)}</bind-address></listen-socket>
  <http-headers><header name="Access-Control-Allow-Origin" value="*" /></http-headers>
  {mounts}
  <fileserve>0</fileserve>
  <paths>
    <basedir>{escape(str(share))}</basedir>
    <logdir>/dev</logdir>
    <webroot>{escape(str(share / "web"))}</webroot>
    <adminroot>{escape(str(share / "admin"))}</adminroot>
  </paths>
  <logging><accesslog>null</accesslog><errorlog>-</errorlog><loglevel>2</loglevel></logging>
  <security><chroot>0</chroot>{_owner()}</security>
</icecast>
"""


def _mount(name: str, burst_bytes: int, more: str = "") -> str:
    return f'<mount type="normal"><mount-name>{escape(name)}</mount-name><charset>UTF-8</charset><burst-size>{burst_bytes}</burst-size>{more}</mount>'


def _owner() -> str:
    """Icecast refuses to run as root; then it becomes somebody else after it opened its port."""
    if os.geteuid():
        return ""
    known = {entry.pw_name for entry in pwd.getpwall()}
    user, group = next(owner for owner in OWNERS if owner[0] in known)
    return f"<changeowner><user>{user}</user><group>{group}</group></changeowner>"


def icecast(home: Path, keys: Keys, *, name: str = "Radio", areas: tuple[str, ...] = ()) -> Service:
    """Icecast as a service of this home, its configuration freshly written."""
    path = home / WORK / CONFIG
    write_private(path, config(home, keys, name=name, areas=areas))
    return Service("icecast", [program() or PROGRAMS[0], "-c", str(path)], path, home / WORK)
