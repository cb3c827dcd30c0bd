"""`pendopo pajak`: importing a file from the command line, for the first load and for the night."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

group = typer.Typer(name="pajak", help="Pajak daerah: impor data SPPT.", no_args_is_help=True)


@group.command("impor")
def import_file(file: Annotated[Path, typer.Argument(help="CSV dengan baris kepala: nop,tahun,nama,...", exists=True, dir_okay=False)]) -> None:
    """Import SPPT data; refused rows are listed with their line and reasons."""
    from sqlalchemy import select

    from pendopo.terminal import portal_here

    from .importing import decode, open_table
    from .jobs import keep_file, run_import
    from .models import Impor, ImporTolak

    portal, now = portal_here(), datetime.now(UTC)
    data = file.read_bytes()
    open_table(decode(data))
    with portal.db.session() as db:
        impor = Impor(nama=file.name[:160], at=now)
        db.add(impor)
        db.flush()
        impor_id = impor.id
    keep_file(portal, impor_id, data)
    run_import(portal, now, impor_id)
    with portal.db.session(write=False) as db:
        impor = db.get_one(Impor, impor_id)
        for line in db.scalars(select(ImporTolak).where(ImporTolak.impor_id == impor_id).order_by(ImporTolak.baris).limit(1000)):
            typer.echo(f"baris {line.baris} {line.nop}: {line.alasan}")
        typer.echo(f"dibaca {impor.dibaca}, diterima {impor.diterima}, ditolak {impor.ditolak}, {impor.milidetik / 1000:.1f} detik")
