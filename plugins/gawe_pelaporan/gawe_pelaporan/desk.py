"""What officers do with a report beside moving it: follow-up in the field, its public wording, letters, the radio."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound, PermissionRefused, live, outbox
from pendopo.identity import Actor, as_system, record
from pendopo.kit import attachments as files
from pendopo.kit.berkas import Berkas, BerkasEvent, add_internal_note, add_message
from pendopo.kit.places import place_name

from .categories import BY_CODE
from .kind import ASSIGN, HANDLE, VERIFY
from .listing import staff_scope
from .models import Laporan, TindakLanjut
from .reports import FOLLOW_UP, topic_of, weigh
from .rules import TINDAK_LANJUT, find_personal, hide_personal

FIELD_STEPS = {  # steps whose photos everyone may see, and what they are called
    "survei": "survei",
    "tangani_sementara": "penanganan_sementara",
    "kerjakan": "pekerjaan",
    "selesaikan": "pekerjaan",
    "jawaban_luar": "pekerjaan",
}


def get_report(db: Session, actor: Actor, berkas_id: int) -> Laporan:
    """A report for an officer who may read it. Raises NotFound or PermissionRefused."""
    laporan = db.get(Laporan, berkas_id)
    if laporan is None:
        raise NotFound()
    scope = staff_scope(actor)
    if scope is not None and laporan.berkas.opd_id not in scope and laporan.berkas.officer_id != actor.account_id:
        raise PermissionRefused(N_("Laporan ini ditangani perangkat daerah lain."))
    return laporan


def add_follow_up(
    db: Session,
    actor: Actor,
    berkas_id: int,
    *,
    kind: str,
    note: str,
    volume: str = "",
    cost: int | None = None,
    package: str = "",
    photos: Sequence[files.Attachment] = (),
    now: datetime,
) -> TindakLanjut:
    """Write down what was done in the field; everyone reads it beside the report, its sender is told."""
    laporan = get_report(db, actor, berkas_id)
    actor.require(HANDLE, laporan.berkas.opd_id)
    if not laporan.berkas.is_open or laporan.published_at is None:
        raise Conflict(N_("Tindak lanjut dicatat pada laporan terbuka yang sudah diteruskan."))
    if kind not in TINDAK_LANJUT:
        raise InvalidInput(N_("Pilih jenis dari daftar."), field="kind")
    if find_personal(note):
        raise InvalidInput(N_("Catatan ini dibaca umum. Hapus nomor KTP, telepon, surel, atau nomor kendaraan."), field="note")
    row = TindakLanjut(
        berkas_id=berkas_id, kind=kind, note=note.strip(), volume=volume, cost=cost, package=package, opd_id=laporan.berkas.opd_id, by=actor.account_id, at=now
    )
    db.add(row)
    db.flush()
    files.claim(db, list(photos), owner=FOLLOW_UP, ref=row.id)
    laporan.answered_at = laporan.answered_at or now
    add_message(db, actor, berkas_id, note, now=now)
    live.publish(db, topic_of(berkas_id))
    return row


def follow_ups(db: Session, berkas_id: int) -> list[tuple[TindakLanjut, list[files.Attachment]]]:
    """What was done, with its photos, oldest first."""
    rows = db.scalars(select(TindakLanjut).where(TindakLanjut.berkas_id == berkas_id).order_by(TindakLanjut.at, TindakLanjut.id)).all()
    return [(row, files.attachments_of(db, FOLLOW_UP, row.id)) for row in rows]


def keep_step_photos(db: Session, key: str, berkas_id: int, transition: str) -> TindakLanjut | None:
    """Photos of a step in the field become a follow-up of their own, since those of the timeline are only for the two sides.

    `key` is that of the fact `berkas_moved`; it ends with the id of the timeline's line.
    """
    kind = FIELD_STEPS.get(transition)
    event_id = key.rpartition(":")[2]
    event = db.get(BerkasEvent, int(event_id)) if kind and event_id.isdigit() else None
    berkas = db.get(Berkas, berkas_id)
    if event is None or berkas is None or event.berkas_id != berkas_id or not event.data.get("attachments"):
        return None
    photos = [a for a in db.scalars(select(files.Attachment).where(files.Attachment.id.in_(event.data["attachments"]))) if a.is_image]
    if not photos:
        return None
    row = TindakLanjut(berkas_id=berkas_id, kind=kind, note=hide_personal(event.text), opd_id=berkas.opd_id, by=event.actor_id, at=event.at)
    db.add(row)
    db.flush()
    for photo in photos:
        copy_photo(db, photo, ref=row.id, now=event.at)
    live.publish(db, topic_of(berkas_id))
    return row


def copy_photo(db: Session, photo: files.Attachment, *, ref: int, now: datetime) -> None:
    """Another row for the same content: files are kept under their hash, so nothing is stored twice."""
    import secrets

    columns = ("filename", "mime", "size_bytes", "sha256", "width", "height", "uploaded_by")
    db.add(files.Attachment(owner=FOLLOW_UP, ref=ref, token=secrets.token_urlsafe(16), created_at=now, **{name: getattr(photo, name) for name in columns}))
    db.flush()


def word_for_public(db: Session, actor: Actor, berkas_id: int, *, title: str, text: str, service_code: str, now: datetime) -> Laporan:
    """Change what everyone reads, and the category. What the sender wrote stays as it is, for the office."""
    laporan = get_report(db, actor, berkas_id)
    actor.require(VERIFY, laporan.berkas.opd_id)
    if service_code not in BY_CODE:
        raise InvalidInput(N_("Pilih kategori dari daftar."), field="service_code")
    for name, value in (("public_title", title), ("public_text", text)):
        if "nik" in find_personal(value):
            raise InvalidInput(N_("Nomor induk tidak boleh diterbitkan."), field=name)
    laporan.public_title, laporan.public_text, laporan.service_code = title.strip(), text.strip(), service_code
    weigh(db, laporan)
    record(db, actor, "pelaporan.worded", f"berkas:{berkas_id}", {"category": service_code})
    db.flush()
    live.publish(db, topic_of(berkas_id))
    return laporan


def send_to_letters(db: Session, actor: Actor, berkas_id: int, *, derajat: str, summary: str, now: datetime) -> Laporan:
    """Ask that the report enters the letter register of its office and goes down by disposisi."""
    laporan = get_report(db, actor, berkas_id)
    actor.require(ASSIGN, laporan.berkas.opd_id)
    if not laporan.berkas.is_open or laporan.berkas.opd_id is None:
        raise Conflict(N_("Laporan ini sudah ditutup."))
    if laporan.letter:
        raise Conflict(N_("Laporan ini sudah ada di buku agenda surat."))
    if derajat not in ("biasa", "penting", "segera", "amat_segera"):
        raise InvalidInput(N_("Pilih derajat dari daftar."), field="derajat")
    outbox.tell(
        db,
        "surat_requested",
        key=f"pelaporan:{berkas_id}",
        source="pelaporan",
        berkas_id=berkas_id,
        perihal=f"{laporan.berkas.register}: {laporan.title}"[:300],
        summary=hide_personal(summary),
        opd_id=laporan.berkas.opd_id,
        actor_id=actor.account_id,
        derajat=derajat,
    )
    laporan.letter = "diminta"
    add_internal_note(db, actor, berkas_id, summary, now=now)
    return laporan


LETTER_NOTES = {
    "dicatat": N_("Laporan tercatat di buku agenda surat dan didisposisikan kepada pimpinan perangkat daerah."),
    "dibaca": N_("Disposisi sudah dibaca."),
    "diproses": N_("Disposisi sedang dikerjakan."),
    "selesai": N_("Disposisi selesai."),
    "dikembalikan": N_("Disposisi dikembalikan."),
}


def hear_of_letter(db: Session, berkas_id: int, result: str, note: str, at: datetime) -> None:
    """The letter register tells how the matter goes: shown in the timeline of the office."""
    laporan = db.get(Laporan, berkas_id)
    if laporan is None or result not in LETTER_NOTES:
        return
    laporan.letter = result
    text = LETTER_NOTES[result] + (f" {note}" if note else "")
    add_internal_note(db, as_system(N_("Buku agenda surat")), berkas_id, text[:1000], now=at)


def ask_radio(db: Session, actor: Actor, berkas_id: int, *, now: datetime) -> Laporan:
    """Ask that a danger is read out: only for urgent reports that were verified. An editor of the radio decides."""
    laporan = get_report(db, actor, berkas_id)
    actor.require(VERIFY, laporan.berkas.opd_id)
    if not laporan.urgent or laporan.published_at is None or not laporan.berkas.is_open:
        raise Conflict(N_("Hanya laporan darurat yang terbit dan masih terbuka yang dapat dibacakan."))
    if laporan.extra.get("radio"):
        raise Conflict(N_("Permintaan siaran sudah dikirim."))
    place = place_name(laporan.desa_code) or laporan.address
    text = {
        "id": f"Perhatian. {BY_CODE[laporan.service_code].title} di {place}: {laporan.public_title}. Hindari lokasi ini. Petugas sudah diberi tahu.",
        "en": f"Attention. Danger reported at {place}: {laporan.public_title}. Please avoid this place. The office in charge has been told.",
    }
    outbox.tell(db, "read_out_requested", key=f"pelaporan:{berkas_id}", plugin="gawe_pelaporan", text=text, priority="penting", until=now + timedelta(hours=12))
    laporan.extra = {**laporan.extra, "radio": now.isoformat()}
    add_internal_note(db, actor, berkas_id, text["id"], now=now)
    return laporan
