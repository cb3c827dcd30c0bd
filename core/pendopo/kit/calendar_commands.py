"""`pendopo calendar`: which years' holidays are known, and loading another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

calendar_commands = typer.Typer(name="calendar", help="Hari libur: tahun yang dimuat, dan memuat tahun baru.", no_args_is_help=True)


@calendar_commands.command("list")
def list_years() -> None:
    """Count the loaded holidays of each year."""
    from collections import Counter

    from sqlalchemy import select

    from ..terminal import portal_here
    from .calendar import Holiday

    with portal_here().db.session(write=False) as db:
        for year, days in sorted(Counter(day.year for day in db.scalars(select(Holiday.day))).items()):
            typer.echo(f"{year}: {days} hari libur")


@calendar_commands.command()
def load(file: Annotated[Path, typer.Argument(help="CSV satu tahun: tanggal,jenis,nama; jenis libur, cuti_bersama atau daerah.")]) -> None:
    """Replace one year's holidays by those in a CSV file."""
    from ..errors import DomainError
    from ..terminal import fail, portal_here
    from .calendar import load_holidays

    try:
        with portal_here().db.session() as db:
            count = load_holidays(db, file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        return fail(f"Tidak dapat membaca {file}: {error}")
    except DomainError as refusal:
        return fail(refusal.sentence())
    typer.echo(f"{count} hari libur dimuat.")
