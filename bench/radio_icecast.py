"""A real Icecast for the bench and the tests of relays: its settings, written for one port."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

SETTINGS = """<icecast><location>Bench</location><admin>radio@contoh.invalid</admin>
<limits><clients>20000</clients><sources>10</sources><queue-size>524288</queue-size><burst-size>16384</burst-size></limits>
<authentication><source-password>bench</source-password><relay-password>bench</relay-password><admin-user>admin</admin-user>
<admin-password>bench</admin-password></authentication><hostname>127.0.0.1</hostname>
<listen-socket><port>{port}</port><bind-address>127.0.0.1</bind-address></listen-socket>{more}
<paths><logdir>{folder}</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths>
<logging><errorlog>error.log</errorlog><accesslog>access.log</accesslog><loglevel>1</loglevel></logging>
<security><chroot>0</chroot>{owner}</security></icecast>"""
OWNER = "<changeowner><user>nobody</user><group>nogroup</group></changeowner>"


def command(folder: Path, port: int, more: str = "") -> list[str]:
    """What starts it. Raises FileNotFoundError where Icecast is not installed."""
    program = shutil.which("icecast2") or shutil.which("icecast")
    if program is None:
        raise FileNotFoundError("icecast2 is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    owner = ""
    if os.geteuid() == 0:  # it refuses to run as root
        owner = OWNER
        shutil.chown(folder, "nobody", "nogroup")
    file = folder / "icecast.xml"
    file.write_text(SETTINGS.format(port=port, folder=folder, more=more, owner=owner))
    return [program, "-c", str(file)]
