"""Cards: issued, reported on, checked by anyone, revoked."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session, object_session

from pendopo import N_, Conflict, InvalidInput, NotFound, _, live
from pendopo.i18n import format_date, speaking
from pendopo.identity import Account, Actor, decrypt_nik, mask_nik, record
from pendopo.kit import attachments as files
from pendopo.kit import documents
from pendopo.kit.dates import regency_day
from pendopo.kit.places import place_name

from . import kbji, rules, seekers
from .kind import READ, SIGN, SIGNER, VERIFY
from .models import Kartu, Lapor, Pencari, Permohonan
from .options import number, office_id

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def public_fields(document: Any) -> list[tuple[str, str]]:
    """What anyone may see behind the QR code: initials, and how the card stands today, no more."""
    found = [(_("Nama"), document.data.get("inisial", "")), (_("Jenis kartu"), _("Tanda bukti pendaftaran pencari kerja (AK/1)"))]
    db = object_session(document)
    card = db.scalar(select(Kartu).where(Kartu.document_id == document.id, Kartu.live_of.is_not(None))) if db is not None else None
    if card is not None:
        found.append((_("Keadaan kartu"), _(rules.STATUS[rules.status_on(card.facts, regency_day(datetime.now(UTC)))])))
    return found


AK1 = documents.DocumentKind(
    slug="ak1",
    plugin="gawe_kartukuning",
    title=N_("Kartu Tanda Bukti Pendaftaran Pencari Kerja (AK/1)"),
    template="papers/ak1.typ",
    paper="card",
    number="kartukuning.nomor",
    signed="later",
    public_fields=public_fields,
    permission=READ,
)


def live_card(db: Session, seeker_id: int) -> Kartu | None:
    """The card that counts for a person, whatever its status."""
    return db.scalar(select(Kartu).where(Kartu.live_of == seeker_id))


def paper_of(db: Session, card: Kartu | None) -> documents.Document | None:
    return db.get(documents.Document, card.document_id) if card is not None and card.document_id else None


def get_card(db: Session, actor: Actor, card_id: int) -> Kartu:
    """A card for its holder or an officer. Raises NotFound or PermissionRefused."""
    card = db.get(Kartu, card_id)
    if card is None:
        raise NotFound()
    if not is_own(actor, card):
        seekers.require_reader(actor)
    return card


def is_own(actor: Actor, card: Kartu) -> bool:
    return card.pencari.account_id is not None and card.pencari.account_id == actor.citizen_id


# ------------------------------------------------------------------------------------------------------------- issuing


def issue_card(db: Session, actor: Actor, application: Permohonan, *, on: date, now: datetime) -> Kartu:
    """Number, paper and dates of a card, in the transaction of the step that issues it. A replacement keeps the old dates."""
    actor.require(SIGN, application.berkas.opd_id)
    seeker = application.pencari
    old = live_card(db, seeker.id)
    kept = old.facts if old is not None and application.jenis == "penggantian" else None
    dues = kept.dues if kept else rules.report_dates(on, months=number(db, "masa_bulan", on), every=number(db, "lapor_bulan", on))
    issued = old.issued_on if old is not None and kept else on
    pin = "".join(secrets.choice(LETTERS) for _ in range(6))
    checker = db.get(Account, application.diperiksa_oleh) if application.diperiksa_oleh else None
    data = card_data(db, seeker, dues=dues, issued=issued, pin=pin, pengantar=checker.name if checker else "", on=on)
    document = _paper(db, actor, application, old, data, issued=issued, ends=dues[-1], now=now)
    if old is not None:
        old.live_of = None
        db.flush()
    card = Kartu(
        pencari_id=seeker.id,
        live_of=seeker.id,
        berkas_id=application.berkas_id,
        document_id=document.id,
        nomor=document.number,
        issued_on=issued,
        valid_until=dues[-1],
        dues=[day.isoformat() for day in dues],
        last_report=kept.last_report if kept else 0,
        next_due=kept.next_due if kept else dues[0],
        situation=kept.situation if kept else "mencari",
        pin_hash=pin_hash(document.number, pin),
        pengantar_id=application.diperiksa_oleh,
        replaces_id=old.id if old is not None else None,
    )
    card.pencari = seeker
    db.add(card)
    db.flush()
    return card


def signing_post(actor: Actor, opd_id: int | None) -> int | None:
    """The position in whose name `actor` signs for this office: one that signs cards before any other; held as Plt or Plh too.

    None, the office itself, for somebody who holds none there.
    """
    here = sorted((post for post in actor.posts if post.opd_id == opd_id), key=lambda post: SIGNER not in post.roles)
    return here[0].jabatan_id if here else None


def _paper(db: Session, actor: Actor, application: Permohonan, old: Kartu | None, data: dict[str, Any], *, issued: date, ends: date, now: datetime) -> Any:
    signer = signing_post(actor, application.berkas.opd_id)
    before = paper_of(db, old)
    if before is not None and before.status in ("berlaku", "menunggu"):
        reason = N_("Kartu diperpanjang") if application.jenis == "perpanjangan" else N_("Kartu diganti: %(why)s")
        return documents.replace(
            db,
            actor,
            before,
            AK1,
            data=data,
            reason=reason % {"why": application.alasan or "-"} if "%" in reason else reason,
            valid_from=issued,
            valid_until=ends,
            ref=application.berkas_id,
            berkas_id=application.berkas_id,
            holder_id=application.pencari.account_id,
            signers=[signer],
            now=now,
        )
    return documents.issue(
        db,
        actor,
        AK1,
        data=data,
        opd_id=application.berkas.opd_id or office_id(db),
        holder_id=application.pencari.account_id,
        berkas_id=application.berkas_id,
        valid_from=issued,
        valid_until=ends,
        signer=signer,
        ref=application.berkas_id,
        now=now,
    )


def card_data(db: Session, seeker: Pencari, *, dues: tuple[date, ...], issued: date, pin: str, pengantar: str, on: date) -> dict[str, Any]:
    """The plain values that the paper is drawn from. The nik stands on it masked, as it does everywhere."""
    with speaking("id"):
        return _card_words(db, seeker, dues=dues, issued=issued, pin=pin, pengantar=pengantar, on=on)


def _card_words(db: Session, seeker: Pencari, *, dues: tuple[date, ...], issued: date, pin: str, pengantar: str, on: date) -> dict[str, Any]:
    photo = seekers.photo_of(db, seeker)
    skills = [row.nama for row in seeker.keterampilan][:4]
    return {
        "nama": seeker.nama,
        "inisial": rules.initials(seeker.nama),
        "nik": mask_nik(decrypt_nik(seeker.nik_cipher)) if seeker.nik_cipher else "",
        "lahir": f"{seeker.tempat_lahir}, {format_date(seeker.tanggal_lahir)}",
        "jk": rules.SEX[seeker.jk],
        "status": rules.MARITAL.get(seeker.status_kawin, ""),
        "alamat": ", ".join(part for part in (seeker.alamat, place_name(seeker.desa_code)) if part),
        "sekolah": [f"{row.jenjang} {row.jurusan} · {row.institusi} · {row.tahun_lulus}".replace("  ", " ") for row in seeker.pendidikan][-3:],
        "keterampilan": ", ".join(skills) or "-",
        "pengalaman": [f"{row.jabatan}, {row.perusahaan}" for row in seeker.pengalaman][-2:],
        "minat": ", ".join(kbji.title_of(row.kbji) for row in seeker.minat[:3]) or "-",
        "terbit": format_date(issued),
        "berakhir": format_date(dues[-1]),
        "lapor": [format_date(day) for day in dues],
        "pengantar": pengantar,
        "pin": pin,
        "foto": photo_svg(files.read_bytes(photo)) if photo is not None else "",
        "anak": seeker.is_minor(on),
    }


def photo_svg(jpeg: bytes) -> str:
    """The photo, small, inside an SVG: the form in which a drawing takes pictures as text."""
    import io

    from PIL import Image

    with Image.open(io.BytesIO(jpeg)) as image:
        image.thumbnail((240, 320))
        out = io.BytesIO()
        image.convert("RGB").save(out, "JPEG", quality=80)
        width, height = image.size
    picture = base64.b64encode(out.getvalue()).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" xlink:href="data:image/jpeg;base64,{picture}"/></svg>'
    )


def pin_hash(nomor: str, pin: str) -> str:
    return hashlib.sha256(f"{nomor}:{pin.strip().upper()}".encode()).hexdigest()


# ------------------------------------------------------------------------------------------------------------ reporting


def report(db: Session, actor: Actor, card_id: int, situation: str, *, note: str = "", on: date, now: datetime) -> Kartu:
    """A holder tells how it stands, or an officer does for them. Once for each period; a change of work at any time.

    Raises Conflict when no report is open yet, or the card is over. Of two at once one wins.
    """
    card = db.get(Kartu, card_id, populate_existing=True)
    if card is None:
        raise NotFound()
    if not is_own(actor, card):
        actor.require(VERIFY)
    if situation not in rules.SITUATIONS:
        raise InvalidInput(N_("Pilih keadaan Anda sekarang."), field="keadaan")
    facts = card.facts
    _check_reportable(card, facts, on)
    early = number(db, "buka_lapor_hari", on)
    ke = rules.report_number(facts, on, early_days=early)
    if not ke and situation == card.situation:
        opens = rules.report_opens(facts, early_days=early)
        raise Conflict(N_("Laporan berikutnya dibuka mulai %(day)s."), day=format_date(opens)) if opens else Conflict(N_("Semua laporan sudah diberikan."))
    _write_report(db, actor, card, facts, ke, situation, note, now)
    return card


def _check_reportable(card: Kartu, facts: rules.CardFacts, on: date) -> None:
    status = rules.status_on(facts, on)
    if card.live_of is None or status == "dicabut":
        raise Conflict(N_("Kartu ini tidak berlaku lagi."))
    if status == "kedaluwarsa":
        raise Conflict(N_("Kartu ini sudah berakhir. Ajukan perpanjangan."))


def _write_report(db: Session, actor: Actor, card: Kartu, facts: rules.CardFacts, ke: int, situation: str, note: str, now: datetime) -> None:
    newest = ke or facts.last_report
    after = facts.dues[newest] if newest < len(facts.dues) else None
    taken = db.execute(
        update(Kartu)
        .where(Kartu.id == card.id, Kartu.last_report == facts.last_report, Kartu.situation == facts.situation)
        .values(last_report=newest, next_due=after, situation=situation, reminded=None if ke else Kartu.reminded)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:
        raise Conflict(N_("Laporan ini sudah diterima."))
    due = facts.dues[ke - 1] if ke else None
    db.add(Lapor(kartu_id=card.id, ke=ke or None, jatuh_tempo=due, dilapor_pada=now, keadaan=situation, oleh=actor.account_id, catatan=note[:300]))
    db.flush()
    db.refresh(card)
    live.publish(db, topic_of(card))


def reports_of(db: Session, card_id: int) -> list[Lapor]:
    return list(db.scalars(select(Lapor).where(Lapor.kartu_id == card_id).order_by(Lapor.id)))


def topic_of(card: Kartu) -> str:
    """The live topic of a holder's own page."""
    return f"berkas-saya:{card.pencari.account_id or 0}"


