"""The English of a permit type: a table of its own sentences, in the data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def with_english(question: Mapping[str, Any], english: Mapping[str, str]) -> dict[str, Any]:
    """A question with `x-en`, as the kit's forms read it."""
    words = {key: english[question[key]] for key in ("title", "description") if question.get(key) in english}
    titles = question.get("x-titles", ())
    if titles and any(title in english for title in titles):
        words["x-titles"] = [english.get(title, title) for title in titles]
    return {**question, "x-en": {**words, **question.get("x-en", {})}} if words else dict(question)


def sentences_of(data: Mapping[str, Any]) -> Iterator[str]:
    """Everything in a permit type that somebody reads on a page."""
    yield from (data["nama"], data["sektor"], data["ringkas"], *data.get("kebutuhan", ()))
    for paper in data["syarat"]:
        yield from (paper["nama"], paper.get("keterangan", ""))
    for question in data["formulir"]["properties"].values():
        yield from (question["title"], question.get("description", ""), *question.get("x-titles", ()))
    yield from data["standar"].values()
