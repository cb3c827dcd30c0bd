"""What pages of officers share: one proposal in a list, the programmes to choose from, a request as a mere look."""

from __future__ import annotations

from sqlalchemy import select

from pendopo.kit.places import place_name

from . import flags, listing
from .models import Program


def all_programs(db):
    return list(db.scalars(select(Program).order_by(Program.paid_year.desc(), Program.title)))


def shown(db, proposal, now):
    """One proposal in a list of officers."""
    berkas = proposal.berkas
    days, amber = listing.silence(db, berkas, now)
    return {
        "proposal": proposal,
        "berkas": berkas,
        "place": place_name(berkas.desa_code),
        "days": days,
        "amber": amber,
        "who": proposal.who,
        "flags": flags.open_count(db, berkas.id),
    }
