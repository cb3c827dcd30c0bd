"""Files that people hand in: known by what is in them, kept under the hash of it, shown only to who may see them.

A file is written and synced to disk before its row; a row that never comes leaves an orphan, which a job takes away.
Until its form succeeds an attachment is a draft (`ref` is None): only who uploaded it sees it, and it goes after two days.
Photos are decoded and written anew without EXIF. Who may download is asked of the plugin whose `owner` it is, by the
hook `may_read_attachment`.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Index, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from ..db import Base
from ..errors import InvalidInput, NotFound
from ..http import form_of, on_upload
from ..i18n import N_
from ..identity import Actor
from .images import clean_image, thumbnail

__all__ = [
    "PHOTOS", "Attachment", "attachments_of", "claim", "discard", "draft_of", "earlier_of", "find_draft", "read_bytes", "serve", "store_bytes",
    "store_upload", "store_uploads", "uploads_in",
]

MOST_BYTES = 10 * 1024 * 1024
DRAFT_LIFE = timedelta(days=2)
PHOTOS = ("image/jpeg", "image/png", "image/webp")
ACCEPTED = (*PHOTOS, "application/pdf")
_SIGNS = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"%PDF-", "application/pdf"))


class FileRefused(InvalidInput):
    message = N_("Jenis berkas ini tidak diterima. Kirim foto (JPEG, PNG, WebP) atau PDF.")


class FileTooLarge(InvalidInput):
    message = N_("Berkas ini terlalu besar. Paling besar %(n)s MB.")


class Attachment(Base):
    """One file. `owner` and `ref` say whose: `gawe_pelaporan.laporan` and the row's id."""

    __tablename__ = "core_attachment"
    __table_args__ = (Index("ix_core_attachment_owner_ref", "owner", "ref"), Index("ix_core_attachment_uploaded_by_label", "uploaded_by", "label"))

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(String(80))
    ref: Mapped[int | None]
    token: Mapped[str] = mapped_column(String(32), unique=True)
    filename: Mapped[str] = mapped_column(String(160))
    mime: Mapped[str] = mapped_column(String(80))
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    width: Mapped[int | None]
    height: Mapped[int | None]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    uploaded_by: Mapped[int | None]
    created_at: Mapped[datetime]
    label: Mapped[str] = mapped_column(String(60), default="")  # which of several papers it is

    @property
    def is_image(self) -> bool:
        return self.mime.startswith("image/")

    @property
    def href(self) -> str:
        """Where it is shown or downloaded, by whoever may."""
        return f"/lampiran/{self.token}"

    @property
    def thumb_href(self) -> str:
        return f"/lampiran/{self.token}/kecil" if self.is_image else ""


# ------------------------------------------------------------------------------------------------------------ the store


def _store() -> tuple[Any, str]:
    """`(fsspec filesystem, root)` of the installation."""
    import fsspec

    from ..pages import current_pages

    settings = current_pages().portal.settings
    address = settings.files_url or (settings.home / "files").absolute().as_uri()
    return fsspec.core.url_to_fs(address)


def _path(root: str, sha256: str, small: bool = False) -> str:
    return f"{root.rstrip('/')}/{'kecil' if small else 'asli'}/{sha256[:2]}/{sha256}"


def _write(sha256: str, data: bytes, *, small: bool = False) -> None:
    """Write under the hash, whole or not at all, and on a local disk synced before anyone hears of it."""
    files, root = _store()
    path = _path(root, sha256, small)
    if files.exists(path):
        return
    if "file" not in files.protocol:
        files.pipe_file(path, data)
        return
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_bytes(attachment: Attachment, *, small: bool = False) -> bytes:
    """What is in the file. Raises NotFound when the store has lost it."""
    files, root = _store()
    try:
        return files.cat_file(_path(root, attachment.sha256, small))
    except FileNotFoundError as error:
        raise NotFound() from error


# ------------------------------------------------------------------------------------------------------------ taking in


def type_of(data: bytes) -> str:
    """The media type by content; "" for what nobody may hand in."""
    import puremagic

    for sign, mime in _SIGNS:
        if data.startswith(sign):
            return mime
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    try:
        found = puremagic.from_string(data[:4096], mime=True)
    except (puremagic.PureError, ValueError):
        return ""
    return found if found in ACCEPTED else ""


def safe_name(name: str | None, mime: str) -> str:
    """The file's name without path or control characters, with the ending that its content has."""
    stem = re.sub(r"[\x00-\x1f\x7f\"'\\<>:|?*;\u202a-\u202e\u2066-\u2069]", "", (name or "").replace("\\", "/").rpartition("/")[2])
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", stem).strip(" .")[:120] or "lampiran"
    return stem + {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}.get(mime, ".bin")


