"""Schematic pictures for demonstrations: a road with holes, rubbish, a dark lamp, water, and the same places repaired."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

SIZE = (480, 360)
KINDS = {
    "JLN-RSK": "road",
    "JMB-RSK": "road",
    "PJU-MTI": "lamp",
    "DRN-MPT": "water",
    "SMP-TPS": "rubbish",
    "AIR-BRS": "water",
    "CMR-LNG": "rubbish",
    "RWN-BNC": "slide",
    "IRG-RSK": "water",
}
EACH = 4


def draw(kind: str, number: int, *, repaired: bool) -> bytes:
    """One small JPEG, equal for equal arguments."""
    from PIL import Image, ImageDraw, ImageFilter

    rng = random.Random(f"{kind}-{number}-{repaired}")  # noqa: S311  a drawing, no secret
    dark = kind == "lamp" and not repaired
    image = Image.new("RGB", SIZE, (52, 58, 84) if dark else (176 + rng.randint(-14, 14), 206, 226))
    pen = ImageDraw.Draw(image)
    _land(pen, rng, dark)
    _DRAWN[kind](pen, rng, repaired)
    out = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(0.7)).save(out, "JPEG", quality=72)
    return out.getvalue()


def _land(pen, rng: random.Random, dark: bool) -> None:
    horizon = 140 + rng.randint(-15, 15)
    green = (38, 58, 44) if dark else (104 + rng.randint(-12, 20), 142, 84)
    for _ in range(7):
        x, r = rng.randint(-20, 500), rng.randint(26, 60)
        pen.ellipse((x - r, horizon - r, x + r, horizon + r), fill=tuple(max(0, c - 26) for c in green))
    pen.rectangle((0, horizon, *SIZE), fill=green)


def _way(pen, rng: random.Random, colour: tuple[int, int, int]) -> None:
    top = rng.randint(200, 270)
    pen.polygon([(top - 26, 140), (top + 26, 140), (430, 360), (50, 360)], fill=colour)
    for n in range(5):
        y = 165 + n * 40
        pen.line((top + (240 - top) * n // 5, y, top + (240 - top) * n // 5, y + 14 + n * 3), fill=(232, 226, 200), width=3 + n)


def _road(pen, rng: random.Random, repaired: bool) -> None:
    _way(pen, rng, (66, 68, 72) if repaired else (112, 108, 102))
    if repaired:
        pen.polygon([(180, 240), (310, 240), (330, 300), (160, 300)], fill=(48, 49, 53))
        return
    for _ in range(rng.randint(4, 8)):
        x, y = rng.randint(130, 330), rng.randint(200, 335)
        w = (y - 120) // 5
        pen.ellipse((x - w, y - w // 3, x + w, y + w // 3), fill=(74, 66, 58))
        pen.ellipse((x - w + 5, y - w // 3 + 3, x + w - 7, y + w // 3 - 3), fill=(128, 116, 98) if rng.random() < 0.5 else (122, 138, 150))


def _lamp(pen, rng: random.Random, repaired: bool) -> None:
    _way(pen, rng, (60, 62, 68))
    for n in range(3):
        x, foot = 120 + n * 110, 210 + n * 45
        lean = 0 if repaired else rng.randint(-14, 22)
        pen.line((x, foot, x + lean, foot - 120 - n * 18), fill=(150, 152, 156), width=6)
        head = (x + lean, foot - 122 - n * 18)
        pen.line((*head, head[0] + 30, head[1] + 6), fill=(150, 152, 156), width=5)
        pen.ellipse((head[0] + 22, head[1] + 2, head[0] + 44, head[1] + 16), fill=(255, 226, 130) if repaired else (70, 72, 80))


def _rubbish(pen, rng: random.Random, repaired: bool) -> None:
    _way(pen, rng, (98, 98, 100))
    if repaired:
        pen.rectangle((310, 220, 390, 300), fill=(46, 120, 84))
        pen.rectangle((304, 210, 396, 224), fill=(34, 96, 66))
        return
    colours = ((196, 60, 54), (236, 236, 230), (62, 96, 160), (222, 178, 70), (52, 52, 54), (120, 156, 96))
    for _ in range(70):
        x, y = int(rng.gauss(250, 70)), int(rng.triangular(210, 330, 300))
        r = rng.randint(7, 19)
        pen.polygon([(x - r, y), (x - r // 2, y - r), (x + r // 2, y - r + 3), (x + r, y + 2), (x, y + r // 2)], fill=rng.choice(colours))


def _water(pen, rng: random.Random, repaired: bool) -> None:
    pen.polygon([(200, 140), (260, 140), (400, 360), (40, 360)], fill=(150, 146, 138))
    pen.polygon([(216, 146), (246, 146), (340, 360), (110, 360)], fill=(96, 148, 176) if repaired else (78, 72, 56))
    for _ in range(0 if repaired else 26):
        x, y = rng.randint(140, 320), rng.randint(200, 350)
        pen.rectangle((x, y, x + rng.randint(8, 26), y + rng.randint(4, 10)), fill=rng.choice(((214, 210, 196), (96, 120, 70), (168, 70, 62))))


def _slide(pen, rng: random.Random, repaired: bool) -> None:
    _way(pen, rng, (92, 92, 96))
    if repaired:
        pen.polygon([(0, 120), (120, 150), (90, 360), (0, 360)], fill=(140, 136, 130))
        return
    pen.polygon([(0, 70), (150, 150), (300, 330), (0, 360)], fill=(128, 92, 62))
    for _ in range(30):
        x, y, r = rng.randint(0, 280), rng.randint(180, 350), rng.randint(5, 18)
        pen.ellipse((x - r, y - r, x + r, y + r), fill=rng.choice(((104, 76, 54), (150, 116, 84), (92, 88, 84))))


_DRAWN: dict[str, Callable] = {"road": _road, "lamp": _lamp, "rubbish": _rubbish, "water": _water, "slide": _slide}
