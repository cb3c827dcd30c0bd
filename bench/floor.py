"""The floor: a raw ASGI application that sends the bytes of a file on uvicorn, as the portal is served."""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn


def main() -> None:
    port, path = int(sys.argv[1]), Path(sys.argv[2])
    body = path.read_bytes()
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]

    async def app(scope, receive, send):
        if scope["type"] != "http":
            return
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    uvicorn.run(app, host="127.0.0.1", port=port, loop="uvloop", http="httptools", lifespan="off", access_log=False, log_level="error", server_header=False)


if __name__ == "__main__":
    main()