@dataclass(frozen=True)
class KeptFile:
    """What is on disk of a file that was handed in. `came_as`: its media type before a photo was written anew."""

    came_as: str
    mime: str
    size_bytes: int
    sha256: str
    width: int | None = None
    height: int | None = None
    lat: float | None = None
    lon: float | None = None


def keep_file(data: bytes) -> KeptFile:
    """Look at `data`, write photos anew, put it on disk. Raises FileRefused, FileTooLarge or what `clean_image` refuses."""
    if not data:
        raise FileRefused(N_("Berkas ini kosong."))
    came_as = type_of(data)
    if came_as not in ACCEPTED:
        raise FileRefused()
    if came_as not in PHOTOS:
        sha256 = hashlib.sha256(data).hexdigest()
        _write(sha256, data)
        return KeptFile(came_as, came_as, len(data), sha256)
    clean = clean_image(data)
    sha256 = hashlib.sha256(clean.data).hexdigest()
    _write(sha256, clean.data)
    _write(sha256, thumbnail(clean.data), small=True)
    return KeptFile(came_as, clean.mime, len(clean.data), sha256, clean.width, clean.height, clean.lat, clean.lon)


@on_upload
def keep_upload(upload: UploadFile) -> None:
    """Before the transaction begins: decoding photos takes seconds, and nobody else may write to SQLite meanwhile."""
    if (upload.size or 0) > MOST_BYTES:
        return
    upload.file.seek(0)
    try:
        upload.kept = keep_file(upload.file.read())  # type: ignore[attr-defined]
    except InvalidInput as refusal:
        upload.kept = refusal  # type: ignore[attr-defined]  # said at its field, if the form has one for it


def store_bytes(
    db: Session,
    actor: Actor,
    data: bytes,
    filename: str | None,
    *,
    owner: str = "",
    ref: int | None = None,
    accept: Sequence[str] = ACCEPTED,
    most_bytes: int = MOST_BYTES,
    now: datetime | None = None,
) -> Attachment:
    """Keep `data`. Raises FileRefused, FileTooLarge or what `clean_image` refuses."""
    _refuse_size(len(data), most_bytes)
    return _note(db, actor, keep_file(data), filename, owner=owner, ref=ref, accept=accept, now=now)


def store_upload(
    db: Session,
    actor: Actor,
    upload: UploadFile,
    *,
    owner: str = "",
    ref: int | None = None,
    accept: Sequence[str] = ACCEPTED,
    most_bytes: int = MOST_BYTES,
    now: datetime | None = None,
) -> Attachment:
    """Keep one uploaded file, as `store_bytes` does."""
    _refuse_size(upload.size or 0, most_bytes)
    kept = getattr(upload, "kept", None)
    if kept is None:
        upload.file.seek(0)
        kept = keep_file(upload.file.read())
    if isinstance(kept, InvalidInput):
        raise type(kept)(kept.message, **kept.values)
    return _note(db, actor, kept, upload.filename, owner=owner, ref=ref, accept=accept, now=now)


