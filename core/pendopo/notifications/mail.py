"""Electronic mail: by SMTP, or as files that a mail program opens when no server is set."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from ..app import Portal


def deliver(portal: Portal, to: str, subject: str, body: str, *, message_key: str) -> None:
    """Hand one mail over. Raises when the server did not take it. `message_key` makes the Message-ID, equal at a retry."""
    settings = portal.settings
    message = EmailMessage()
    message["From"] = f"{settings.regency.portal_gawe} <{settings.mail_from}>"
    message["To"] = to
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{message_key}@{urlsplit(settings.public_url).hostname or 'pendopo'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    if settings.smtp_url:
        asyncio.run(_by_smtp(settings.smtp_url, message))
    else:
        _to_file(portal, message, message_key)


async def _by_smtp(address: str, message: EmailMessage) -> None:
    import aiosmtplib

    parts = urlsplit(address)
    await aiosmtplib.send(
        message, hostname=parts.hostname, port=parts.port or (465 if parts.scheme == "smtps" else 25), use_tls=parts.scheme == "smtps", timeout=20,
        username=unquote(parts.username) if parts.username else None, password=unquote(parts.password) if parts.password else None,
    )


def _to_file(portal: Portal, message: EmailMessage, key: str) -> None:
    folder = portal.settings.home / "mail"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{key}.eml"
    with path.open("wb") as file:
        file.write(message.as_bytes())
        file.flush()
        os.fsync(file.fileno())
