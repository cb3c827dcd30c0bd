"""Matters by the words of their title and by pieces of their register number, from an index."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Boolean, ColumnElement, false, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from .models import Berkas
from .register import read_register

_WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 8


class _HoldsWords(FunctionElement[bool]):
    """Does a matter hold words that begin with each of these? The migrations berkas_0002 and berkas_0003 make the indexes."""

    name = "holds_words"
    type = Boolean()
    inherit_cache = True


@compiles(_HoldsWords, "sqlite")
def _in_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    words = compiler.process(element.clauses, **more)
    match = f"""'"' || replace({words}, ' ', '"* "') || '"*'"""
    return f"core_berkas.id IN (SELECT rowid FROM core_berkas_words WHERE core_berkas_words MATCH {match})"  # noqa: S608  of our own parts


@compiles(_HoldsWords, "postgresql")
def _in_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    words = compiler.process(element.clauses, **more)
    return f"core_berkas.words @@ to_tsquery('simple', replace({words}, ' ', ':* & ') || ':*')"


def matches(text: str) -> ColumnElement[bool]:
    """Matters with this register number, or with every word of `text`, each as the beginning of one of theirs."""
    register = read_register(text)
    if register:
        return Berkas.register == register
    words = _WORD.findall(text)[:MOST_WORDS]
    return _HoldsWords(literal(" ".join(words))) if words else false()
