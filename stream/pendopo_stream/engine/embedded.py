"""The embedded engine: one thread that mixes 20 ms at a time and carries out what `OnAir` decides.

music -> (softened under live voices and carts) -> bed -> (softened under an announcement, or silenced by an emergency) ->
limiter -> mounts. Areas have the last two steps of their own while something is said in them alone.
"""

from __future__ import annotations

import threading
import time
from typing import Any, NamedTuple

import numpy as np

from ..microphones import LiveState
from ..on_air import Pause, Speak, Start
from ..rundown import Track
from .decks import Deck, FileSource, MemorySource, ToneSource
from .desk import BETWEEN_TIMES_S, Desk
from .mixing import (
    BLOCK,
    BLOCK_S,
    CHANNELS,
    Bus,
    Ducker,
    db,
    rms,
)

LATE_S = 0.5
BREAK_IN_FADE_S = 0.1
BREAK_OUT_FADE_S = 1.0
TALK_HOLD_S = 1.2  # an announcer breathes; the music waits that long before it comes back
NOTHING = np.zeros((CHANNELS, BLOCK), np.float32)


class Said(NamedTuple):
    """The announcement that is heard now. `areas`: where, none is everywhere; `everywhere`: on the main mounts too."""

    id: str
    source: MemorySource
    areas: frozenset[str]
    everywhere: bool
    break_in: bool

    def heard_in(self, area: str) -> bool:
        return area in self.areas if self.areas else self.everywhere


