"""Invented papers and photos of proposals: a few pictures, each kept once and shown by many rows."""

from __future__ import annotations

import io
import secrets
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from pendopo.identity import as_system
from pendopo.kit import attachments as files

from .demo_rows import Draft
from .models import Kunjungan
from .proposals import OWNER, requirements
from .work import VISITS

OPEN = ("diajukan", "konfirmasi_camat", "cek_administrasi", "perbaikan", "disposisi", "verifikasi_lapangan", "dilaporkan", "asesmen")


def add_files(db: Session, drafts: list[Draft], warga_id: int) -> None:
    """Papers for proposals that somebody still looks at, photos for the newest visits."""
    paper = files.store_bytes(db, as_system("contoh"), _paper(), "contoh.jpg", owner="gawe_pemantauan.contoh", ref=1)
    photos = [files.store_bytes(db, as_system("contoh"), _building(n), f"lokasi-{n + 1}.jpg", owner="gawe_pemantauan.contoh", ref=1) for n in range(3)]
    rows = []
    for draft in drafts:
        if draft.story.state in OPEN or draft.who.id == warga_id:
            rows += [_copy(paper, OWNER, draft.id, f"{one.slug}.jpg", one.label, draft.story.sent) for one in requirements(draft.program)]
    visits = db.execute(select(Kunjungan.id, Kunjungan.visited_at).order_by(Kunjungan.visited_at.desc()).limit(60))
    rows += [_copy(photos[(visit.id + n) % 3], VISITS, visit.id, f"lokasi-{n + 1}.jpg", "", visit.visited_at) for visit in visits for n in range(2)]
    db.execute(insert(files.Attachment), rows)


def _copy(file: files.Attachment, owner: str, ref: int, name: str, label: str, at: Any) -> dict[str, Any]:
    kept = {column: getattr(file, column) for column in ("mime", "size_bytes", "sha256", "width", "height")}
    return {
        **kept,
        "filename": name,
        "owner": owner,
        "ref": ref,
        "label": label,
        "token": secrets.token_urlsafe(16),
        "lat": None,
        "lon": None,
        "uploaded_by": None,
        "created_at": at,
    }


def _paper() -> bytes:
    """A sheet with grey lines, plainly an example."""
    from PIL import Image, ImageDraw

    sheet = Image.new("RGB", (420, 594), "white")
    pen = ImageDraw.Draw(sheet)
    pen.text((150, 30), "CONTOH DOKUMEN", fill=(40, 60, 70))
    for line in range(22):
        pen.line([(40, 80 + line * 21), (380 - (line * 37) % 130, 80 + line * 21)], fill=(150, 160, 165), width=5)
    return _jpeg(sheet)


def _building(number: int) -> bytes:
    """A small house of prayer under a sky."""
    from PIL import Image, ImageDraw

    sky = ((178, 212, 232), (205, 220, 225), (240, 216, 180))[number]
    picture = Image.new("RGB", (640, 480), sky)
    pen = ImageDraw.Draw(picture)
    pen.rectangle([0, 350, 640, 480], fill=(128, 146, 96))
    pen.rectangle([170, 210, 470, 370], fill=((236, 228, 208), (214, 226, 214), (228, 214, 200))[number])
    pen.polygon([(150, 215), (320, 110), (490, 215)], fill=((150, 70, 52), (70, 110, 96), (120, 84, 60))[number])
    pen.rectangle([290, 280, 350, 370], fill=(96, 66, 46))
    for left in (200, 400):
        pen.rectangle([left, 255, left + 45, 310], fill=(92, 128, 148))
    return _jpeg(picture)


def _jpeg(picture: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82)
    return out.getvalue()
