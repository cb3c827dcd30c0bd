"""The three ways of a proposal through the offices: hibah, bansos, and bansos after a disaster."""

from __future__ import annotations

from typing import Any

from pendopo import N_
from pendopo.kit.berkas import BerkasKind, Transition

from .stages import EMERGENCY, PLANNED, PROGRAM, READ, VERIFY
from .steps import on_move
from .ways import BANSOS_STEPS, EMERGENCY_STEPS, HIBAH_STEPS, PLACE, MoveForm

_LINKS: dict[str, Any] = {
    "citizen_url": "pemantauan:berkas",
    "staff_url": "pemantauan:kerja.berkas",
    "permission": READ,
    "move_form": MoveForm,
    "on_move": on_move,
}


def _planned(slug: str, title: str, icon: str, steps: tuple[Transition, ...], version: int) -> BerkasKind:
    """A way through the year of the budget."""
    return BerkasKind(
        slug=slug,
        plugin="gawe_pemantauan",
        title=title,
        initial="diajukan",
        states=PLANNED,
        transitions=steps,
        version=version,
        deadline=PLACE,
        escalate=(VERIFY, PROGRAM),
        icon=icon,
        **_LINKS,
    )


HIBAH_KIND = _planned("hibah", N_("Proposal hibah"), "hand-heart", HIBAH_STEPS, 2)
BANSOS_KIND = _planned("bansos", N_("Permohonan bansos"), "heart-handshake", BANSOS_STEPS, 1)
DARURAT_KIND = BerkasKind(
    slug="bansos_darurat",
    plugin="gawe_pemantauan",
    title=N_("Bansos darurat"),
    initial="dilaporkan",
    states=EMERGENCY,
    transitions=EMERGENCY_STEPS,
    escalate=(VERIFY, PROGRAM),
    icon="siren",
    **_LINKS,
)
KINDS = (HIBAH_KIND, BANSOS_KIND, DARURAT_KIND)
KIND_OF_JENIS = {
    "hibah_uang": HIBAH_KIND,
    "hibah_barang": HIBAH_KIND,
    "hibah_jasa": HIBAH_KIND,
    "bansos_terencana": BANSOS_KIND,
    "bansos_tak_terencana": DARURAT_KIND,
}
REGISTER_CODE = {"hibah": "HBH", "bansos": "BSS", "bansos_darurat": "BSD"}
