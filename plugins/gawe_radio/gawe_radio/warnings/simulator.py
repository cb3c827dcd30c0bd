"""A feed that says of itself that it is a simulation: `python -m gawe_radio.warnings.simulator --port 8899`.

It serves `/cap/` (an RSS index), `/cap/<name>.xml` and `/gempa.json`, with messages of the present hour. Put
`http://127.0.0.1:8899/cap/ http://127.0.0.1:8899/gempa.json` into the setting `radio.peringatan_simulator`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.sax.saxutils import escape

SENDER = "simulator@pendopo.invalid"
ANYAR = "-6.03,105.88 -6.03,105.97 -6.13,105.97 -6.13,105.88 -6.03,105.88"
PAPUA = "-2.50,140.60 -2.50,140.80 -2.70,140.80 -2.70,140.60 -2.50,140.60"


def alert_xml(name: str, sent: datetime, **given: Any) -> bytes:
    """One CAP 1.2 message. `given`: kind, status, severity, headline, description, polygon, hours, references."""
    text = {
        "kind": "Alert", "status": "Actual", "severity": "Severe", "headline": "Hujan lebat", "description": "Hujan lebat disertai petir.", "polygon": ANYAR,
        "hours": 3, "references": "", "sender": SENDER, "instruction": "Berteduhlah di bangunan yang kuat.", "source": "Simulator BMKG", **given,
    }
    references = f"<references>{escape(text['references'])}</references>" if text["references"] else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{escape(name)}</identifier><sender>{escape(text["sender"])}</sender>
<sent>{_cap(sent)}</sent><status>{text["status"]}</status><msgType>{text["kind"]}</msgType><scope>Public</scope>{references}
<info><language>id-ID</language><category>Met</category><event>{escape(text["headline"])}</event><urgency>Immediate</urgency>
<severity>{text["severity"]}</severity><certainty>Observed</certainty><expires>{_cap(sent + timedelta(hours=text["hours"]))}</expires>
<senderName>{escape(text["source"])}</senderName><headline>{escape(text["headline"])}</headline>
<description>{escape(text["description"])}</description><instruction>{escape(text["instruction"])}</instruction>
<area><areaDesc>Banten</areaDesc><polygon>{text["polygon"]}</polygon></area></info></alert>""".encode()


def _cap(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")


def index_xml(names: Mapping[str, str]) -> bytes:
    """An RSS index: name of the message -> its publication date."""
    items = "".join(f"<item><title>{name}</title><link>{name}.xml</link><pubDate>{mark}</pubDate></item>" for name, mark in names.items())
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>SIMULASI peringatan dini</title>{items}</channel></rss>'.encode()


def quake_json(at: datetime, **given: Any) -> bytes:
    row = {
        "DateTime": at.astimezone(UTC).isoformat(timespec="seconds"), "Coordinates": "-6.75,105.20", "Magnitude": "5.2", "Kedalaman": "10 km",
        "Wilayah": "62 km BaratDaya SUMUR-BANTEN", "Potensi": "Tidak berpotensi tsunami", "Dirasakan": "III Serang, II Cilegon", **given,
    }
    return json.dumps({"Infogempa": {"gempa": row}}).encode()


def scenario(now: datetime) -> dict[str, bytes]:
    """What the simulator serves: one severe warning here, one elsewhere, an earthquake."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    names = {f"simulasi-{hour:%Y%m%d%H}-anyar": _cap(hour), f"simulasi-{hour:%Y%m%d%H}-papua": _cap(hour)}
    here, far = names
    return {
        "/cap/": index_xml(names),
        f"/cap/{here}.xml": alert_xml(here, hour, headline="SIMULASI: hujan lebat dan angin kencang di Anyar"),
        f"/cap/{far}.xml": alert_xml(far, hour, headline="SIMULASI: hujan lebat di Jayapura", polygon=PAPUA),
        "/gempa.json": quake_json(hour),
    }


class Server(ThreadingHTTPServer):
    """Serves what `files()` gives at each request, with ETags, on 127.0.0.1."""

    daemon_threads = True

    def __init__(self, files: Callable[[], Mapping[str, bytes]], port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.files = files
        self.asked: list[tuple[str, int]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Server:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *failure: object) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        data = self.server.files().get(self.path)
        tag = f'"{hashlib.sha256(data).hexdigest()[:16]}"' if data is not None else ""
        status = 404 if data is None else 304 if self.headers.get("If-None-Match") == tag else 200
        body = data if status == 200 and data is not None else b""
        self.server.asked.append((self.path, status))
        self.send_response(status)
        self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Quiet: `asked` keeps what was asked."""


def main() -> None:
    reader = argparse.ArgumentParser(description="A simulated feed of warnings; everything in it says SIMULASI.")
    reader.add_argument("--port", type=int, default=8899)
    with Server(lambda: scenario(datetime.now(UTC)), reader.parse_args().port) as server:
        print(f"{server.address}/cap/ {server.address}/gempa.json")
        threading.Event().wait()


if __name__ == "__main__":
    main()
