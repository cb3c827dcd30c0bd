"""Many who do something in the same moment, against one real database: what is right must be decided there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from ..errors import DomainError
from .people import settle

__all__ = ["all_at_once"]

WAIT_S = 120


def all_at_once(portal: Any, acts: Sequence[Callable[[Any], Any]]) -> tuple[list[Any], list[str]]:
    """Run each `act(db)` in a thread and transaction of its own, all beginning together: `given, refused = all_at_once(portal, acts)`.

    `given` is what the acts returned, in their order; `refused` the names of the DomainErrors of the others. Anything else
    that an act raises is raised. What the test wrote is committed before, and what the acts wrote is seen by it afterwards.
    Give ids to the acts, not rows of the test's own session.
    """
    settle()
    start = Barrier(len(acts))

    def run(act: Callable[[Any], Any]) -> tuple[bool, Any]:
        start.wait(WAIT_S)
        try:
            with portal.db.session() as db:
                return True, act(db)
        except DomainError as refusal:
            return False, type(refusal).__name__

    with ThreadPoolExecutor(len(acts)) as pool:
        outcomes = list(pool.map(run, acts, timeout=WAIT_S))
    settle()
    return [answer for was_given, answer in outcomes if was_given], [name for was_given, name in outcomes if not was_given]
