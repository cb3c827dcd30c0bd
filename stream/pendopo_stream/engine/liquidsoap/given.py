"""What Liquidsoap was given to play and to say."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from ...on_air import Speak
from ...tracks import Track


@dataclass
class OnDeck:
    """The piece that Liquidsoap was given. `began_at`: by our clock; `heard`: it was seen playing; `again`: it was given twice."""

    deck: str
    token: str
    track: Track
    began_at: float
    loaded_at: float
    heard: bool = False
    again: bool = False

    @property
    def played_s(self) -> float:
        return time.monotonic() - self.began_at

    def renew(self, token: str) -> None:
        """It is given once more, under another name: an end of the first time is not taken for one of this."""
        self.token, self.loaded_at, self.heard = token, time.monotonic(), False


@dataclass
class Saying:
    """The announcement that is said."""

    speak: Speak
    voice: np.ndarray
    sound: np.ndarray
    lead_ms: int
    token: str
    given_at: float
    heard: bool = False
