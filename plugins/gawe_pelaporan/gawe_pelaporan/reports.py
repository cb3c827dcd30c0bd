"""Receiving reports, and what everyone may do with them: find similar ones, support, comment."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound, PermissionRefused, TooMany, live
from pendopo.db import insert_once
from pendopo.identity import Actor, as_system, find_opd, people_with
from pendopo.kit import attachments as files
from pendopo.kit.berkas import move_berkas, receive_berkas
from pendopo.kit.places import desa_at, distance_m, find_place, inside_envelope, place_name
from pendopo.kit.throttle import allow
from pendopo.notifications import notify
from pendopo.plugins import current_host

from .categories import BY_CODE
from .kind import ASSIGN, HANDLE, LAPORAN, VERIFY
from .models import Dukungan, KerusakanJalan, Komentar, Laporan
from .options import opd_code_for, option, points
from .rules import Weight, bounding_box, find_personal, hide_personal, priority_of, priority_points

OWNER = "gawe_pelaporan.laporan"
FOLLOW_UP = "gawe_pelaporan.tindak_lanjut"
LIST_TOPIC = "public:pelaporan"


class ReportsNeedAccount(PermissionRefused):
    message = N_("Saat ini laporan hanya diterima dari akun yang sudah masuk.")


@dataclass
class NewReport:
    """What a report is made of, checked. `road`: the columns of KerusakanJalan without its key."""

    service_code: str
    title: str
    description: str
    lat: float | None = None
    lon: float | None = None
    accuracy_m: int | None = None
    desa_code: str = ""
    address: str = ""
    road: dict[str, Any] | None = None
    casualties: bool = False
    access_cut: bool = False
    school_route: bool = False
    urgent: bool = False
    private: bool = False
    anonymous: bool = False
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    media_url: str = ""
    photos: Sequence[files.Attachment] = field(default_factory=list)
    channel: str = "web"
    api_key_id: int | None = None


def topic_of(berkas_id: int) -> str:
    """The live topic of a report's public page."""
    return f"public:laporan-{berkas_id}"


def locate(new: NewReport) -> None:
    """Complete the place: the point from a photo, the desa from the point."""
    if new.lat is None:
        found = next((photo for photo in new.photos if photo.lat is not None and inside_envelope(photo.lat, photo.lon)), None)
        if found is not None:
            new.lat, new.lon = found.lat, found.lon
    if not new.desa_code and new.lat is not None:
        desa = desa_at(new.lat, new.lon)
        new.desa_code = desa.code if desa else ""


def check_unsigned(db: Session, actor: Actor, address: str) -> None:
    """Reports without an account: allowed at all, and not too many from one address. Raises ReportsNeedAccount or TooMany."""
    if actor.is_signed_in:
        return
    if not option(db, "tanpa_akun"):
        raise ReportsNeedAccount()
    if not allow("pelaporan.tanpa_akun", address, most=int(option(db, "tanpa_akun_per_jam")), seconds=3600):
        raise TooMany(N_("Terlalu banyak laporan dari alamat ini dalam satu jam. Masuk dengan akun Anda, atau coba lagi nanti."))


def receive_report(db: Session, actor: Actor, new: NewReport, *, now: datetime) -> Laporan:
    """Take in a report: register number and PIN (`laporan.berkas.pin`, once), place, priority; the urgent ones go straight to their office.

    Raises InvalidInput for a place outside the regency or an unknown category.
    """
    category = BY_CODE.get(new.service_code)
    if category is None:
        raise InvalidInput(N_("Pilih kategori dari daftar."), field="service_code")
    locate(new)
    if new.lat is not None and not inside_envelope(new.lat, new.lon):
        raise InvalidInput(N_("Titik ini di luar kabupaten. Alamat Serang sering berada di Kota Serang; laporkan kepada pemerintah kota."), field="point")
    coordinator = find_opd(db, str(option(db, "opd_koordinator")))
    berkas = receive_berkas(
        db,
        actor,
        LAPORAN,
        title=new.title,
        register_code=category.prefix,
        applicant_id=actor.citizen_id,
        opd_id=coordinator.id if coordinator else None,
        desa_code=new.desa_code or None,
        channel=new.channel,
        private=new.private,
        anonymous=new.anonymous,
        now=now,
    )
    laporan = Laporan(
        berkas_id=berkas.id,
        token=secrets.token_urlsafe(12),
        service_code=category.code,
        title=new.title,
        description=new.description,
        public_title="",
        public_text="",
        lat=new.lat,
        lon=new.lon,
        accuracy_m=new.accuracy_m,
        address=new.address,
        desa_code=new.desa_code or None,
        kelas=category.kelas,
        casualties=new.casualties,
        access_cut=new.access_cut,
        school_route=new.school_route,
        urgent=new.urgent and category.duty_of_care,
        private=new.private,
        anonymous=new.anonymous,
        contact_name=new.contact_name,
        contact_phone=new.contact_phone,
        contact_email=new.contact_email,
        media_url=new.media_url,
        photo_count=len(new.photos),
        received_at=now,
        api_key_id=new.api_key_id,
        supports=0,
        reopened=0,
        extra={},
        priority=4,
    )
    laporan.berkas = berkas
    db.add(laporan)
    db.flush()
    if new.road is not None:
        laporan.road = KerusakanJalan(berkas_id=berkas.id, **new.road)
        _find_owner(db, laporan)
    weigh(db, laporan)
    files.claim(db, list(new.photos), owner=OWNER, ref=berkas.id)
    db.flush()
    if laporan.urgent:
        _send_at_once(db, laporan, now)
    return laporan


