"""The live view: at whose desk a proposal lies, since when, what comes next; and the same as a stream of events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import StreamingResponse

from pendopo import N_, NotFound, PermissionRefused, SignInNeeded, _
from pendopo.i18n import speaking
from pendopo.identity import Actor, Opd
from pendopo.kit.berkas import Berkas, BerkasEvent, holds_pin, read_register, timeline
from pendopo.live import subscribe

from . import agreement, listing
from .models import Proposal
from .proposals import may_see
from .rules import REASONS, Reason
from .stages import RAIL, STATE, WITH_APPLICANT

HEARTBEAT_S = 15.0
LIFE_S = 600.0  # then the page connects again, and is asked anew whether it may
NEXT = {  # what comes after the present state, said to the applicant
    "diajukan": N_("Desa memberi keterangan, lalu kecamatan."),
    "konfirmasi_camat": N_("Kecamatan memberi keterangan, lalu Bagian Kesra memeriksa berkas."),
    "cek_administrasi": N_("Berkas diteruskan kepada perangkat daerah untuk dikunjungi."),
    "perbaikan": N_("Anda mengirim perbaikan."),
    "disposisi": N_("Petugas menjadwalkan kunjungan ke lokasi."),
    "verifikasi_lapangan": N_("Perangkat daerah memberi rekomendasi."),
    "rekomendasi_opd": N_("Rekomendasi dikirim ke tim anggaran (TAPD)."),
    "pertimbangan_tapd": N_("Usulan masuk rancangan anggaran tahun berikutnya."),
    "masuk_anggaran": N_("Penerima ditetapkan dengan SK Bupati."),
    "ditetapkan": N_("Perjanjian hibah ditandatangani, atau pencairan disiapkan."),
    "pencairan": N_("Uang dikirim ke rekening penerima."),
    "lpj_ditunggu": N_("Anda mengirim laporan penggunaan."),
    "terlambat_lpj": N_("Anda mengirim laporan penggunaan."),
    "lpj_diperiksa": N_("Petugas menerima laporan atau meminta perbaikan."),
    "dilaporkan": N_("Camat mengesahkan laporan."),
    "asesmen": N_("Hasil asesmen menjadi dasar SK Bupati."),
    "menunggu_sk": N_("SK Bupati terbit, lalu bantuan dicairkan."),
}


@dataclass(frozen=True)
class Station:
    """One stop on the rail. `state`: done, now, ahead or left (the way ended before it)."""

    title: str
    state: str


@dataclass(frozen=True)
class Watch:
    """What the live view shows. `days`, `silent`: working days at this desk, and without a word. `events`: numbered from 1, as in the stream."""

    proposal: Proposal
    state: Any
    desk: str
    since: datetime
    days: int | None
    silent: int | None
    amber: bool
    next: str
    rail: list[Station]
    reason: Reason | None
    events: list[Any]


def rail_of(state: str, *, reached: str = "") -> list[Station]:
    """The stations of a proposal in `state`; of a closed one, as far as it came (`reached`: its last open state)."""
    at = next((n for n, (_title, states) in enumerate(RAIL) if state in states), None)
    if at is None:
        came = next((n for n, (_title, states) in enumerate(RAIL) if reached in states), 0)
        return [Station(title, "done" if n < came else "left") for n, (title, _states) in enumerate(RAIL)]
    return [Station(title, "done" if n < at or state == "selesai" else "now" if n == at else "ahead") for n, (title, _states) in enumerate(RAIL)]


def watch(db: Session, actor: Actor, proposal: Proposal, *, now: datetime, by_pin: bool = False) -> Watch:
    berkas = proposal.berkas
    state = STATE[berkas.state]
    entries = [one for one in timeline(db, actor, berkas, holds_pin=by_pin) if one.public]
    moves = [one for one in entries if one.kind in ("opened", "moved")]
    opd = db.get(Opd, berkas.opd_id) if berkas.opd_id else None
    days = listing.working_days_since(db, berkas.moved_at, now) if berkas.is_open else None
    silent, amber = listing.silence(db, berkas, now)
    agrees = agreement.with_body(db, proposal) is not None
    desk = _("Pemohon") if agrees or berkas.state in WITH_APPLICANT else opd.name if opd else _("Portal")
    next_step = _("Anda menyetujui NPHD, lalu pemerintah daerah menandatangani.") if agrees else _(NEXT.get(berkas.state, "")) if berkas.is_open else ""
    return Watch(
        proposal,
        state,
        desk,
        moves[-1].at if moves else berkas.moved_at,
        days,
        silent,
        amber and not agrees,
        next_step,
        rail_of(berkas.state, reached=_last_open_state(db, berkas)),
        REASONS.get(proposal.refusal),
        list(enumerate(entries, 1)),
    )


def _last_open_state(db: Session, berkas: Berkas) -> str:
    query = select(BerkasEvent.from_state).where(BerkasEvent.berkas_id == berkas.id, BerkasEvent.kind == "moved").order_by(BerkasEvent.id.desc()).limit(1)
    return db.scalar(query) or ""


def find_watched(request: Request, db: Session, register: str) -> tuple[Proposal, bool]:
    """`(proposal, came with its PIN)` for its applicant, an officer, or who showed the PIN. Raises NotFound, SignInNeeded or PermissionRefused."""
    clean = read_register(register[:60])
    proposal = db.scalar(select(Proposal).join(Proposal.berkas).where(Berkas.register == clean)) if clean else None
    if proposal is None:
        raise NotFound()
    if may_see(request.user, proposal):
        return proposal, False
    if holds_pin(request, proposal.berkas_id):
        return proposal, True
    raise PermissionRefused() if request.user.is_signed_in else SignInNeeded()


# ------------------------------------------------------------------------------------------------------------- stream


def _event(number: int, entry: Any, seen: Watch) -> str:
    told = {
        "nomor": number,
        "waktu": entry.at.isoformat(),
        "judul": entry.title,
        "oleh": entry.who,
        "catatan": entry.text,
        "keadaan": seen.proposal.berkas.state,
        "meja": seen.desk,
        "sejak": seen.since.isoformat(),
        "berikutnya": seen.next,
    }
    return f"id: {number}\nevent: langkah\ndata: {json.dumps(told, ensure_ascii=False)}\n\n"


def last_seen(request: Request) -> int:
    """The number of the last event that the page has: the header of a reconnect, or `?sesudah=` of the first connect."""
    text = request.headers.get("last-event-id") or request.query_params.get("sesudah", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


async def stream(request: Request) -> StreamingResponse:
    """`GET /pemantauan/pantau/{nomor}/stream`: every event once, in order, and a heartbeat while nothing happens."""
    portal = request.app.state.portal
    register = request.path_params["nomor"]

    def look(after: int) -> tuple[int, list[str]]:
        with portal.db.session(write=False) as db, speaking(plugin="gawe_pemantauan"):
            proposal, by_pin = find_watched(request, db, register)
            seen = watch(db, request.user, proposal, now=request.state.now, by_pin=by_pin)
            return proposal.berkas_id, [_event(number, entry, seen) for number, entry in seen.events if number > after]

    berkas_id, _first = await portal.answering.in_thread(look, last_seen(request))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_tell(portal, berkas_id, look, last_seen(request)), media_type="text/event-stream", headers=headers)


async def _tell(portal: Any, berkas_id: int, look: Any, seen: int) -> AsyncIterator[str]:
    """Joined first and read afterwards, so that nothing falls between the two."""
    news = subscribe(portal, [f"berkas:{berkas_id}"])
    waiting = asyncio.ensure_future(anext(news))
    ends = monotonic() + LIFE_S
    try:
        yield "retry: 3000\n\n"
        while monotonic() < ends:
            _id, fresh = await portal.answering.in_thread(look, seen)
            for event in fresh:
                seen = int(event.split("\n", 1)[0].removeprefix("id: "))
                yield event
            while not (done := (await asyncio.wait({waiting}, timeout=HEARTBEAT_S))[0]) and monotonic() < ends:
                yield ": hb\n\n"
            if done:
                waiting.result()
                waiting = asyncio.ensure_future(anext(news))
    finally:
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await news.aclose()
