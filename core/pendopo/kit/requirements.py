"""Papers that an application asks for: what each is, who must give it, and the files that were given.

A list of `Requirement` is data. `requirements_form` makes a form of it, `missing` says what still lacks, `keep_papers`
gives the files to their row, `papers_of` finds them there. A paper that somebody handed in once may be used again.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from ..i18n import _
from ..layout.forms import Form, answered, conditions, required
from . import attachments
from .attachments import Attachment
from .fields import UploadField

__all__ = ["Requirement", "keep_papers", "missing", "papers_of", "requirements_field", "requirements_form"]


@dataclass(frozen=True)
class Requirement:
    """One paper. `slug`: its name in forms, at most 50 characters; `need`: required or optional.

    `when`: whether it is asked at all: a condition on earlier answers like a question's (`("usaha", "badan")`), or a
    function of all values so far. `reuse`: papers of one name are the same in all applications (`ktp`); "" is the slug,
    None is never used again. `papers`: kinds of paper in the portal's own wallet that will do (`("ak1", "bukti_bayar")`, slugs
    of `DocumentKind`): those of the person that are valid today are offered. `accept`: media types.
    """

    slug: str
    title: str
    help: str = ""
    need: str = "required"
    when: Any = None
    accept: tuple[str, ...] = attachments.ACCEPTED
    most: int = 1
    most_bytes: int = attachments.MOST_BYTES
    reuse: str | None = ""
    papers: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Under which name its files are kept."""
        return self.slug if self.reuse in ("", None) else self.reuse

    @property
    def is_required(self) -> bool:
        return self.need == "required"

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Is it asked of somebody who answered `values`?"""
        if self.when is None:
            return True
        if callable(self.when):
            return bool(self.when(values))
        return all(answered(values.get(name), wanted) for name, wanted in conditions(self.when))


def requirements_field(requirement: Requirement) -> Any:
    """The upload field of one paper, for a Form of one's own. The condition is left to whoever draws the form."""
    checks = [required()] if requirement.is_required else []
    return UploadField(
        requirement.title, checks, description=requirement.help, most=requirement.most, accept=requirement.accept, most_bytes=requirement.most_bytes,
        reuse=requirement.label if requirement.reuse is not None else "", papers=requirement.papers,
    )


def requirements_form(requirements: Sequence[Requirement], values: Mapping[str, Any] | None = None, base: type[Form] = Form) -> type[Form]:
    """A form with an upload for each paper that is asked of somebody who answered `values`.

    As a step of a wizard: `Step("syarat", N_("Persyaratan"), lambda values: requirements_form(PAPERS, values))`.
    """
    fields = {one.slug: requirements_field(one) for one in requirements if one.holds(values or {})}
    return type("RequirementsForm", (base,), fields)


def missing(requirements: Sequence[Requirement], have: Mapping[str, Any], values: Mapping[str, Any] | None = None) -> list[Requirement]:
    """Required papers that are asked but not there. `have`: slug -> files (of `papers_of`, or a form's `data`)."""
    return [one for one in requirements if one.is_required and one.holds(values or {}) and not have.get(one.slug)]


def keep_papers(db: Session, requirements: Sequence[Requirement], values: Mapping[str, Any], *, owner: str, ref: int) -> None:
    """Give the files in `values` (slug -> attachments) to their row; files of papers that are not asked are left as drafts."""
    for one in requirements:
        files = values.get(one.slug) or []
        if not one.holds(values):
            continue
        for file in files:
            file.label = one.label
        attachments.claim(db, files, owner=owner, ref=ref)


def papers_of(db: Session, requirements: Sequence[Requirement], owner: str, ref: int) -> dict[str, list[Attachment]]:
    """Slug -> files, of the row `ref` of `owner`."""
    files = attachments.attachments_of(db, owner, ref)
    return {one.slug: [file for file in files if file.label == one.label] for one in requirements}


def said(requirements: Sequence[Requirement]) -> list[Requirement]:
    """The list with title and help in the present language, for a page."""
    return [dataclasses.replace(one, title=_(one.title), help=_(one.help) if one.help else "") for one in requirements]