def _refuse_size(size_bytes: int, most_bytes: int) -> None:
    if size_bytes > most_bytes:
        raise FileTooLarge(n=most_bytes // (1024 * 1024))


def _note(
    db: Session, actor: Actor, kept: KeptFile, filename: str | None, *, owner: str, ref: int | None, accept: Sequence[str], now: datetime | None
) -> Attachment:
    if kept.came_as not in accept:
        raise FileRefused() if "application/pdf" in accept else FileRefused(N_("Berkas ini bukan foto. Kirim foto JPEG, PNG atau WebP."))
    row = Attachment(
        owner=owner,
        ref=ref,
        token=secrets.token_urlsafe(16),
        filename=safe_name(filename, kept.mime),
        mime=kept.mime,
        size_bytes=kept.size_bytes,
        sha256=kept.sha256,
        width=kept.width,
        height=kept.height,
        lat=kept.lat,
        lon=kept.lon,
        uploaded_by=actor.account_id,
        created_at=now or datetime.now(UTC),
    )
    db.add(row)
    db.flush()
    return row


def uploads_in(request: Request, field: str) -> list[UploadFile]:
    return [item for item in form_of(request).getlist(field) if isinstance(item, UploadFile) and (item.filename or item.size)]


def store_uploads(db: Session, actor: Actor, request: Request, field: str, *, owner: str, ref: int, **options: Any) -> list[Attachment]:
    """Keep what was sent in the file input `field`, for the row `ref` of `owner`. A refusal names the field."""
    try:
        return [store_upload(db, actor, upload, owner=owner, ref=ref, **options) for upload in uploads_in(request, field)]
    except InvalidInput as refusal:
        refusal.field = field
        raise


# ---------------------------------------------------------------------------------------------------------- whose it is


def find_draft(db: Session, actor: Actor, token: str) -> Attachment | None:
    """A draft by its token, for the one who uploaded it."""
    row = db.scalar(select(Attachment).where(Attachment.token == token, Attachment.ref.is_(None)))
    return row if row is not None and row.uploaded_by == actor.account_id else None


def earlier_of(db: Session, actor: Actor, label: str, accept: Sequence[str] = ACCEPTED, *, most: int = 3) -> list[Attachment]:
    """Papers with `label` that the person handed in before, the newest first, each content once."""
    mine = select(Attachment).where(Attachment.uploaded_by == actor.account_id, Attachment.label == label, Attachment.ref.is_not(None))
    rows = db.scalars(mine.where(Attachment.mime.in_(accept)).order_by(Attachment.id.desc()).limit(20))
    return list({row.sha256: row for row in reversed(list(rows))}.values())[::-1][:most]


def draft_of(db: Session, actor: Actor, earlier: Attachment, *, now: datetime | None = None) -> Attachment:
    """The same file once more, as a draft of `actor`."""
    same = {name: getattr(earlier, name) for name in ("filename", "mime", "size_bytes", "sha256", "width", "height", "label")}
    row = Attachment(**same, owner="draf", ref=None, token=secrets.token_urlsafe(16), uploaded_by=actor.account_id, created_at=now or datetime.now(UTC))
    db.add(row)
    db.flush()
    return row


def claim(db: Session, attachments: Sequence[Attachment], *, owner: str, ref: int) -> None:
    """Give drafts to the row they were uploaded for."""
    for attachment in attachments:
        attachment.owner, attachment.ref = owner, ref
    db.flush()


def attachments_of(db: Session, owner: str, ref: int) -> list[Attachment]:
    return list(db.scalars(select(Attachment).where(Attachment.owner == owner, Attachment.ref == ref).order_by(Attachment.id)))


def discard(db: Session, attachment: Attachment) -> None:
    """Forget an attachment; its file goes with the next tidying, unless another row has the same content."""
    db.delete(attachment)
    db.flush()


def may_read(db: Session, actor: Actor, attachment: Attachment) -> bool:
    """May `actor` see it? Nobody's answer is no."""
    from ..plugins import current_host

    if attachment.ref is None:
        return attachment.uploaded_by == actor.account_id
    return bool(current_host().ask("may_read_attachment", db=db, owner=attachment.owner, ref=attachment.ref, actor=actor))


def serve(request: Request, token: str, *, small: bool = False, of: tuple[str, int] | None = None) -> Response:
    """The file for whoever may read it; for everyone else, and for a wrong token, NotFound.

    `of`: the caller made sure that files of this `(owner, ref)` may be read, and only of it.
    """
    attachment = request.state.db.scalar(select(Attachment).where(Attachment.token == token))
    if attachment is None or (small and not attachment.is_image):
        raise NotFound()
    if not (may_read(request.state.db, request.user, attachment) if of is None else (attachment.owner, attachment.ref) == of):
        raise NotFound()
    etag = f'"{attachment.sha256[:32]}{"k" if small else ""}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "private, max-age=3600",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    how = "inline" if attachment.is_image else "attachment"
    plain = attachment.filename.encode("ascii", "ignore").decode() or "lampiran"
    headers["Content-Disposition"] = f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(attachment.filename)}"
    return Response(read_bytes(attachment, small=small), media_type="image/webp" if small else attachment.mime, headers=headers)


def tidy(portal: Any, now: datetime) -> int:
    """Forget drafts after two days and take away files that no row has. Returns how many files went."""
    with portal.db.session() as db:
        db.execute(delete(Attachment).where(Attachment.ref.is_(None), Attachment.created_at < now - DRAFT_LIFE))
    files, root = _store()
    gone = 0
    for folder in ("asli", "kecil"):
        base = f"{root.rstrip('/')}/{folder}"
        found = files.find(base, detail=True) if files.exists(base) else {}
        with portal.db.session(write=False) as db:
            known = set(db.scalars(select(Attachment.sha256)))
        for path, about in found.items():
            age = now.timestamp() - float(about.get("mtime") or about.get("created") or 0)
            if path.rpartition("/")[2] not in known and age > DRAFT_LIFE.total_seconds():
                files.rm_file(path)
                gone += 1
    return gone
