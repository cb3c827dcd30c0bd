"""Devices that want announcements."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from pendopo.db import Base


class Device(Base):
    """One browser's subscription. Nobody's name stands here; `kecamatan` is what was chosen, "" is everywhere."""

    __tablename__ = "gawe_radio_push"

    id: Mapped[int] = mapped_column(primary_key=True)
    endpoint: Mapped[str] = mapped_column(String(500), unique=True)
    p256dh: Mapped[str] = mapped_column(String(100))
    auth: Mapped[str] = mapped_column(String(40))
    kecamatan: Mapped[str] = mapped_column(String(8), default="")
    language: Mapped[str] = mapped_column(String(5), default="id")
    created_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
