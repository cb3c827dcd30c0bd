"""So many tries in so much time: for pages on which somebody could guess numbers, or send without an account."""

from __future__ import annotations

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import Request

__all__ = ["address_of", "allow"]

_tries = SlidingWindowCounterRateLimiter(MemoryStorage())  # of this process: with several, the limit is as many times as high


def forget_cache() -> None:
    _tries.storage.reset()


def address_of(request: Request) -> str:
    """From where a request comes; "" when that is not known. Many people can share one."""
    return request.client.host if request.client else ""


def allow(what: str, who: str, *, most: int, seconds: int) -> bool:
    """Count a try of `what` ("pajak.cek") by `who` (an address, an account); False when it is one of more than `most` in `seconds`.

    `if not allow("pajak.cek", address_of(request), most=20, seconds=300): raise TooMany()`
    """
    return _tries.hit(RateLimitItemPerSecond(most, seconds), what, who)
