"""`pendopo-stream`: a station from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, help="A radio station that needs no portal.", pretty_exceptions_show_locals=False)
Home = Annotated[Path, typer.Option(envvar="PENDOPO_STREAM_HOME", help="The station's folder.")]


def fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


@app.command()
def serve(
    home: Home = Path("station"),
    host: str = "127.0.0.1",
    port: int = 8000,
    engine: Annotated[str, typer.Option(help="embedded, liquidsoap or auto")] = "",
    demo: Annotated[bool, typer.Option(help="Make some music first where there is none.")] = False,
) -> None:
    """Put the station on the air and serve its listeners until it is told to stop."""
    import uvicorn

    from .standalone import BadSettings, make_app

    home.mkdir(parents=True, exist_ok=True)
    if demo:
        from .demo_audio import make_all

        make_all(home / "media")
    try:
        station = make_app(home, engine)
    except BadSettings as error:
        fail(str(error))
    typer.echo(f"http://{host}:{port}/  (token to announce: {home / 'token'})")
    uvicorn.run(station, host=host, port=port, ws="websockets-sansio", backlog=4096, log_level="warning", timeout_graceful_shutdown=2)


def _ask(home: Path, do: str, **arguments: Any) -> dict[str, Any]:
    from .relay import Engine, EngineAway, Refused

    try:
        return Engine(home.absolute()).ask(do, **arguments)
    except EngineAway:
        fail(f"no engine answers in {home}")
    except Refused as error:
        fail(str(error))


@app.command()
def now(home: Home = Path("station"), as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """What is on the air."""
    state = _ask(home, "status")
    words = f"{state['now']['track']['label']} ({state['now']['rung']}), {sum(state['listeners'].values())} listening"
    typer.echo(json.dumps(state, indent=2, ensure_ascii=False) if as_json else words)


@app.command()
def skip(home: Home = Path("station")) -> None:
    """Leave the piece on the air for the next one."""
    _ask(home, "skip")


@app.command()
def announce(
    text: str,
    title: str = "",
    priority: Annotated[str, typer.Option(help="info, penting, darurat")] = "info",
    language: str = "id",
    home: Home = Path("station"),
) -> None:
    """Have something said. Once, and not kept: `POST /announcements` is for what must survive a restart."""
    import secrets

    answer = _ask(home, "announce", announcement={"id": secrets.token_hex(6), "texts": {language: text}, "title": title or text[:60], "priority": priority})
    typer.echo(f"{answer['length_s']} s" if answer["voice"] else f"no voice: {answer['why']}")


def main() -> None:
    app()


if __name__ == "__main__":
    main()
