"""Questions that this plugin asks others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pendopo import hookspec

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class NationalCase:
    """What OSS or SIMBG says of a case. `status`: one of `national.STATUSES`."""

    reference: str
    status: str
    at: datetime
    title: str = ""
    office: str = ""
    note: str = ""
    event_id: str = ""


@hookspec(firstresult=True)
def simponie_national_case(db: Session, channel: str, reference: str) -> NationalCase | None:
    """What does the national system `channel` ("oss" or "simbg") know of the case `reference`? None when you don't serve it.

    Asked when somebody begins to follow a case, and when its page is asked to look again; not oftener than each quarter of an
    hour for one case. What the system tells by itself comes by the signed webhook instead.
    """
