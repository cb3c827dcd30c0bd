"""The embedded engine: one thread that mixes 20 ms at a time and carries out what `OnAir` decides."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from .. import speech
from ..announcements import Announcement
from ..on_air import CROSSFADE_S, Message, OnAir, Speak, Start, StopVoice, Tell
from ..rundown import Station
from ..wire import Chunk
from .decks import Deck, FileSource, MemorySource, ToneSource
from .encoders import make_mount
from .mixing import BLOCK, BLOCK_S, CHANNELS, RATE_HZ, Ducker, Glide, Limiter, Meter

SILENCE_S = 8.0
LATE_S = 0.5
BREAK_IN_FADE_S = 0.1
BREAK_OUT_FADE_S = 1.0
BETWEEN_TIMES_S = 0.8
NO_WORDS = np.zeros(RATE_HZ // 10, np.float32)  # stands for a voice that could not be made


class Mixer:
    """The sound of the station.

    `tell(event)` and `give(chunks)` are called from the mixing thread. Everything else that changes it goes through
    `do(action)`, which runs at the next block; so no lock is needed around the sound.
    """

    def __init__(
        self,
        station: Station,
        media: Path,
        *,
        mounts: tuple[str, ...] = ("mp3", "opus"),
        tell: Callable[[dict[str, Any]], None] = lambda event: None,
        give: Callable[[list[Chunk]], None] = lambda chunks: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        patient: bool = False,
    ) -> None:
        self.on_air = OnAir(station)
        self.media = media
        self.mounts = [make_mount(name) for name in mounts]
        self.blocks = 0
        self.skipped_blocks = 0
        self.meter = Meter()
        self._tell, self._give, self._clock, self._patient = tell, give, clock, patient
        self._actions: deque[Callable[[], None]] = deque()
        self._deck: Deck | None = None
        self._leaving: list[Deck] = []
        self._voice: tuple[str, MemorySource] | None = None
        self._voices: dict[str, np.ndarray] = {}
        self._ducker = Ducker()
        self._programme = Glide(1.0)
        self._limiter = Limiter()
        self._began = False

    # ------------------------------------------------------------------ what others want

    @property
    def position_ms(self) -> int:
        return self.blocks * BLOCK * 1000 // RATE_HZ

    def do(self, action: Callable[[], None]) -> None:
        self._actions.append(action)

    def settle(self, timeout_s: float = 2.0) -> None:
        """Wait until what was asked so far has been done (at the next block)."""
        done = threading.Event()
        self.do(done.set)
        done.wait(timeout_s)

    def announce(self, announcement: Announcement, voice: np.ndarray | None, why: str = "") -> None:
        """Say it, with `voice` (mono 48 kHz). Without a voice the attention tone calls people to the written words, and
        whoever watches over the station is told that the words can't be heard (`unspoken`).
        """
        if voice is None:
            self._carry_out([Tell("unspoken", {"id": announcement.id, "why": why})])
        self._voices[announcement.id] = voice if voice is not None else NO_WORDS
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

    def play(self, track_id: str) -> None:
        self._carry_out(self.on_air.play(track_id, self._clock()))

    def reload(self, station: Station) -> None:
        self._carry_out(self.on_air.reload(station, self._clock()))

    # ------------------------------------------------------------------ carrying out

    def _carry_out(self, messages: list[Message]) -> None:
        for message in messages:
            if isinstance(message, Start):
                self._start(message)
            elif isinstance(message, Speak):
                self._speak(message)
            elif isinstance(message, StopVoice):
                self._stop_voice()
            elif isinstance(message, Tell):
                self._tell({"event": message.kind, "at": self._clock().isoformat(), "position_ms": self.position_ms, **message.data})

    def _start(self, start: Start) -> None:
        if self._deck is not None:
            self._deck.leave(start.fade_s)
            if not self._deck.over:
                self._leaving.append(self._deck)
        track = start.track
        source = ToneSource(track.duration_s or 5.0) if track.kind == "tone" else FileSource(self.media / track.path, track.gain_db, patient=self._patient)
        fade_in_s = min(start.fade_s, 1.5) if track.kind in ("music", "reserve") else 0.0
        self._deck = Deck(source, track_id=track.id, duration_s=track.duration_s, fade_in_s=fade_in_s)

    def _speak(self, speak: Speak) -> None:
        announcement = speak.announcement
        voice = self._voices.get(announcement.id)
        if voice is None:
            self._carry_out(self.on_air.voice_failed(announcement.id, self._clock(), "no voice was made"))
            return
        gap = np.zeros(int(BETWEEN_TIMES_S * RATE_HZ), np.float32)
        mute = voice is NO_WORDS
        parts = [speech.attention_tone() if mute or speak.mode == "break_in" else speech.chime()]
        for _ in range(speak.times):
            parts += [gap[: RATE_HZ // 4], voice, gap]
        self._voice = (announcement.id, MemorySource(np.concatenate(parts)))
        self._programme.to(0.0 if speak.mode == "break_in" else 1.0, BREAK_IN_FADE_S)
        self._tell({
            "event": "speaking", "at": self._clock().isoformat(), "position_ms": self.position_ms, "id": announcement.id,
            "priority": announcement.priority, "title": announcement.title, "texts": announcement.texts, "mode": speak.mode, "mute": mute,
            "voice_at_ms": self.position_ms + len(parts[0]) * 1000 // RATE_HZ, "length_s": round(sum(map(len, parts)) / RATE_HZ, 1),
        })

    def _stop_voice(self) -> None:
        self._voice = None
        self._programme.to(1.0, BREAK_OUT_FADE_S)

    # ------------------------------------------------------------------ sound

    def render(self) -> np.ndarray:
        """Mix, meter and encode the next block."""
        if not self._began:
            self._began = True
            self._carry_out(self.on_air.begin(self._clock()))
        while self._actions:
            self._actions.popleft()()
        music = self._music()
        voice = self._voice_block()
        hold = self._voice is not None and self._voice[1].left_s > BETWEEN_TIMES_S
        sound = music * self._ducker.block(voice, hold=hold) * self._programme.block()
        if voice is not None:
            sound = sound + voice
        sound = self._limiter.block(np.asarray(sound, np.float32))
        self.meter.block(sound)
        chunks = [chunk for mount in self.mounts for chunk in mount.feed(sound, self.position_ms)]
        self.blocks += 1
        if chunks:
            self._give(chunks)
        self._look_around()
        return sound

    def _music(self) -> np.ndarray:
        total = np.zeros((CHANNELS, BLOCK), np.float32)
        for deck in [*self._leaving, *([self._deck] if self._deck else [])]:
            block = deck.read()
            if block is not None:
                total += block
        self._leaving = [deck for deck in self._leaving if not deck.over]
        return total

    def _voice_block(self) -> np.ndarray | None:
        if self._voice is None:
            return None
        announcement_id, source = self._voice
        block = source.read()
        if block is None:
            self._voice = None
            self._programme.to(1.0, BREAK_OUT_FADE_S)
            self._carry_out(self.on_air.voice_ended(announcement_id, self._clock()))
            self._forget_voices()
        return block

    def _forget_voices(self) -> None:
        for announcement_id in set(self._voices) - set(self.on_air.queue.waiting):
            if self.on_air.speaking is None or self.on_air.speaking.id != announcement_id:
                del self._voices[announcement_id]

    def _look_around(self) -> None:
        """Tell the decisions what was noticed in this block."""
        deck = self._deck
        now = self._clock()
        if deck is not None and deck.over:
            if deck.source.error:
                self._carry_out(self.on_air.track_failed(deck.track_id, now, deck.source.error))
            else:
                self._carry_out(self.on_air.track_ending(now))
        elif deck is not None and deck.duration_s > 3 * CROSSFADE_S and deck.left_s <= CROSSFADE_S:
            self._carry_out(self.on_air.track_ending(now))
        elif self.meter.silent_s > SILENCE_S:
            lasted, self.meter.silent_s = self.meter.silent_s, 0.0
            self._carry_out(self.on_air.silence(now, lasted))
        if self.blocks % 50 == 0:
            self._carry_out(self.on_air.tick(now))

    # ------------------------------------------------------------------ time

    def run(self, stop: threading.Event) -> None:
        """Render in real time until `stop`. More than half a second late: blocks are left out and counted."""
        due = time.monotonic()
        while not stop.is_set():
            self.render()
            due += BLOCK_S
            wait = due - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            elif wait < -LATE_S:
                behind = int(-wait / BLOCK_S)
                self.skipped_blocks += behind
                due += behind * BLOCK_S
        if self._deck is not None:
            self._deck.leave(0)
        for deck in self._leaving:
            deck.leave(0)


def now_playing(mixer: Mixer) -> dict[str, Any]:
    """What players and the studio show; read from other threads, so plain values only."""
    state = mixer.on_air.now(mixer._clock())
    return {**state, "position_ms": mixer.position_ms, "level_dbfs": round(mixer.meter.level_dbfs, 1), "skipped_blocks": mixer.skipped_blocks}
