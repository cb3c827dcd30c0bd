"""`python -m pendopo_stream.relay`: listeners on a port of their own, from this host's engine or from another host's stream."""

from __future__ import annotations

import argparse
import asyncio
import logging
import resource
import signal
import sys
from pathlib import Path

from .ears import Ears
from .hub import Hub
from .remote import Remote
from .server import About, listen, serve


async def run(ears: Ears, about: About, host: str, port: int) -> None:
    stopping = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    ears.start()
    for mount in ("mp3", "opus"):
        if ears.offers(mount):
            ears.want(mount)
    servers = await serve(ears, about, [listen(host, port)])
    logging.getLogger("pendopo_stream.relay").info("listeners on port %s", port)
    await stopping.wait()
    for server in servers:
        server.close()
    await ears.stop()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m pendopo_stream.relay", description="A port for listeners.")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--home", type=Path, help="home of this host's engine")
    source.add_argument("--upstream", help="http://host/stream.mp3 of another host")
    parser.add_argument("--host", default="0.0.0.0", help="address to listen on")  # noqa: S104  listeners come from everywhere
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--name", default="Radio", help="name of the station")
    parser.add_argument("--url", default="", help="this port's address as listeners know it")
    parser.add_argument("--genre", default="")
    parser.add_argument("--description", default="")
    parser.add_argument("--admin", default="", help="mail address, for the status")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    about = About(given.name, given.url.rstrip("/"), given.genre, given.description, given.admin)

    async def life() -> None:
        await run(Remote(given.upstream) if given.upstream else Hub(given.home.absolute()), about, given.host, given.port)

    try:
        from uvloop import run as run_loop  # less CPU for each listener where it is installed
    except ImportError:
        run_loop = asyncio.run
    run_loop(life())
    return 0


if __name__ == "__main__":
    sys.exit(main())
