"""The 3x4 photo of a card: looked at by content, cut to shape, made small."""

from __future__ import annotations

import io

from pendopo import N_, InvalidInput

WIDTH, HEIGHT = 600, 800
MOST_BYTES = 500_000
LEAST_WIDTH = 240
NARROWEST, WIDEST = 0.6, 0.95  # width / height of what can be cut to 3x4 without losing a head


class PhotoRefused(InvalidInput):
    message = N_("Foto ini tidak dapat dibaca. Pilih foto JPEG, PNG atau WebP lain.")


def card_photo(raw: bytes) -> bytes:
    """`raw` as a JPEG of 600 x 800 pixels and at most 500 kB. Raises PhotoRefused with what is wrong.

    Whether it shows the face of its holder is for the officer to see, side by side with the papers.
    """
    from PIL import Image, ImageOps, ImageStat, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(raw), formats=("JPEG", "PNG", "WEBP")) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise PhotoRefused(field="foto") from error
    if upright.width < LEAST_WIDTH:
        raise PhotoRefused(N_("Foto terlalu kecil. Lebarnya paling sedikit %(n)s piksel."), field="foto", n=LEAST_WIDTH)
    shape = upright.width / upright.height
    if not NARROWEST <= shape <= WIDEST:
        raise PhotoRefused(N_("Pas foto harus tegak, kira-kira 3x4: kepala dan bahu terlihat."), field="foto")
    photo = ImageOps.fit(upright, (WIDTH, HEIGHT), centering=(0.5, 0.35))
    if max(ImageStat.Stat(photo.convert("L")).stddev) < 6:
        raise PhotoRefused(N_("Foto tampak kosong. Pilih foto yang memperlihatkan wajah Anda."), field="foto")
    for quality in (88, 75, 60, 40):
        out = io.BytesIO()
        photo.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= MOST_BYTES:
            break
    return out.getvalue()