class Mixer(Desk):
    """The sound of the station."""

    name = "embedded"

    def _prepare(self) -> None:
        self.skipped_blocks = 0
        self._deck: Deck | None = None
        self._leaving: list[Deck] = []
        self._cart_deck: Deck | None = None
        self._said: Said | None = None
        self._talk = Ducker(TALK_HOLD_S)
        self._main = Bus()
        self._without_callers = Bus()
        self._areas: dict[str, Bus] = {}
        self._heard: dict[str, np.ndarray] = {"programme": NOTHING, "out": NOTHING}  # the last block, for meters
        self._began = False

    def levels(self) -> dict[str, Any]:
        mic, calls = self._lines.levels()
        softened = self._talk.gain.value * self._main.ducker.gain.value * self._main.bed.value
        return {
            "programme": round(db(rms(self._heard["programme"])), 1), "mic": mic, "calls": calls, "out": round(db(rms(self._heard["out"])), 1),
            "reduction_db": round(max(-120.0, db(softened)), 1),
        }

    # ------------------------------------------------------------------ carrying out

    def _start(self, start: Start) -> None:
        self._leave(start.fade_s)
        track = start.track
        fade_in_s = min(start.fade_s, 1.5) if track.kind in ("music", "reserve") else 0.0
        self._deck = self._deck_of(track, fade_in_s)

    def _pause(self, pause: Pause) -> None:
        self._leave(pause.fade_s)
        self._deck = None

    def _leave(self, fade_s: float) -> None:
        if self._deck is not None:
            self._deck.leave(fade_s)
            if not self._deck.over:
                self._leaving.append(self._deck)

    def _deck_of(self, track: Track, fade_in_s: float = 0.0) -> Deck:
        if track.kind == "tone":
            return Deck(ToneSource(track.duration_s or 5.0), track_id=track.id, duration_s=track.duration_s)
        source = FileSource(self.media / track.path, track.gain_db, from_s=track.cue_in_s, to_s=track.cue_out_s, patient=self._patient)
        return Deck(source, track_id=track.id, duration_s=track.plays_s, overlap_s=track.overlap_s, fade_in_s=fade_in_s)

    def _speak(self, speak: Speak, voice: np.ndarray) -> None:
        """Where no mount of these areas exists, the main mounts say it: words are rather heard too widely than not at all."""
        self._stop_voice(self._said.id if self._said else "")
        sound, lead_ms = self._spoken(speak, voice)
        announcement = speak.announcement
        everywhere = not announcement.only_areas or not set(announcement.areas) & set(self.outputs.areas)
        self._said = Said(announcement.id, MemorySource(sound), frozenset(announcement.areas), everywhere, speak.mode == "break_in")
        self._tell_speaking(speak, voice, self.position_ms, lead_ms, len(sound))

    def _stop_voice(self, announcement_id: str) -> None:
        self._said = None

    def _set_live(self, live: LiveState) -> None:
        self._lines.set(live)
        self._talk.depth_db = live.music_db
        if not live.on_air:
            self._talk.release()

    def _cart(self, track: Track | None) -> None:
        if self._cart_deck is not None:
            self._cart_deck.leave(0.2)
            self._leaving.append(self._cart_deck)
        self._cart_deck = self._deck_of(track) if track is not None else None

    # ------------------------------------------------------------------ sound

    def render(self) -> np.ndarray:
        """Mix, meter and encode the next block."""
        if not self._began:
            self._began = True
            self._carry_out(self.on_air.begin(self._clock()))
        self._catch_up()
        self._note_lines(self._clock())
        programme = self._programme()
        everybody, studio = self._lines.read()
        cart = self._cart_block()
        over = _sum(everybody, cart)
        gain = self._talk.block(over)
        bed = programme * gain
        said = self._said
        voice = self._voice_block()
        hold = said is not None and said.source.left_s > BETWEEN_TIMES_S
        heard = voice if said is None or said.everywhere else None
        said = said if voice is not None else None
        self._part_areas(said)
        self._fade_beds(said)
        sound = self._main.block(_onto(bed, over), heard, hold=hold)
        call = sound
        if "call" in self.outputs.wanted:
            call = self._without_callers.block(_onto(bed, _sum(studio, cart)), heard, hold=hold)
        chunks = self.outputs.feed(sound, self.position_ms, call=call, area=lambda area: self._area_block(area, sound, _onto(bed, over), voice, said, hold))
        self.meter.block(sound)
        self._heard = {"programme": programme, "out": sound}
        self.blocks += 1
        if chunks:
            self._give(chunks)
        self._look_around()
        return sound

    def _programme(self) -> np.ndarray:
        total = np.zeros((CHANNELS, BLOCK), np.float32)
        for deck in [*self._leaving, *([self._deck] if self._deck else [])]:
            block = deck.read()
            if block is not None:
                total += block
        self._leaving = [deck for deck in self._leaving if not deck.over]
        return total

    def _cart_block(self) -> np.ndarray | None:
        if self._cart_deck is None:
            return None
        block = self._cart_deck.read()
        if block is None:
            failed, self._cart_deck = self._cart_deck, None
            if failed.source.error:
                self._carry_out(self.on_air.track_failed(failed.track_id, self._clock(), failed.source.error))
        return block

    def _voice_block(self) -> np.ndarray | None:
        if self._said is None:
            return None
        announcement_id, block = self._said.id, self._said.source.read()
        if block is None:
            self._said = None
            self._voice_over(announcement_id)
        return block

    def _fade_beds(self, said: Said | None) -> None:
        """An emergency silences everything else where it is heard."""
        for bus in (self._main, self._without_callers):
            _fade(bus, said is not None and said.break_in and said.everywhere)
        for area, bus in self._areas.items():
            _fade(bus, said is not None and said.break_in and said.heard_in(area))

    def _part_areas(self, said: Said | None) -> None:
        """Areas where something else is heard than on the main mounts get a bus of their own, until all is quiet again."""
        for area in self.outputs.wanted_areas:
            if said is not None and area not in self._areas and said.heard_in(area) != said.everywhere:
                self._areas[area] = Bus(self._main)

    def _area_block(self, area: str, main: np.ndarray, bed: np.ndarray, voice: np.ndarray | None, said: Said | None, hold: bool) -> np.ndarray:
        """What an area hears: the main mounts' sound, unless it has a bus of its own."""
        bus = self._areas.get(area)
        if bus is None:
            return main
        if voice is None and bus.rests and self._main.rests:
            del self._areas[area]
            return main
        return bus.block(bed, voice if said is not None and said.heard_in(area) else None, hold=hold)

    def _look_around(self) -> None:
        """Tell the decisions what was noticed in this block."""
        deck = self._deck
        now = self._clock()
        if deck is not None and deck.over:
            if deck.source.error:
                self._carry_out(self.on_air.track_failed(deck.track_id, now, deck.source.error))
            else:
                self._carry_out(self.on_air.track_ending(now))
            if self._deck is deck:  # the programme waits for a live voice
                self._deck = None
        elif deck is not None and deck.nears_end and not self.on_air.waiting:
            self._carry_out(self.on_air.track_ending(now))
        else:
            self._end_silence(now)
        self._tick(now)

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
        for deck in [*self._leaving, *(deck for deck in (self._deck, self._cart_deck) if deck is not None)]:
            deck.leave(0)


def _sum(first: np.ndarray | None, second: np.ndarray | None) -> np.ndarray | None:
    if first is None or second is None:
        return second if first is None else first
    return first + second


def _onto(bed: np.ndarray, over: np.ndarray | None) -> np.ndarray:
    return bed if over is None else bed + over


def _fade(bus: Bus, away: bool) -> None:
    target = 0.0 if away else 1.0
    if bus.bed.target != target:
        bus.bed.to(target, BREAK_IN_FADE_S if away else BREAK_OUT_FADE_S)
