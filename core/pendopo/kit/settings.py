"""What an operator may set, with the day from which it holds: tariffs, deadlines and legal figures are data."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .. import live
from ..contract import SettingSpec
from ..db import Base
from ..errors import InvalidInput, NotFound
from ..i18n import N_
from ..identity import Actor, record
from ..identity.loading import regency_day
from ..registry import current

__all__ = ["SettingValue", "history", "set_value", "value"]

MANAGE = "core.manage_settings"
NUMBERS = ("int", "days", "hours", "months", "rupiah")


class SettingValue(Base):
    """One value from one day on. The newest day that has come wins; of the same day the last one entered."""

    __tablename__ = "core_setting"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), index=True)
    value: Mapped[Any] = mapped_column(JSON, nullable=True)
    effective_from: Mapped[date]
    set_by: Mapped[int | None]
    set_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(300), default="")


_cache: dict[str, dict[str, list[tuple[date, Any]]]] = {}


def forget_cache(_data: Any = None) -> None:
    _cache.clear()


live.on_signal("settings", forget_cache)


def _spec(name: str) -> SettingSpec:
    spec = current().settings.get(name)
    if spec is None:
        raise LookupError(f"no setting named {name!r}")
    return spec


def value(db: Session, name: str, on: date | None = None) -> Any:
    """The value of `name` on a day (today): what an operator set for it, else the default of its plugin.

    Kinds decimal and percent come as Decimal. Raises LookupError for a name that no plugin gave.
    """
    spec = _spec(name)
    key = str(db.get_bind().engine.url)
    if key not in _cache:
        found: dict[str, list[tuple[date, Any]]] = {}
        for row in db.scalars(select(SettingValue).order_by(SettingValue.effective_from, SettingValue.id)):
            found.setdefault(row.name, []).append((row.effective_from, row.value))
        _cache[key] = found
    on = on or regency_day(datetime.now(UTC))
    held = [raw for since, raw in _cache[key].get(name, ()) if since <= on]
    raw = held[-1] if held else spec.default
    return Decimal(str(raw)) if spec.kind in ("decimal", "percent") else raw


def parse(spec: SettingSpec, text: str) -> Any:
    """What was typed, as a value of the setting's kind. Raises InvalidInput with a sentence."""
    text = text.strip()
    try:
        if spec.kind in NUMBERS:
            result: Any = int(text.replace(".", "").removeprefix("Rp")) if spec.kind == "rupiah" else int(text)
        elif spec.kind in ("decimal", "percent"):
            result = str(Decimal(text.replace(",", ".")))
        elif spec.kind == "bool":
            result = text in ("1", "true", "ya", "on")
        elif spec.kind == "date":
            result = date.fromisoformat(text).isoformat()
        elif spec.kind == "json":
            result = json.loads(text)
        else:
            result = text
    except (ValueError, InvalidOperation) as error:
        raise InvalidInput(N_("Isian ini tidak dapat dibaca sebagai %(kind)s."), field="value", kind=spec.kind) from error
    if spec.choices and result not in spec.choices:
        raise InvalidInput(N_("Pilih salah satu dari daftar."), field="value")
    number = float(result) if spec.kind in (*NUMBERS, "decimal", "percent") else None
    if number is not None and ((spec.minimum is not None and number < spec.minimum) or (spec.maximum is not None and number > spec.maximum)):
        raise InvalidInput(N_("Isi dengan angka antara %(low)s dan %(high)s."), field="value", low=spec.minimum, high=spec.maximum)
    return result


def show(spec: SettingSpec, raw: Any) -> str:
    """A value as it is typed."""
    if spec.kind == "json":
        return json.dumps(raw, ensure_ascii=False)
    if spec.kind == "bool":
        return "ya" if raw else "tidak"
    return str(raw)


def set_value(db: Session, actor: Actor, name: str, text: str, *, effective_from: date, note: str = "", now: datetime) -> SettingValue:
    """Set `name` from a day on. Earlier days keep what they had, so that old matters stay computable."""
    actor.require(MANAGE)
    try:
        spec = _spec(name)
    except LookupError as error:
        raise NotFound() from error
    row = SettingValue(name=name, value=parse(spec, text), effective_from=effective_from, set_by=actor.account_id, set_at=now, note=note[:300])
    db.add(row)
    db.flush()
    record(db, actor, "setting.changed", name, {"value": row.value, "from": effective_from})
    live.signal(db, "settings", {"name": name})
    forget_cache()
    return row


def history(db: Session, name: str) -> list[SettingValue]:
    return list(db.scalars(select(SettingValue).where(SettingValue.name == name).order_by(SettingValue.effective_from.desc(), SettingValue.id.desc())))
