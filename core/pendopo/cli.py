"""`pendopo`: what an operator types. Heavy imports wait until a command needs them."""

from __future__ import annotations

import json
import os
import sys
from typing import Annotated

import typer

from .terminal import fail, operator, portal_here

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Pendopo: portal kabupaten.", pretty_exceptions_show_locals=False)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Alamat, biasanya 127.0.0.1.")] = None,
    port: Annotated[int | None, typer.Option(help="Porta.")] = None,
    workers: Annotated[int | None, typer.Option(help="Jumlah proses web.")] = None,
) -> None:
    """Serve the portal until it is told to stop."""
    from .logs import configure_logging
    from .serve import serve as run
    from .settings import Settings

    for name, value in (("HOST", host), ("PORT", port), ("WORKERS", workers)):
        if value is not None:
            os.environ[f"PENDOPO_{name}"] = str(value)
    settings = Settings()
    configure_logging(settings)
    typer.echo(f"Pendopo: http://{settings.host}:{settings.port}/")
    run(settings)


@app.command()
def migrate(
    down: Annotated[str, typer.Option(help="Nama plugin yang tabelnya diturunkan sampai kosong.")] = "",
    quiet: bool = False,
) -> None:
    """Bring every plugin's tables up to date."""
    from . import migrate as migrations

    portal = portal_here()
    if down:
        history = next((h for h in migrations.histories(portal.host) if h.name == down), None)
        if history is None:
            return fail(f"Tidak ada plugin bernama {down}.")
        steps = {down: migrations.downgrade(portal.db.engine, history)}
    else:
        steps = migrations.migrate_all(portal.db.engine, portal.host)
    for name, revisions in steps.items():
        if revisions or not quiet:
            typer.echo(f"{name}: {' '.join(revisions) or 'sudah mutakhir'}")
    broken = [plugin for plugin in portal.host if plugin.broken]
    for plugin in broken:
        typer.echo(f"{plugin.name}: {plugin.broken}", err=True)
    if any(plugin.broken.startswith("migration") for plugin in broken):
        raise typer.Exit(1)


@app.command()
def plugins(
    as_json: Annotated[bool, typer.Option("--json", help="Daftar sebagai JSON.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Termasuk bagian inti.")] = False,
) -> None:
    """List the plugins with their state."""
    from sqlalchemy.exc import SQLAlchemyError

    portal = portal_here()
    try:
        portal.load_switches()
    except SQLAlchemyError:
        typer.echo("Basis data belum siap: keadaan hidup/mati belum dibaca (jalankan pendopo migrate).", err=True)
    rows = [plugin.as_json() for plugin in portal.host if everything or not plugin.builtin]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        typer.echo(f"{row['name']:<24} {row['version']:<8} {row['state']:<9} {row['fault']}")


def _switch(name: str, enabled: bool) -> None:
    from datetime import UTC, datetime

    from .errors import DomainError
    from .plugin_switches import switch_plugin

    portal = portal_here()
    portal.load_switches()
    try:
        with portal.db.session() as db:
            switch_plugin(db, operator(), name, enabled, now=datetime.now(UTC))
    except DomainError as refusal:
        return fail(refusal.sentence())
    typer.echo(f"{name}: {'dinyalakan' if enabled else 'dimatikan'}")


@app.command()
def enable(name: str) -> None:
    """Switch a plugin on, in all running processes."""
    _switch(name, True)


@app.command()
def disable(name: str) -> None:
    """Switch a plugin off, in all running processes. Its data stay."""
    _switch(name, False)


@app.command()
def demo(
    if_empty: Annotated[bool, typer.Option("--if-empty", help="Hanya bila belum ada isinya.")] = False,
    seed: int = 3604,
    scale: Annotated[float, typer.Option(help="1.0 = penuh: 200 warga, 2.000 laporan.")] = 1.0,
) -> None:
    """Fill the installation with a believable regency, equal for equal seed."""
    from .demo import fill

    portal = portal_here()
    portal.load_switches()
    fill(portal, seed=seed, scale=scale, if_empty=if_empty, say=typer.echo)


@app.command()
def settings() -> None:
    """Print the settings in force, without secrets."""
    from .settings import Settings

    values = Settings().model_dump(mode="json")
    for name in ("secret_key", "smtp_url", "database_url"):
        if values.get(name):
            values[name] = "***"
    typer.echo(json.dumps(values, indent=2, ensure_ascii=False))


@app.command()
def doctor() -> None:
    """Look at everything that must work, and say what does not."""
    from .doctor import examine

    bad = 0
    for ok, name, detail in examine(portal_here()):
        typer.echo(f"{'baik ' if ok else 'RUSAK'}  {name}  {detail}")
        bad += not ok
    raise typer.Exit(1 if bad else 0)


@app.command(name="new-plugin")
def new_plugin(name: str, title: str = "", folder: str = "plugins") -> None:
    """Make a complete, tested plugin to begin from: `pendopo new-plugin gawe_contoh`."""
    from pathlib import Path

    from .new_plugin import create_plugin

    try:
        made = create_plugin(Path(folder), name, title)
    except ValueError as error:
        return fail(str(error))
    typer.echo(f"{made}: siap. Pasang dengan: pip install -e {made}")


@app.command()
def check(name: str) -> None:
    """Run the conformance checks over one installed plugin."""
    from .testing.conformance import run_checks

    results = run_checks(name)
    for result in results:
        typer.echo(f"{'baik ' if result.ok else 'GAGAL'}  {result.rule}  {result.detail}")
    raise typer.Exit(0 if results and all(result.ok for result in results) else 1)


def _groups() -> None:
    """Command groups of rooms and plugins, added only when one of them is asked for."""
    from .plugins import PluginHost

    host = PluginHost()
    host.load()
    for plugin, groups in host.each("commands"):
        for group in groups:
            app.add_typer(group, name=group.info.name)
            _ = plugin


def main() -> None:
    known = {command.name or command.callback.__name__.replace("_", "-") for command in app.registered_commands}
    first = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    if first not in known:
        _groups()
    app()


if __name__ == "__main__":
    main()
