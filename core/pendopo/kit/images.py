"""Photos made safe: checked by decoding, turned upright, shrunk, written anew without what the camera added."""

from __future__ import annotations

import io
import threading
import warnings
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidInput
from ..i18n import N_

__all__ = ["CleanImage", "clean_image", "thumbnail"]

LONGEST_SIDE = 2048
THUMB_SIDE = 480
MOST_PIXELS = 60_000_000
DECODABLE = ("JPEG", "PNG", "WEBP")
_decoding = threading.BoundedSemaphore(2)  # a decoded photo takes tens of megabytes


class ImageRefused(InvalidInput):
    message = N_("Foto ini tidak dapat dibaca. Pilih foto JPEG, PNG atau WebP lain.")


class ImageTooLarge(InvalidInput):
    message = N_("Foto ini terlalu besar ukurannya. Perkecil di bawah 60 juta piksel.")


@dataclass(frozen=True)
class CleanImage:
    """`lat`, `lon`: where the camera said it was, read before it was taken out."""

    data: bytes
    mime: str
    width: int
    height: int
    lat: float | None = None
    lon: float | None = None


def clean_image(raw: bytes) -> CleanImage:
    """The photo upright, at most 2048 px, without EXIF. Raises ImageRefused or ImageTooLarge."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    with _decoding, warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(raw), formats=DECODABLE) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise ImageTooLarge()
                lat, lon = _position(image)
                opaque = image.format == "JPEG" or not image.has_transparency_data
                image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                upright = ImageOps.exif_transpose(image).convert("RGB" if opaque else "RGBA")
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise ImageTooLarge() from error
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError) as error:
            raise ImageRefused() from error
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        bare = Image.frombytes(upright.mode, upright.size, upright.tobytes())  # pixels only: no info travels along
        out = io.BytesIO()
        if opaque:
            bare.save(out, "JPEG", quality=85, optimize=True, progressive=True)
        else:
            bare.save(out, "PNG", optimize=True)
        return CleanImage(out.getvalue(), "image/jpeg" if opaque else "image/png", bare.width, bare.height, lat, lon)


def thumbnail(clean: bytes) -> bytes:
    """A small WebP of a photo that `clean_image` made."""
    from PIL import Image

    with _decoding, Image.open(io.BytesIO(clean)) as image:
        image.thumbnail((THUMB_SIDE, THUMB_SIDE))
        out = io.BytesIO()
        image.save(out, "WEBP", quality=72)
        return out.getvalue()


def _position(image: Any) -> tuple[float | None, float | None]:
    """Latitude and longitude of the EXIF block; None where there is none or it makes no sense."""
    from PIL.ExifTags import GPS, IFD

    try:
        gps = image.getexif().get_ifd(IFD.GPSInfo)
        lat = _degrees(gps[GPS.GPSLatitude], gps.get(GPS.GPSLatitudeRef) == "S")
        lon = _degrees(gps[GPS.GPSLongitude], gps.get(GPS.GPSLongitudeRef) == "W")
    except (KeyError, ValueError, TypeError, ZeroDivisionError, SyntaxError, OSError, IndexError):
        return None, None  # a camera may write anything there; the photo itself is not wrong for it
    return (lat, lon) if -90 <= lat <= 90 and -180 <= lon <= 180 and (lat, lon) != (0, 0) else (None, None)


def _degrees(parts: Any, negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = round(degrees + minutes / 60 + seconds / 3600, 6)
    return -value if negative else value
