"""A microphone by WebRTC: what a browser or a WHIP encoder sends goes into a channel of the line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .line import Channel
from .peer import Peer


async def take_microphone(
    offer: str, channel: Channel, *, servers: Sequence[str] = (), on_state: Callable[[str], None] = lambda state: None,
) -> tuple[Peer, str]:
    """Answer `offer`; its sound is sent to `channel` as it comes. Returns the peer and the SDP answer. Raises BadOffer."""
    peer = Peer(on_sound=channel.send, servers=servers, on_state=on_state)
    return peer, await peer.answer(offer)
