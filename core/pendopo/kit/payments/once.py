"""Write a row unless it is there: the one statement by which whatever comes twice is kept once."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.orm import Session

from ...db import Base


@cache
def _statement(table: Any, dialect: str, names: tuple[str, ...], unique: tuple[str, ...]) -> Any:
    from sqlalchemy.dialects import postgresql, sqlite

    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    writing = insert(table).values({name: bindparam(name) for name in names})
    return writing.on_conflict_do_nothing(index_elements=list(unique) or None).returning(table.c.id)


def insert_once(db: Session, model: type[Base], unique: tuple[str, ...], **values: Any) -> int | None:
    """The id of the new row; None when one with the same `unique` columns (of any constraint, when empty) is there already.

    Two at once wait for each other, and one of them gets None.
    """
    table: Any = model.__table__
    return db.execute(_statement(table, db.get_bind().dialect.name, tuple(values), unique), values).scalar()