def _find_owner(db: Session, laporan: Laporan) -> None:
    """Whose road is it? Whoever keeps the road network answers; nobody's answer leaves it open."""
    if laporan.lat is None:
        return
    owner = current_host().ask("road_owner", db=db, lat=laporan.lat, lon=laporan.lon)
    if owner:
        laporan.road_authority, laporan.road_name = str(owner.get("authority", ""))[:20], str(owner.get("name", ""))[:160]
        if laporan.road is not None:
            laporan.road.no_ruas = str(owner.get("number", ""))[:20]


def weigh(db: Session, laporan: Laporan) -> int:
    """Set the priority from what is known and how many support it."""
    weight = Weight(laporan.casualties, laporan.access_cut, laporan.school_route, laporan.road_authority == "kabupaten", laporan.supports)
    laporan.priority = 1 if laporan.urgent else priority_of(priority_points(weight, points(db)))
    return laporan.priority


def _send_at_once(db: Session, laporan: Laporan, now: datetime) -> None:
    """A danger to life does not wait in the queue: straight to the office, due within the hour, people told at once."""
    opd = find_opd(db, opd_code_for(db, laporan.service_code))
    if opd is None:
        return
    due = now + timedelta(minutes=int(option(db, "darurat_menit")))
    move_berkas(db, as_system(N_("Laporan darurat")), laporan.berkas_id, "disposisi", opd_id=opd.id, due=due, now=now)
    told = {*people_with(db, HANDLE, opd.id), *people_with(db, ASSIGN, opd.id), *people_with(db, VERIFY)}
    notify(
        db,
        topic="pelaporan.darurat",
        to=sorted(told),
        template="gawe_pelaporan/notify/darurat",
        context={"title": laporan.title, "register": laporan.berkas.register, "place": place_name(laporan.desa_code) or laporan.address},
        url=f"/kerja/pelaporan/{laporan.berkas_id}",
        key=f"darurat:{laporan.berkas_id}",
    )


# ------------------------------------------------------------------------------------------------------------ similar ones


@dataclass(frozen=True)
class Similar:
    laporan: Laporan
    metres: int


def find_similar(
    db: Session, service_code: str, lat: float | None, lon: float | None, *, now: datetime, leave_out: int | None = None, limit: int = 5
) -> list[Similar]:
    """Public reports of the same category nearby and recent that are not closed, the nearest first."""
    if lat is None or lon is None:
        return []
    radius = int(option(db, "radius_duplikat_m"))
    south, north, west, east = bounding_box(lat, lon, radius)
    rows = db.scalars(
        select(Laporan)
        .join(Laporan.berkas)
        .where(
            Laporan.service_code == service_code,
            Laporan.lat.between(south, north),
            Laporan.lon.between(west, east),
            Laporan.received_at >= now - timedelta(days=int(option(db, "hari_duplikat"))),
            Laporan.published_at.is_not(None),
            Laporan.private.is_(False),
            Laporan.berkas.property.mapper.class_.is_open.is_(True),
        )
        .limit(50)
    )
    near = [Similar(row, round(distance_m(lat, lon, row.lat, row.lon))) for row in rows if row.berkas_id != leave_out]
    return sorted((s for s in near if s.metres <= radius), key=lambda s: (s.metres, s.laporan.berkas_id))[:limit]


# ------------------------------------------------------------------------------------------------------------------ support


def get_public(db: Session, berkas_id: int) -> Laporan:
    """A published report. Raises NotFound for everything else, so that nobody learns what waits for moderation."""
    laporan = db.get(Laporan, berkas_id)
    if laporan is None or laporan.published_at is None:
        raise NotFound()
    return laporan


def add_support(db: Session, account_id: int, laporan: Laporan, *, now: datetime) -> bool:
    """Count one person's support, once. False when it was there already."""
    if not insert_once(db, Dukungan, berkas_id=laporan.berkas_id, account_id=account_id, at=now):
        return False
    db.execute(update(Laporan).where(Laporan.berkas_id == laporan.berkas_id).values(supports=Laporan.supports + 1))
    db.refresh(laporan, ["supports"])
    weigh(db, laporan)
    db.flush()
    live.publish(db, topic_of(laporan.berkas_id))
    return True


