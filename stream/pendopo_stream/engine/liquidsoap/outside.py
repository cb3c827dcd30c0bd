"""A programme from outside, at the microphone: it takes it when it is free, and gives it back when it ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from ...microphones import Held, LiveState
from ..desk import Desk
from ..mixing import factor
from .door import accounts


class Outside:
    """`kick()` hangs up on it; `alarmed(text)`: people should know."""

    def __init__(self, desk: Desk, home: Path, kick: Callable[[], None], alarmed: Callable[[str], None]) -> None:
        self._desk, self._home, self._kick, self._alarmed = desk, home, kick, alarmed
        self._name = ""
        self._channel = ""

    def noticed(self, name: str) -> None:
        """Who sends now, by account; "" for nobody."""
        if name == self._name:
            if self._channel and self._channel not in self._desk.on_air.microphones.channels:
                self._channel = ""  # taken over by somebody here
                self._kick()
            return
        self.lost()
        self._name = name
        if name:
            self._come(name)

    def _come(self, name: str) -> None:
        account = accounts(self._home).get(name)
        try:
            self._channel = self._desk.live_open(f"source:{name}", account.title if account else name, "source")
        except Held as held:
            self._alarmed(f"the source {name} was sent away: {held.channel.name} has the microphone")
            self._kick()
        else:
            self._desk.live_set(self._channel, on=True, mode="solo")

    def lost(self) -> None:
        channel, self._channel, self._name = self._channel, "", ""
        if channel:
            self._desk.live_close(channel, "line")

    def sounds(self, now: datetime) -> None:
        """Called for each block: Liquidsoap says who sends, not each frame."""
        if self._channel:
            self._desk.on_air.live_heard(self._channel, now)

    def gain(self, live: LiveState) -> float:
        return next((factor(voice.gain_db) for voice in live.voices if voice.channel == self._channel and voice.sounds), 0.0)
