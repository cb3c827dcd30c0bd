"""What a plugin says of a kind of paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ...registry import current

if TYPE_CHECKING:
    from .models import Document

__all__ = ["DocumentKind", "Party", "kind_of", "mask_name"]


@dataclass(frozen=True)
class DocumentKind:
    """A kind of paper that a plugin issues.

    `template`: a typst file in the plugin's package (`papers/ak1.typ`). `number`: the pattern of its numbers, or the name of a
    setting that holds it; places are `seq`, `year`, `month`, `roman` (the month as I..XII), `opd` (short name) and whatever
    `data` has. The series is the regency's, or each OPD's when the pattern has `{opd}`; each year's when it has `{year}`. It is ""
    when the plugin keeps a number book of its own and gives `own_number` to `issue`.
    `signed`: True at once, "later" by the outbox, "desk" by the signers at their desk, False never.
    `public_fields(document)`: `(label, value)` for the verification page, masked already. `permission`: staff who may read it,
    in its OPD. Others are asked for by `may_read_attachment` with owner `<plugin>.<slug>` and the paper's `ref`.
    `package`: where `template` lies when it is not the plugin's own package.
    """

    slug: str
    plugin: str
    title: str
    template: str
    number: str
    paper: Literal["a4", "f4", "card"] = "a4"
    signed: bool | Literal["later", "desk"] = False
    public_fields: Callable[[Document], list[tuple[str, str]]] | None = None
    permission: str = ""
    package: str | Path = ""

    @property
    def owner(self) -> str:
        return f"{self.plugin}.{self.slug}"


@dataclass(frozen=True)
class Party:
    """Somebody outside the offices who agrees to a paper before they sign it: with their account, or on paper."""

    name: str
    role: str = ""  # "Ketua DKM Al-Ikhlas"
    account_id: int | None = None


def kind_of(document: Document) -> DocumentKind | None:
    """The kind of a paper; None while its plugin is switched off."""
    return current().document_kinds.get(f"{document.plugin}.{document.kind}")


def mask_name(name: str) -> str:
    """`S*** A*****` of `Siti Aminah`: enough to compare with a paper in hand, not enough to learn it."""
    return " ".join(word[0] + "*" * (len(word) - 1) for word in name.split())
