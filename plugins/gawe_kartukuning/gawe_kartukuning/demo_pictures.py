"""Drawn faces and diplomas, which show nobody."""

from __future__ import annotations

import io
import random
import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from pendopo.identity import as_system
from pendopo.kit import attachments as files

from . import seekers
from .models import Pencari
from .photo import card_photo


def add_photos(db: Session, dice: random.Random, stories: Sequence[dict[str, Any]], newest: int) -> None:
    """Drawn faces and diplomas for those who apply now, and for the newest cards."""
    who = [story for story in stories if not story["issued"] or story["own"]] + stories[-newest:]
    faces = [_kept(db, card_photo(_face(n)), f"contoh-{n}.jpg") for n in range(6)]
    diploma = _kept(db, _diploma(), "ijazah.jpg")
    for story in {id(story): story for story in who}.values():
        if story["row"]["bkk_id"]:
            continue
        photo = _copy(faces[dice.randrange(3) * 2 + (story["row"]["jk"] == "P")], "pas-foto.jpg", story)
        db.add_all([photo, _copy(diploma, "ijazah.jpg", story)])
        db.flush()
        db.get_one(Pencari, story["seeker_id"]).photo_id = photo.id
    db.flush()


def _kept(db: Session, data: bytes, name: str) -> files.Attachment:
    return files.store_bytes(db, as_system("contoh"), data, name, owner="gawe_kartukuning.contoh", ref=1)


def _copy(row: files.Attachment, name: str, story: dict[str, Any]) -> files.Attachment:
    same = {key: getattr(row, key) for key in ("mime", "size_bytes", "sha256", "width", "height")}
    at = story["past"].steps[0].at
    return files.Attachment(
        **same,
        filename=name,
        owner=seekers.OWNER,
        ref=story["seeker_id"],
        token=secrets.token_urlsafe(16),
        uploaded_by=story["row"]["account_id"],
        created_at=at,
    )


def _face(n: int) -> bytes:
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (450, 600), ((190, 40, 40), (40, 80, 170))[n % 2])
    draw = ImageDraw.Draw(image)
    skin, cloth = ((232, 190, 150), (205, 160, 120), (170, 120, 85))[n % 3], ((245, 245, 245), (60, 70, 110), (90, 110, 90))[n // 2]
    draw.rounded_rectangle((45, 430, 405, 640), 120, fill=cloth)
    draw.rectangle((190, 370, 260, 450), fill=skin)
    draw.ellipse((135, 130, 315, 400), fill=skin)
    if n % 2:
        draw.pieslice((115, 95, 335, 470), 150, 390, fill=(70, 60, 90))
        draw.ellipse((150, 165, 300, 385), fill=skin)
    else:
        draw.pieslice((130, 105, 320, 330), 180, 360, fill=(30, 25, 22))
    for x in (190, 248):
        draw.ellipse((x, 245, x + 14, 259), fill=(25, 20, 20))
    draw.arc((190, 290, 260, 345), 20, 160, fill=(140, 60, 60), width=5)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


def _diploma() -> bytes:
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (1000, 720), (250, 246, 232))
    draw = ImageDraw.Draw(image)
    draw.rectangle((18, 18, 982, 702), outline=(150, 120, 60), width=6)
    draw.text((330, 70), "IJAZAH (CONTOH)", fill=(90, 60, 20), font_size=40)
    for n in range(9):
        draw.line((140, 200 + n * 45, 860 - (n % 3) * 120, 200 + n * 45), fill=(120, 110, 90), width=4)
    draw.ellipse((440, 580, 560, 690), outline=(150, 60, 60), width=6)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()
