"""`pendopo user ...` and `pendopo audit ...`."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from ..errors import DomainError

user_commands = typer.Typer(name="user", help="Orang: buat, sandi, matikan, daftar, jabatan.", no_args_is_help=True)
audit_commands = typer.Typer(name="audit", help="Jejak audit: periksa dan baca.", no_args_is_help=True)


def _portal():
    from ..app import Portal
    from ..settings import Settings

    return Portal(Settings())


@user_commands.command()
def create(name: str, email: str, nip: str = "", password: str = typer.Option(..., prompt=True, hide_input=True, confirmation_prompt=True)) -> None:
    """Make an account; with a NIP a civil servant's."""
    from .people import NewPerson, check_new_password, create_account

    try:
        check_new_password(password, name, email)
        with _portal().db.session() as db:
            person = NewPerson(name, email, password=password)
            account = create_account(db, person, now=datetime.now(UTC), kind="pegawai" if nip else "warga", nip=nip or None, confirmed=True)
            typer.echo(f"akun {account.id}: {account.name}")
    except DomainError as refusal:
        typer.echo(refusal.sentence(), err=True)
        raise typer.Exit(1) from refusal


def _account(db, who: str):
    from .people import find_account

    account = find_account(db, who)
    if account is None:
        typer.echo("Tidak ada akun dengan nama itu.", err=True)
        raise typer.Exit(1)
    return account


@user_commands.command()
def password(who: str, new: str = typer.Option(..., prompt="Sandi baru", hide_input=True, confirmation_prompt=True)) -> None:
    """Set a new password."""
    from .people import check_new_password
    from .secrecy import hash_password

    try:
        check_new_password(new)
    except DomainError as refusal:
        typer.echo(refusal.sentence(), err=True)
        raise typer.Exit(1) from refusal
    with _portal().db.session() as db:
        _account(db, who).password_hash = hash_password(new)


@user_commands.command()
def disable(who: str) -> None:
    """Keep somebody out; their data stay."""
    from .loading import touch

    with _portal().db.session() as db:
        account = _account(db, who)
        account.disabled_at = datetime.now(UTC)
        touch(db, account.id)


@user_commands.command("list")
def list_people(kind: str = "") -> None:
    """List accounts, without nik."""
    from sqlalchemy import select

    from .models import Account

    with _portal().db.session(write=False) as db:
        query = select(Account).order_by(Account.id)
        for account in db.scalars(query.where(Account.kind == kind) if kind else query):
            typer.echo(f"{account.id:>6}  {account.kind:<8} {account.handle or '':<10} {account.email or '':<40} {account.name}")


@user_commands.command()
def grant(who: str, jabatan_id: int) -> None:
    """Put a civil servant in a position from today on."""
    from ..identity import as_system
    from .offices import assign

    now = datetime.now(UTC)
    try:
        with _portal().db.session() as db:
            assign(db, as_system("pendopo (baris perintah)"), account_id=_account(db, who).id, jabatan_id=jabatan_id, starts_on=now.date(), now=now)
    except DomainError as refusal:
        typer.echo(refusal.sentence(), err=True)
        raise typer.Exit(1) from refusal


@audit_commands.command()
def verify() -> None:
    """Check the chain of the whole trail."""
    from .audit import verify_audit

    with _portal().db.session(write=False) as db:
        broken = verify_audit(db)
    if broken is None:
        typer.echo("Jejak audit utuh.")
        return
    typer.echo(f"Jejak audit RUSAK pada baris {broken}.", err=True)
    raise typer.Exit(1)


@audit_commands.command()
def tail(lines: int = 20) -> None:
    """Show the last lines."""
    from sqlalchemy import select

    from .models import AuditEntry

    with _portal().db.session(write=False) as db:
        for entry in reversed(db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(lines)).all()):
            typer.echo(f"{entry.at.isoformat()}  {entry.actor_name}  {entry.action}  {entry.subject}  {entry.detail}")