def support(db: Session, actor: Actor, berkas_id: int, *, now: datetime) -> Laporan:
    """`Ikut mendukung`: one for each account, not of one's own report. Raises Conflict."""
    actor.require_signed_in()
    laporan = get_public(db, berkas_id)
    if laporan.berkas.applicant_id == actor.citizen_id:
        raise Conflict(N_("Ini laporan Anda sendiri."))
    if not laporan.berkas.is_open:
        raise Conflict(N_("Laporan ini sudah ditutup."))
    add_support(db, actor.citizen_id, laporan, now=now)
    return laporan


def withdraw_support(db: Session, actor: Actor, berkas_id: int) -> Laporan:
    account_id = actor.require_signed_in()
    laporan = get_public(db, berkas_id)
    row = db.get(Dukungan, (berkas_id, actor.citizen_id or account_id))
    if row is not None:
        db.delete(row)
        db.flush()
        db.execute(update(Laporan).where(Laporan.berkas_id == berkas_id, Laporan.supports > 0).values(supports=Laporan.supports - 1))
        db.refresh(laporan, ["supports"])
        weigh(db, laporan)
        live.publish(db, topic_of(berkas_id))
    return laporan


def supports_of(db: Session, account_id: int | None, berkas_ids: Sequence[int]) -> set[int]:
    """Which of these reports this account supports."""
    if account_id is None or not berkas_ids:
        return set()
    return set(db.scalars(select(Dukungan.berkas_id).where(Dukungan.account_id == account_id, Dukungan.berkas_id.in_(berkas_ids))))


# ----------------------------------------------------------------------------------------------------------------- comments


def comment(db: Session, actor: Actor, berkas_id: int, text: str, *, now: datetime) -> Komentar:
    """Say something below a public report; one for each account, written anew by the second.

    Raises InvalidInput when personal data stand in it, Conflict when a moderator hid the earlier one.
    """
    account_id = actor.require_signed_in()
    laporan = get_public(db, berkas_id)
    text = text.strip()
    if not 3 <= len(text) <= 1000:
        raise InvalidInput(N_("Komentar berisi 3 sampai 1000 huruf."), field="text")
    if find_personal(text):
        raise InvalidInput(N_("Komentar dibaca semua orang. Hapus nomor KTP, telepon, surel, atau nomor kendaraan."), field="text")
    if laporan.private:
        raise Conflict(N_("Laporan rahasia tidak menerima komentar."))
    row = db.scalar(select(Komentar).where(Komentar.berkas_id == berkas_id, Komentar.account_id == account_id))
    if row is None:
        row = Komentar(berkas_id=berkas_id, account_id=account_id, text=text, at=now)
        db.add(row)
    elif row.hidden_at is not None:
        raise Conflict(N_("Komentar Anda di sini disembunyikan moderator."))
    else:
        row.text, row.at = text, now
    db.flush()
    live.publish(db, topic_of(berkas_id))
    return row


def hide_comment(db: Session, actor: Actor, comment_id: int, *, now: datetime) -> Komentar:
    """Take a comment away from everyone, or bring it back."""
    actor.require(VERIFY)
    row = db.get(Komentar, comment_id)
    if row is None:
        raise NotFound()
    row.hidden_at, row.hidden_by = (now, actor.account_id) if row.hidden_at is None else (None, None)
    db.flush()
    live.publish(db, topic_of(row.berkas_id))
    return row


def comments_of(db: Session, berkas_id: int, *, hidden: bool = False) -> list[Komentar]:
    query = select(Komentar).where(Komentar.berkas_id == berkas_id).order_by(Komentar.at, Komentar.id)
    return list(db.scalars(query if hidden else query.where(Komentar.hidden_at.is_(None))))


# ------------------------------------------------------------------------------------------------------- what the public reads


def prepare_public_text(laporan: Laporan) -> None:
    """What everyone may read until a moderator words it otherwise: without what looks like personal data."""
    if not laporan.public_title:
        laporan.public_title = hide_personal(laporan.title)
    if not laporan.public_text:
        laporan.public_text = hide_personal(laporan.description)


def place_of(laporan: Laporan) -> str:
    """Desa and kecamatan; for private reports nothing nearer."""
    return place_name(laporan.desa_code) or ("" if laporan.private else hide_personal(laporan.address))


def kecamatan_of(laporan: Laporan) -> str:
    place = find_place((laporan.desa_code or "")[:8])
    return place.name if place else ""


def count_supports(db: Session, berkas_id: int) -> int:
    return db.scalar(select(func.count()).select_from(Dukungan).where(Dukungan.berkas_id == berkas_id)) or 0
