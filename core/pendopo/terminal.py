"""What commands of the house and of plugins share. Heavy imports wait until a command needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import typer

if TYPE_CHECKING:
    from .app import Portal

__all__ = ["fail", "operator", "portal_here"]


def portal_here() -> Portal:
    """The installation that settings point to, with logging on stderr."""
    from .app import Portal
    from .logs import configure_logging
    from .settings import Settings

    settings = Settings()
    configure_logging(settings)
    return Portal(settings)


def operator() -> Any:
    """Who acts when a command changes something."""
    from .identity import as_system

    return as_system("pendopo (baris perintah)")


def fail(sentence: str) -> NoReturn:
    """Say `sentence` on stderr and end the command with 1."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)
