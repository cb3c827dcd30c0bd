"""`pendopo bank-simulator`: a bank to try everything with, as a little server of its own."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Annotated

import typer

bank_simulator = typer.Typer(name="bank-simulator", help="SIMULATOR bank: mencoba pembayaran tanpa uang sungguhan.", invoke_without_command=True)


@bank_simulator.callback()
def run(
    host: Annotated[str, typer.Option(help="Alamat; jangan dibuka untuk umum.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Porta; 0 memilih yang bebas.")] = 8090,
    portal: Annotated[str, typer.Option(help="Alamat portal yang dikabari.")] = "",
    environment: Annotated[bool, typer.Option("--environment", help="Hanya cetak variabel PENDOPO_SNAP_* bagi portal.")] = False,
) -> None:
    """Serve the simulator until it is told to stop; a demo house finds it by `PENDOPO_HOME/bank-simulator/address`."""
    from ...settings import Settings
    from .snap_keys import FOLDER, simulator_keys

    settings = Settings()
    keys = simulator_keys(settings.home)
    if environment:
        for name, value in keys.as_environment(f"http://{host}:{port}").items():
            typer.echo(f"export {name}={value!r}")
        return
    listener = socket.create_server((host, port))
    address = f"http://{host}:{listener.getsockname()[1]}"
    typer.echo(f"SIMULATOR bank (bukan bank sungguhan): {address}/")
    folder = settings.home / FOLDER
    _write(folder / "address", address)
    _serve(listener, folder, keys, portal or f"http://{settings.host}:{settings.port}")


def _write(path: Path, text: str) -> None:
    """Whole at once: the portal reads it at any time."""
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(text)
    draft.replace(path)


def _serve(listener: socket.socket, folder: Path, keys: object, portal: str) -> None:
    import uvicorn

    from .options import PREFIX
    from .simulator.app import Simulator
    from .simulator.bank import Bank

    simulator = Simulator(keys, Bank(folder / "journal.jsonl"), portal, prefix=PREFIX)  # type: ignore[arg-type]
    uvicorn.Server(uvicorn.Config(simulator.app(), log_level="warning", lifespan="off")).run(sockets=[listener])
