"""Kinds of paper of no plugin, and an office whose head signs."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from pendopo.identity import Jabatan, Opd
from pendopo.kit.documents import DocumentKind, issue, mask_name
from pendopo.registry import current
from pendopo.testing.reading import words_of

HERE = Path(__file__).parent


def kind(slug: str, **options) -> DocumentKind:
    """A kind of this folder; `options` replace what it usually is."""
    usual = {
        "title": "Surat keterangan",
        "template": "papers/letter.typ",
        "number": f"400/{slug}/{{year}}/{{seq:04}}",
        "package": HERE,
        "public_fields": lambda document: [("Nama", mask_name(document.data["nama"]))] if document.data else [],
    }
    return DocumentKind(slug=slug, plugin="uji", **{**usual, **options})


@pytest.fixture
def kinds(portal):
    """`kinds.letter` is signed at once, `later` by the outbox, `desk` by hand, `plain` never; `readable` has a permission. `make(slug, ...)` makes another."""
    found = SimpleNamespace(
        letter=kind("surat", signed=True), readable=kind("baca", signed=True, permission="uji.read"), later=kind("nanti", signed="later"), desk=kind("meja", signed="desk"), plain=kind("polos"),
        card=kind("kartu", signed=True, template="papers/card.typ", paper="card", title="Kartu uji", number="3604/UJI/{year}/{seq:06}"),
    )

    def make(slug: str, **options) -> DocumentKind:
        made = kind(slug, **options)
        current().document_kinds[made.owner] = made
        return made

    for one in vars(found).values():
        current().document_kinds[one.owner] = one
    found.make = make
    return found


@pytest.fixture
def head(officer):
    """The head of an office, who holds its first position."""
    return officer("uji.sign", name="Dra. Ratna Contoh")


@pytest.fixture
def chair(db, head) -> int:
    return head.posts[0].jabatan_id


@pytest.fixture
def opd_id(db, head) -> int:
    return db.scalar(select(Opd.id).join(Jabatan, Jabatan.opd_id == Opd.id).where(Jabatan.id == head.posts[0].jabatan_id))


@pytest.fixture
def give(db, head, resident, kinds, chair, opd_id, now):
    """`give(kind, nama="...")`: a paper of that kind for the resident, signed by the head."""

    def give(kind, *, at=now, signer=chair, **options):
        data = {"nama": options.pop("nama", "Siti Contoh"), "keperluan": options.pop("keperluan", "melamar pekerjaan")}
        return issue(db, head, kind, data=data, now=at, **{"opd_id": opd_id, "holder_id": resident.account_id, "signer": signer, **options})

    return give


@pytest.fixture
def text_of():
    """`text_of(pdf)`: its words, read by poppler."""
    return words_of
