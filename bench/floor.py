"""The floor: a raw ASGI application that sends the bytes of a portal page, head and body, on uvicorn as the portal is served.

`python floor.py PORT FILE`: `FILE` is the body, `FILE.json` the header lines.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import uvicorn


def main() -> None:
    port, path = int(sys.argv[1]), Path(sys.argv[2])
    body = path.read_bytes()
    headers = [(name.encode(), value.encode()) for name, value in json.loads(path.with_name(path.name + ".json").read_text())]

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    uvicorn.run(app, host="127.0.0.1", port=port, loop="uvloop", http="httptools", lifespan="off", access_log=False, log_level="error", server_header=False)


if __name__ == "__main__":
    main()
