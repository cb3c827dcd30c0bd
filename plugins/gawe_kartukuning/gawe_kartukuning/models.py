"""The tables."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from pendopo.db import Base


class Note(Base):
    __tablename__ = "gawe_kartukuning_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(200))
    written_by: Mapped[int | None] = mapped_column(ForeignKey("core_account.id"), index=True)
    written_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
