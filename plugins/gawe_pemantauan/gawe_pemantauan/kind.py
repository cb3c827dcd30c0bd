"""The three ways of a proposal through the offices: hibah, bansos, and bansos after a disaster."""

from __future__ import annotations

from pendopo import N_
from pendopo.kit.berkas import BerkasKind

from .stages import EMERGENCY, PLANNED, PROGRAM, READ, VERIFY
from .steps import on_move
from .ways import BANSOS_STEPS, EMERGENCY_STEPS, HIBAH_STEPS, PLACE, MoveForm

_LINKS = {"citizen_url": "pemantauan:berkas", "staff_url": "pemantauan:kerja.berkas", "permission": READ, "move_form": MoveForm, "on_move": on_move}

HIBAH_KIND = BerkasKind(
    slug="hibah",
    plugin="gawe_pemantauan",
    title=N_("Proposal hibah"),
    initial="diajukan",
    states=PLANNED,
    transitions=HIBAH_STEPS,
    version=2,
    deadline=PLACE,
    escalate=(VERIFY, PROGRAM),
    icon="hand-heart",
    **_LINKS,
)
BANSOS_KIND = BerkasKind(
    slug="bansos",
    plugin="gawe_pemantauan",
    title=N_("Permohonan bansos"),
    initial="diajukan",
    states=PLANNED,
    transitions=BANSOS_STEPS,
    deadline=PLACE,
    escalate=(VERIFY, PROGRAM),
    icon="heart-handshake",
    **_LINKS,
)
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
