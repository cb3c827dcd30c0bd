"""`pendopo radio ...`: the station from the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

radio_commands = typer.Typer(name="radio", help="Stasiun radio: yang mengudara, pengumuman, latihan, pemeriksaan.", no_args_is_help=True)
MARKS = {"ok": "baik  ", "warn": "awas  ", "bad": "RUSAK "}


def _portal() -> Any:
    from pendopo.terminal import portal_here

    return portal_here()


def _ask(do: str, **arguments: Any) -> dict[str, Any]:
    from pendopo import DomainError
    from pendopo.terminal import fail

    from . import station

    try:
        return station.ask(do, **arguments)
    except DomainError as error:
        fail(error.sentence())


@radio_commands.command()
def now(as_json: Annotated[bool, typer.Option("--json", help="Sebagai JSON.")] = False) -> None:
    """What is on the air, what follows, who speaks, and how many listen."""
    _portal()
    state = _ask("status")
    if as_json:
        typer.echo(json.dumps(state, indent=2, ensure_ascii=False))
        return
    playing, live = state["now"], state.get("live") or {}
    typer.echo(f"di udara   : {playing['track']['label']} ({playing['rung']})")
    if playing.get("programme"):
        typer.echo(f"acara      : {playing['programme']['title']}")
    if live.get("on"):
        typer.echo(f"mikrofon   : {live.get('name')}")
    if playing.get("speaking"):
        typer.echo(f"dibacakan  : {playing['speaking']['title']}")
    typer.echo(f"pendengar  : {sum(state['listeners'].values())}")
    typer.echo(f"mesin      : {state.get('engine', 'embedded')}, sejak {state['began']}")


@radio_commands.command()
def skip() -> None:
    """Leave the piece on the air for the next one."""
    _portal()
    _ask("skip")
    typer.echo("dilewati")


@radio_commands.command()
def announce(
    title: str,
    text: str,
    priority: Annotated[str, typer.Option(help="info, penting, darurat")] = "info",
    area: Annotated[list[str] | None, typer.Option(help="Kode kecamatan; boleh beberapa. Kosong: seluruh kabupaten.")] = None,
    hours: Annotated[float, typer.Option(help="Berlaku berapa jam.")] = 24.0,
) -> None:
    """Publish an announcement everywhere. An emergency still waits for a second person where the setting asks for one."""
    _publish(title, text, priority, tuple(area or ()), hours, drill=False)


@radio_commands.command()
def drill(
    title: str,
    text: str,
    priority: Annotated[str, typer.Option(help="info, penting, darurat")] = "darurat",
    area: Annotated[list[str] | None, typer.Option(help="Kode kecamatan; boleh beberapa.")] = None,
    hours: Annotated[float, typer.Option(help="Berlaku berapa jam.")] = 1.0,
) -> None:
    """The same as an exercise: it says so everywhere."""
    _publish(title, text, priority, tuple(area or ()), hours, drill=True)


def _publish(title: str, text: str, priority: str, areas: tuple[str, ...], hours: float, *, drill: bool) -> None:
    from pendopo import DomainError
    from pendopo.terminal import fail, operator

    from .announcements import Words, write_announcement

    portal, at = _portal(), datetime.now(UTC)
    words = Words(title, {"id": text}, priority, areas, at + timedelta(hours=hours), drill=drill)
    try:
        with portal.db.session() as db:
            word = write_announcement(db, operator(), words, now=at)
            typer.echo(f"pengumuman {word.id}: {word.state}")
    except DomainError as error:
        fail(error.sentence())


@radio_commands.command()
def doctor() -> None:
    """Check everything that a station needs. Ends with 1 when something does not work."""
    from .doctor import look

    with _portal().db.session(write=False) as db:
        findings = look(db, datetime.now(UTC))
    for finding in findings:
        typer.echo(f"{MARKS[finding.state]}{finding.what}: {finding.words}")
    if any(finding.state == "bad" for finding in findings):
        raise typer.Exit(1)


@radio_commands.command()
def verify() -> None:
    """Compare all recordings and the whole log with their chain of hashes. Ends with 1 when something does not fit."""
    from .archive.recordings import check

    with _portal().db.session(write=False) as db:
        found = check(db)
    typer.echo(f"{found.hours} jam rekaman, {found.lines} baris log: {'utuh' if found.good else 'TIDAK UTUH'}")
    for name in (*found.wrong_hours, *found.wrong_lines):
        typer.echo(f"tidak cocok: {name}", err=True)
    if not found.good:
        raise typer.Exit(1)
