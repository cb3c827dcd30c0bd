"""The desk: what `OnAir` decides, carried out by whatever makes the sound.

An engine inherits it and makes sound: `_start`, `_pause`, `_speak`, `_stop_voice`, `_set_live`, `_cart`, `levels`, `run`.
It tells back what it noticed: `track_ending`, `track_failed`, `silence`, `voice_ended`.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from .. import speech
from ..announcements import Announcement
from ..microphones import LiveState
from ..on_air import (
    Cart,
    Message,
    OnAir,
    Pause,
    SetLive,
    Speak,
    Start,
    StopVoice,
    Tell,
)
from ..rundown import Station, Track
from ..wire import MOUNTS, Chunk
from .mixing import BLOCK, RATE_HZ, SPOKEN_DBFS, Meter, factor, speech_level_db
from .outputs import Outputs
from .voices import Lines

BETWEEN_TIMES_S = 0.8
MOST_LIFT_DB = 12.0
SILENCE_S = 8.0
CHECK_BLOCKS = 5
TICK_BLOCKS = 50  # one second
TITLED = ("track", "speaking", "spoken", "cancelled")
NO_WORDS = np.zeros(RATE_HZ // 10, np.float32)  # stands for a voice that could not be made
Given = TypeVar("Given")


class Desk(ABC):
    """Owns `OnAir` and everything that was asked.

    `tell(event)` and `give(chunks)` are called from the thread of `run`. Everything else that changes anything goes through
    `do` or `asked`, which that thread carries out (`_catch_up`); so no lock is needed around the sound.
    """

    name = ""
    skipped_blocks = 0

    def __init__(
        self,
        station: Station,
        media: Path,
        *,
        mounts: tuple[str, ...] = MOUNTS,
        areas: tuple[str, ...] = (),
        tell: Callable[[dict[str, Any]], None] = lambda event: None,
        give: Callable[[list[Chunk]], None] = lambda chunks: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        patient: bool = False,
    ) -> None:
        self.on_air = OnAir(station)
        self.media = media
        self.outputs = Outputs(mounts, areas)
        self._tell, self._give, self._clock, self._patient = tell, give, clock, patient
        self._actions: deque[Callable[[], None]] = deque()
        self._voices: dict[str, np.ndarray] = {}
        self._lines = Lines()
        self.meter = Meter()
        self.blocks = 0
        self._prepare()

    # ------------------------------------------------------------------ left to the engine

    @abstractmethod
    def _prepare(self) -> None:
        """Make what the sound needs."""

    @abstractmethod
    def levels(self) -> dict[str, Any]:
        """What meters show, in dBFS: `programme`, `mic`, `calls` by channel, `out`, `reduction_db`."""

    @abstractmethod
    def run(self, stop: threading.Event) -> None:
        """Make sound in real time until `stop`."""

    @abstractmethod
    def _start(self, start: Start) -> None:
        """Play a piece, fading over from what plays."""

    @abstractmethod
    def _pause(self, pause: Pause) -> None:
        """Fade away what plays; nothing follows yet."""

    @abstractmethod
    def _speak(self, speak: Speak, voice: np.ndarray) -> None:
        """Say it over softened music, or in its place."""

    @abstractmethod
    def _stop_voice(self, announcement_id: str) -> None:
        """Fall silent in the middle of a word."""

    @abstractmethod
    def _set_live(self, live: LiveState) -> None:
        """Faders of the live lines have moved."""

    @abstractmethod
    def _cart(self, track: Track | None) -> None:
        """A clip over the programme at once; None ends it."""

    # ------------------------------------------------------------------ the same for every engine

    @property
    def position_ms(self) -> int:
        """How much sound this run has made."""
        return self.blocks * BLOCK * 1000 // RATE_HZ

    @property
    def level_dbfs(self) -> float:
        return self.meter.level_dbfs

    def hear(self, channel: str, pcm: bytes) -> None:
        """Sound of a microphone: s16le, mono, 48 kHz. Called from any thread."""
        self._lines.put(channel, pcm)

    def _note_lines(self, now: datetime) -> None:
        """Tell the decisions from which lines sound came, and have them look for those that fell silent."""
        if not self._lines.lines:
            return
        for channel in self._lines.fresh():
            self.on_air.live_heard(channel, now)
        if self.blocks % CHECK_BLOCKS == 0:
            self._carry_out(self.on_air.live_check(now))

    def _end_silence(self, now: datetime) -> None:
        """What plays without a sound is as good as broken."""
        if self.meter.silent_s > SILENCE_S:
            lasted, self.meter.silent_s = self.meter.silent_s, 0.0
            self._carry_out(self.on_air.silence(now, lasted))

    def _tick(self, now: datetime) -> None:
        """Once a second, by the sound."""
        if self.blocks % TICK_BLOCKS == 0:
            self._carry_out(self.on_air.tick(now))

    # ------------------------------------------------------------------ what others want

    def do(self, action: Callable[[], None]) -> None:
        self._actions.append(action)

    def asked(self, action: Callable[[], Given]) -> Future[Given]:
        """What `action` returns or raises, once the sound's thread has come to it."""
        future: Future[Given] = Future()

        def act() -> None:
            try:
                future.set_result(action())
            except Exception as error:  # noqa: BLE001  whoever asked gets it
                future.set_exception(error)

        self.do(act)
        return future

    def settle(self, timeout_s: float = 2.0) -> None:
        """Wait until what was asked so far has been done."""
        done = threading.Event()
        self.do(done.set)
        done.wait(timeout_s)

    def _catch_up(self) -> None:
        while self._actions:
            self._actions.popleft()()

    def want(self, mount: str, on: bool) -> None:
        """Somebody listens to `mount`, or nobody does any more."""
        self.do(lambda: self.outputs.want(mount, on))

    def announce(self, announcement: Announcement, voice: np.ndarray | None, why: str = "") -> None:
        """Say it, with `voice` (mono 48 kHz). Without a voice the attention tone calls people to the written words, and
        whoever watches over the station is told that the words can't be heard (`unspoken`).
        """
        if voice is None:
            self._carry_out([Tell("unspoken", {"id": announcement.id, "why": why})])
        self._voices[announcement.id] = NO_WORDS if voice is None else voice * factor(min(MOST_LIFT_DB, SPOKEN_DBFS - speech_level_db(voice)))
        self._carry_out(self.on_air.announce(announcement, self._clock()))

    def queue(self) -> list[dict[str, Any]]:
        """What waits to be said; read from other threads."""
        speaking = self.on_air.speaking
        return [
            {
                "id": waiting.announcement.id, "title": waiting.announcement.title, "priority": waiting.announcement.priority, "due": waiting.due.isoformat(),
                "said": waiting.said, "speaking": speaking is not None and speaking.id == waiting.announcement.id,
            }
            for waiting in list(self.on_air.queue.waiting.values())
        ]

    def cancel(self, announcement_id: str) -> None:
        self._carry_out(self.on_air.cancel(announcement_id, self._clock()))

    def skip(self) -> None:
        self._carry_out(self.on_air.skip(self._clock()))

    def play(self, track_id: str, *, wish: bool = False) -> None:
        self._carry_out(self.on_air.play(track_id, self._clock(), wish=wish))

    def reload(self, station: Station, areas: tuple[str, ...] | None = None) -> None:
        if areas is not None:
            self.outputs.areas = areas
        self._carry_out(self.on_air.reload(station, self._clock()))

    def live_open(self, holder: str, name: str, kind: str, *, take: bool = False) -> str:
        """The channel. Raises what `OnAir.live_open` raises."""
        channel, messages = self.on_air.live_open(holder, name, kind, self._clock(), take=take)
        self._carry_out(messages)
        return channel.id

    def live_set(self, channel: str, **fader: Any) -> None:
        self._carry_out(self.on_air.live_set(channel, self._clock(), **fader))

    def live_give(self, channel: str, to: str) -> None:
        self._carry_out(self.on_air.live_give(channel, to, self._clock()))

    def live_close(self, channel: str, reason: str = "") -> None:
        self._carry_out(self.on_air.live_close(channel, self._clock(), reason))

    def hold(self, on: bool) -> None:
        self._carry_out(self.on_air.hold(on, self._clock()))

    def cart(self, track_id: str) -> None:
        self._carry_out(self.on_air.cart(track_id, self._clock()))

    def cart_stop(self) -> None:
        self._carry_out([Cart(None)])

    def now(self) -> dict[str, Any]:
        """What players and the studio show; read from other threads, so plain values only."""
        state = self.on_air.now(self._clock())
        return {**state, "position_ms": self.position_ms, "level_dbfs": round(self.level_dbfs, 1), "skipped_blocks": self.skipped_blocks}

    # ------------------------------------------------------------------ carrying out

    def _carry_out(self, messages: list[Message]) -> None:
        for message in messages:
            if isinstance(message, Start):
                self._start(message)
            elif isinstance(message, Pause):
                self._pause(message)
            elif isinstance(message, Speak):
                self._say(message)
            elif isinstance(message, StopVoice):
                self._stop_voice(message.announcement_id)
            elif isinstance(message, SetLive):
                self._set_live(message.live)
            elif isinstance(message, Cart):
                self._cart(message.track)
            else:
                self._event(message.kind, message.data)

    def _event(self, kind: str, data: dict[str, Any]) -> None:
        if kind in TITLED:
            self._name_sound()
        self._tell({"event": kind, "at": self._clock().isoformat(), "position_ms": self.position_ms, **data})

    def _name_sound(self) -> None:
        """Mounts that carry a title within their sound have it changed."""
        speaking, choice = self.on_air.speaking, self.on_air.choice
        title = (speaking.title or "Pengumuman") if speaking and not speaking.only_areas else choice.track.label if choice else ""
        chunks = self.outputs.title(title)
        if chunks:
            self._give(chunks)

    def _say(self, speak: Speak) -> None:
        voice = self._voices.get(speak.announcement.id)
        if voice is None:
            self._carry_out(self.on_air.voice_failed(speak.announcement.id, self._clock(), "no voice was made"))
        else:
            self._speak(speak, voice)

    def _spoken(self, speak: Speak, voice: np.ndarray) -> tuple[np.ndarray, int]:
        """Everything that is heard of it, with its tones and pauses; and after how many ms the words begin."""
        gap = np.zeros(int(BETWEEN_TIMES_S * RATE_HZ), np.float32)
        call = voice is NO_WORDS or speak.mode == "break_in" or speak.announcement.calls_attention
        parts = [speech.attention_tone() if call else speech.chime(), gap[: RATE_HZ // 4]]
        lead_ms = sum(map(len, parts)) * 1000 // RATE_HZ
        for number in range(speak.times):
            parts += [*([gap, gap[: RATE_HZ // 4]] if number else []), voice]
        return np.concatenate([*parts, gap]), lead_ms

    def _tell_speaking(self, speak: Speak, voice: np.ndarray, at_ms: int, lead_ms: int, samples: int) -> None:
        """It is heard from `at_ms` on, its words `lead_ms` later."""
        announcement, length_ms = speak.announcement, samples * 1000 // RATE_HZ
        self._event("speaking", {
            "id": announcement.id, "priority": announcement.priority, "title": announcement.title, "texts": announcement.texts, "mode": speak.mode,
            "mute": voice is NO_WORDS, "areas": list(announcement.areas), "only_areas": announcement.only_areas, "drill": announcement.drill,
            "voice_at_ms": at_ms + lead_ms, "ends_at_ms": at_ms + length_ms, "length_s": round(length_ms / 1000, 1),
        })

    def _voice_over(self, announcement_id: str) -> None:
        """The last word was spoken."""
        self._carry_out(self.on_air.voice_ended(announcement_id, self._clock()))
        for known in set(self._voices) - set(self.on_air.queue.waiting):
            if self.on_air.speaking is None or self.on_air.speaking.id != known:
                del self._voices[known]
