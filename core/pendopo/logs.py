"""Structured logs on stderr. Sixteen-digit runs never get through: they may be a nik."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from .settings import Settings

_NIK = re.compile(r"(?<!\d)\d{16}(?!\d)")


def mask(text: str) -> str:
    """`text` with every run of sixteen digits made unreadable."""
    return _NIK.sub("•" * 16, text)


class _Masking(logging.Formatter):
    """What other libraries log passes the same gate."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


def hide_nik(logger: Any, name: str, event: dict[str, Any]) -> dict[str, Any]:
    return {key: mask(value) if isinstance(value, str) else value for key, value in event.items()}


def configure_logging(settings: Settings) -> None:
    level = getattr(logging, settings.log_level.upper(), logging.INFO)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Masking("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for noisy in ("alembic.runtime.plugins", "alembic.runtime.migration", "huey"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            hide_nik,
            structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
