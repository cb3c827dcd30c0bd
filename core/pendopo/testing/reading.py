"""What a person reads on a page."""

from __future__ import annotations

import re
from typing import Any


def text_of(answer: Any) -> str:
    """The words of a page without its tags, with single spaces between them."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)).strip()
