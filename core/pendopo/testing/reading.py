"""What a person reads on a page or a paper."""

from __future__ import annotations

import re
import subprocess
from typing import Any


def text_of(answer: Any) -> str:
    """The words of a page without its tags, with single spaces between them."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)).strip()


def words_of(pdf: bytes, way: str = "-layout") -> str:
    """The words of a PDF as poppler reads them. `way`: `-layout` as they stand on the paper, `-raw` in the order in which they were drawn."""
    return subprocess.run(["pdftotext", way, "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