# ------------------------------------------------------------------------------------------------------- revoke, check


def revoke_card(db: Session, actor: Actor, card_id: int, reason: str, *, now: datetime) -> Kartu:
    """Take a card back, with a reason that its holder reads."""
    actor.require(SIGN)
    card = db.get(Kartu, card_id)
    if card is None:
        raise NotFound()
    if len(reason.strip()) < 5:
        raise InvalidInput(N_("Tulis alasannya."), field="reason")
    taken = db.execute(
        update(Kartu)
        .where(Kartu.id == card_id, Kartu.revoked_at.is_(None))
        .values(revoked_at=now, revoked_reason=reason.strip()[:300])
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:
        raise Conflict(N_("Kartu ini sudah dicabut."))
    db.refresh(card)
    document = paper_of(db, card)
    if document is not None and document.status in ("berlaku", "menunggu"):
        documents.revoke(db, actor, document, reason=reason.strip(), now=now)
    record(db, actor, "kartu-kuning.revoked", f"kartu:{card.id}", {"nomor": card.nomor})
    live.publish(db, topic_of(card))
    return card


def check_number(db: Session, nomor: str, pin: str) -> Kartu | None:
    """The card with this number and PIN, for an employer. None when they do not belong together; which is wrong is not told."""
    typed = " ".join(nomor.split())
    card = db.scalar(select(Kartu).where(Kartu.nomor.in_((typed, typed.upper()))))
    given = pin_hash(card.nomor if card else "", pin)
    return card if card is not None and hmac.compare_digest(given, card.pin_hash) else None


def document_for(db: Session, actor: Actor, card: Kartu) -> Any:
    """The paper of a card, for who may see the card."""
    if not is_own(actor, card):
        seekers.require_reader(actor)
    return paper_of(db, card)


def may_read_paper(db: Session, berkas_id: int, actor: Actor) -> bool:
    """Asked for papers whose holder is not known to the room: a card that a school applied for."""
    card = db.scalar(select(Kartu).where(Kartu.berkas_id == berkas_id))
    return card is not None and (is_own(actor, card) or actor.can(READ) or actor.can(VERIFY))


# ------------------------------------------------------------------------------------------------------ states in SQL


def where_status(status: str, on: date) -> Any:
    """The condition of `rules.status_on`, for lists and figures."""
    alive = and_(Kartu.revoked_at.is_(None), Kartu.valid_until >= on)
    if status == "dicabut":
        return Kartu.revoked_at.is_not(None)
    if status == "kedaluwarsa":
        return and_(Kartu.revoked_at.is_(None), Kartu.valid_until < on)
    if status == "bekerja":
        return and_(alive, Kartu.situation.in_(rules.WORKING))
    looking = and_(alive, Kartu.situation.not_in(rules.WORKING))
    missed = and_(Kartu.next_due.is_not(None), Kartu.next_due < on)
    if status == "perlu_lapor":
        return and_(looking, missed)
    if status == "aktif":
        return and_(looking, or_(Kartu.next_due.is_(None), Kartu.next_due >= on))
    raise LookupError(status)


def where_usable(on: date, grace_days: int) -> Any:
    """The condition of `rules.is_usable`, and looking for work."""
    return and_(
        Kartu.live_of.is_not(None),
        Kartu.revoked_at.is_(None),
        Kartu.valid_until >= on,
        Kartu.situation == "mencari",
        or_(Kartu.next_due.is_(None), Kartu.next_due >= on - timedelta(days=grace_days)),
    )


def count_by_status(db: Session, on: date) -> dict[str, int]:
    """How many cards that count stand how."""
    return {
        status: db.scalar(select(func.count()).select_from(Kartu).where(Kartu.live_of.is_not(None), where_status(status, on))) or 0 for status in rules.STATUS
    }
