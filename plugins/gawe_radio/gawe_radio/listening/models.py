"""How many listen, minute by minute. Nobody is known by it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from pendopo.db import Base


class Ears(Base):
    """Listeners of one mount in one minute. `hour`: the hour of that minute, for sums; `programme`: what was on, "" is music."""

    __tablename__ = "gawe_radio_ears"

    at: Mapped[datetime] = mapped_column(primary_key=True)
    mount: Mapped[str] = mapped_column(String(30), primary_key=True)
    listeners: Mapped[int]
    hour: Mapped[datetime] = mapped_column(index=True)
    programme: Mapped[str] = mapped_column(String(120), default="")
