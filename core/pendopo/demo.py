"""`pendopo demo`: a believable regency, made by a seed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from .kit.places import desa_list, kecamatan_list

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from .app import Portal


def make_people(db: Session, *, seed: int, now: datetime, scale: float) -> None:
    """The OPD, staff and citizens of the regency whose places are in use."""
    from .identity import demo

    places = [(place.code, place.name, [desa.code for desa in desa_list(place.code)]) for place in kecamatan_list()]
    demo.make_people(db, seed=seed, now=now, scale=scale, places=places)


def fill(portal: Portal, *, seed: int, scale: float, if_empty: bool, say: Callable[[str], None]) -> None:
    """People first, then each plugin's own data, all in one transaction: broken off, it leaves an empty house to begin anew.

    A plugin that fails keeps nothing half-made; its fault is noted and the others go on.
    """
    from .identity import Account

    now = datetime.now(UTC)
    with portal.db.session() as db:
        if db.scalar(select(func.count()).select_from(Account)):
            if not if_empty:
                raise SystemExit("Sudah ada akun: data contoh hanya diisikan ke pemasangan yang kosong.")
        else:
            say("Menyiapkan data contoh, sekitar satu menit ...")
            make_people(db, seed=seed, now=now, scale=scale)
            _fill_plugins(portal, db, say, seed=seed, now=now, scale=scale)
    _say_accounts(portal, say)


def _fill_plugins(portal: Portal, db: Session, say: Callable[[str], None], **how: Any) -> None:
    for plugin, _impl in portal.host.impls("demo_data"):
        try:
            with db.begin_nested():
                portal.host.tell(plugin.name, "demo_data", db=db, **how)
            say(f"{plugin.name}: data contoh siap")
        except Exception as error:  # noqa: BLE001
            portal.host.fault(plugin.name, "hook:demo_data", error)
            say(f"{plugin.name}: data contoh GAGAL ({type(error).__name__}: {error})")


def _say_accounts(portal: Portal, say: Callable[[str], None]) -> None:
    from .identity import Account
    from .identity.demo import DEMO_ACCOUNTS, DEMO_PASSWORD

    with portal.db.session(write=False) as db:
        if db.scalar(select(func.count()).select_from(Account).where(Account.handle.in_(DEMO_ACCOUNTS))):
            say(f"Akun contoh (sandi: {DEMO_PASSWORD}): {', '.join(DEMO_ACCOUNTS)}")
