"""`pendopo user ...` and `pendopo audit ...`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from ..errors import DomainError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as DbSession

    from ..app import Portal
    from .actor import Actor
    from .models import Account

user_commands = typer.Typer(name="user", help="Orang: buat, sandi, matikan, daftar, jabatan.", no_args_is_help=True)
audit_commands = typer.Typer(name="audit", help="Jejak audit: periksa dan baca.", no_args_is_help=True)


def _portal() -> Portal:
    from ..terminal import portal_here

    return portal_here()


@user_commands.command()
def create(
    name: str,
    email: str,
    nip: str = "",
    admin: bool = typer.Option(False, "--admin", help="Duduk di jabatan Administrator Portal, yang dibuat bila belum ada. Perlu NIP."),
    password: str = typer.Option(..., prompt=True, hide_input=True, confirmation_prompt=True),
) -> None:
    """Make an account; with a NIP a civil servant's, with --admin the first administrator's."""
    from .audit import record
    from .offices import seat_administrator
    from .people import NewPerson, check_new_password, create_account

    try:
        check_new_password(password, name, email)
        with _portal().db.session() as db:
            person = NewPerson(name, email, password=password)
            account = create_account(db, person, now=datetime.now(UTC), kind="pegawai" if nip else "warga", nip=nip or None, confirmed=True)
            record(db, _operator(), "account.created", f"account:{account.id}", {"kind": account.kind})
            if admin:
                seat_administrator(db, _operator(), account.id, now=datetime.now(UTC))
            typer.echo(f"akun {account.id}: {account.name}")
    except DomainError as refusal:
        typer.echo(refusal.sentence(), err=True)
        raise typer.Exit(1) from refusal


def _operator() -> Actor:
    from .actor import as_system

    return as_system("pendopo (baris perintah)")


def _account(db: DbSession, who: str) -> Account:
    from .people import find_account

    account = find_account(db, who)
    if account is None:
        typer.echo("Tidak ada akun dengan nama itu.", err=True)
        raise typer.Exit(1)
    return account


@user_commands.command()
def password(who: str, new: str = typer.Option(..., prompt="Sandi baru", hide_input=True, confirmation_prompt=True)) -> None:
    """Set a new password; every session of the account ends."""
    from .audit import record
    from .models import Session
    from .people import check_new_password, end_sessions
    from .secrecy import hash_password

    try:
        check_new_password(new)
    except DomainError as refusal:
        typer.echo(refusal.sentence(), err=True)
        raise typer.Exit(1) from refusal
    with _portal().db.session() as db:
        account = _account(db, who)
        account.password_hash = hash_password(new)
        end_sessions(db, Session.account_id == account.id, datetime.now(UTC))
        record(db, _operator(), "account.password_set", f"account:{account.id}", {})


@user_commands.command()
def disable(who: str) -> None:
    """Keep somebody out; their data stay."""
    from .staff import set_disabled

    with _portal().db.session() as db:
        set_disabled(db, _operator(), _account(db, who).id, True, now=datetime.now(UTC))


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
    from .loading import regency_day
    from .offices import assign

    now = datetime.now(UTC)
    try:
        with _portal().db.session() as db:
            assign(db, _operator(), account_id=_account(db, who).id, jabatan_id=jabatan_id, starts_on=regency_day(now), now=now)
    except DomainError as refusal:
        typer.echo(refusal.sentence(), err=True)
        raise typer.Exit(1) from refusal


@user_commands.command()
def jabatan(opd: str = "") -> None:
    """List positions with their ids, of one OPD or of all."""
    from sqlalchemy import select

    from .models import Jabatan, Opd

    with _portal().db.session(write=False) as db:
        query = select(Jabatan, Opd).join(Opd, Opd.id == Jabatan.opd_id).order_by(Jabatan.id)
        for row, office in db.execute(query.where(Opd.code == opd) if opd else query):
            typer.echo(f"{row.id:>6}  {office.code:<16} {row.name}  [{', '.join(row.roles or ())}]")


@audit_commands.command()
def verify() -> None:
    """Check the chain of the whole trail."""
    from .audit import verify_audit

    with _portal().db.session(write=False) as db:
        broken = verify_audit(db)
    if broken is None:
        typer.echo("Jejak audit utuh.")
        return
    words = {"changed": "baris {} diubah", "moved": "ada yang dihapus atau disisipkan sebelum baris {}", "cut": "ujungnya dipotong sesudah baris {}"}
    typer.echo(f"Jejak audit RUSAK: {words[broken.what].format(broken.entry_id)}.", err=True)
    raise typer.Exit(1)


@audit_commands.command()
def tail(lines: int = 20) -> None:
    """Show the last lines."""
    from sqlalchemy import select

    from .models import AuditEntry

    with _portal().db.session(write=False) as db:
        for entry in reversed(db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(lines)).all()):
            typer.echo(f"{entry.at.isoformat()}  {entry.actor_name}  {entry.action}  {entry.subject}  {entry.detail}")
