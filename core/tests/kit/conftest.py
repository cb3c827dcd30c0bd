"""A kind of matter of no plugin, to open, move and close."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from pendopo.errors import InvalidInput
from pendopo.identity import ANONYMOUS
from pendopo.kit import forms
from pendopo.kit.berkas import BerkasKind, Deadline, State, Transition, receive_berkas
from pendopo.registry import current


class MoveForm(forms.Form):
    alasan = forms.StringField("Alasan", [forms.length(max=200)])


def on_move(db, berkas, transition, data, actor, now):
    if data.get("alasan") == "buruk":
        raise InvalidInput("Alasan ini tidak dapat dipakai.", field="alasan")


KIND = BerkasKind(
    slug="uji",
    plugin="",
    title="Urusan uji",
    initial="diterima",
    deadline=Deadline(3),
    escalate=("uji.head",),
    move_form=MoveForm,
    on_move=on_move,
    states=(
        State("diterima", "Diterima", "info"),
        State("diperiksa", "Diperiksa", "info"),
        State("menunggu", "Menunggu pemohon", "warn"),
        State("ditolak", "Ditolak", "error", open=False),
        State("selesai", "Selesai", "ok", open=False),
    ),
    transitions=(
        Transition(
            "verifikasi",
            "Verifikasi",
            ("diterima",),
            "diperiksa",
            permission="uji.verify",
            fields=("alasan",),
            deadline=Deadline(10),
            bulk=True,
            tone="primary",
        ),
        Transition("tolak", "Tolak", ("diterima",), "ditolak", permission="uji.verify", note="required", tone="error"),
        Transition("teruskan", "Teruskan", ("diperiksa",), "diperiksa", permission="uji.work", fields=("opd", "officer"), required=("opd",)),
        Transition("tanya", "Tanya pemohon", ("diperiksa",), "menunggu", permission="uji.work", note="required", clock="pause"),
        Transition(
            "lanjut", "Lanjutkan", ("menunggu",), "diperiksa", by=("officer", "applicant"), permission="uji.work", fields=("attachments",), notify="officer"
        ),
        Transition("selesaikan", "Selesaikan", ("diperiksa",), "selesai", permission="uji.work", note="required", fields=("attachments",)),
    ),
)


@pytest.fixture
def kind(portal) -> BerkasKind:
    current().berkas_kinds["uji"] = KIND
    return KIND


@pytest.fixture
def next_version(portal):
    """Calling it releases version 2 of the kind, with other states and steps; `next_version.kind` is that one."""
    newer = dataclasses.replace(
        KIND,
        version=2,
        states=(State("diterima", "Diterima"), State("rampung", "Rampung", open=False)),
        transitions=(Transition("langsung", "Langsung", ("diterima",), "rampung", permission="uji.verify"),),
    )

    def release() -> None:
        current().berkas_kinds["uji"] = newer

    release.kind = newer
    return release


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def open_one(db, kind, now):
    def open_one(actor=None, **more):
        applicant = {"applicant_id": actor.account_id} if actor else {}
        matter = receive_berkas(db, actor or ANONYMOUS, kind, **{"title": "Jalan berlubang", "register_code": "UJI", "now": now, **applicant, **more})
        db.commit()
        return matter

    return open_one
