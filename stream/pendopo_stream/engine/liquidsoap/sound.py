"""The Liquidsoap engine: our decisions, its sound.

Liquidsoap plays, fades, softens and speaks, and sends the whole to Icecast and HLS. The same sound comes back to us by the tap,
a tenth of a second later; from it the station's own mounts are encoded, as on the embedded engine. So positions are exact,
relays, recorder and captions do not care which engine runs, and a listener of ours does not notice when Liquidsoap begins anew:
the bridge plays meanwhile.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import secrets
import threading
import time
from collections import deque
from dataclasses import replace
from typing import Any

import numpy as np

from ...microphones import LiveState
from ...on_air import Pause, Speak, Start
from ...rundown import Track
from ..desk import Desk
from ..mixing import BLOCK, BLOCK_S, CHANNELS, Ducker, db, factor
from .bridge import Bridge
from .client import annotated
from .given import OnDeck, Saying
from .machine import Machine
from .outside import Outside
from .own_voice import OwnVoice
from .pipe import Pipe
from .script import MIC, WORK, BadScript, area_queue
from .spool import Spool, gain_of

NAME = "PENDOPO_RADIO_NAME"  # what players of Icecast show
QUIET_S = 0.4  # so long without sound of Liquidsoap, then the bridge plays
LOOK_S = 0.01
HUNG_S = 0.2  # our own loop stood still: what Liquidsoap made meanwhile is on its way
AHEAD_S = 0.5  # so far the count of the sound may be ahead of the clock
START_S = 8.0  # what Liquidsoap may take to begin a piece or an announcement
EARLY_S = 5.0
FILLS_S = 3.0
LOST_S = 1.5  # so long without sound of Liquidsoap, and a programme from outside has ended
AGAIN_S = 10.0
TALK_HOLD_S = 1.2  # an announcer breathes; the music waits that long before it comes back
CLOCKS = 50
SILENT = np.zeros((CHANNELS, BLOCK), np.float32)


class LiquidsoapSound(Desk):
    """Everything here happens on an event loop in the thread that calls `run`."""

    name = "liquidsoap"

    def _prepare(self) -> None:
        self.home = self.media.parent
        self._machine: Machine | None = None
        self._tokens = (f"{secrets.token_hex(4)}{number}" for number in itertools.count())
        self._on: OnDeck | None = None
        self._said: Saying | None = None
        self._own = OwnVoice(self._own_voice_over)
        self._spool = Spool(self.home / WORK / "spool")
        self._pipe = Pipe(self.home / WORK / MIC)
        self._live = LiveState()
        self._talk = Ducker(TALK_HOLD_S)
        self._faders = ""
        self._bridge: Bridge | None = None
        self._began_at = self._came_at = self._due = self._looked_at = time.monotonic()
        self._tapped_at = self._tap_since = 0.0
        self._clocks: deque[float] = deque(maxlen=CLOCKS)
        self._now: dict[str, Any] = {}
        self._outside = Outside(self, self.home, lambda: self._order("kick"), self._alarmed)

    def levels(self) -> dict[str, Any]:
        mic, calls = self._lines.levels()
        programme, softened = db(self._now.get("programme", 0.0)), max(-120.0, db(self._now.get("ducked", 1.0)))
        return {"programme": round(programme, 1), "mic": mic, "calls": calls, "out": round(self.level_dbfs, 1), "reduction_db": round(softened, 1)}

    # ------------------------------------------------------------------ life

    def run(self, stop: threading.Event) -> None:
        asyncio.run(self._life(stop))

    async def _life(self, stop: threading.Event) -> None:
        self._began_at = self._due = self._looked_at = time.monotonic()
        self._came_at = self._began_at - QUIET_S  # sound from the first moment on: the bridge's
        self._carry_out(self.on_air.begin(self._clock()))
        living = asyncio.create_task(self._live_with_machine())
        try:
            while not stop.is_set():
                await asyncio.sleep(LOOK_S)
                self._bridge_over()
                if living.done():
                    living.result()
        finally:
            living.cancel()
            await asyncio.gather(living, return_exceptions=True)
            if self._machine is not None:
                await asyncio.to_thread(self._machine.end)
            self._pipe.close()
            if self._bridge is not None:
                self._bridge.close()

    async def _live_with_machine(self) -> None:
        """Both programs, as soon as Liquidsoap understands the script; sound comes from the bridge meanwhile."""
        self._spool.clear()
        name = os.environ.get(NAME) or "Radio"
        ears = {"heard": self._from_tap, "noticed": self._noticed, "renewed": self._renewed, "alarmed": self._alarmed}
        machine = Machine(self.home, name=name, areas=self.outputs.areas, **ears)
        while self._machine is None:
            try:
                await asyncio.to_thread(machine.prepare)
                self._machine = machine
            except BadScript as error:
                self._alarmed(f"liquidsoap can't begin: {error}"[:300])
                await asyncio.sleep(AGAIN_S)
        await machine.life()

    def _alarmed(self, text: str) -> None:
        self._event("alarm", {"kind": "engine", "text": text})

    def _order(self, command: str, argument: str = "", answered: Any = None) -> None:
        """Before Liquidsoap is there nothing is said: all of it is said when it is `renewed`."""
        if self._machine is not None:
            self._machine.order(f"station.{command}", argument, answered)

    # ------------------------------------------------------------------ what OnAir wants

    def _start(self, start: Start) -> None:
        deck = "b" if self._on is not None and self._on.deck == "a" else "a"
        now = time.monotonic()
        self._on = OnDeck(deck, next(self._tokens), start.track, now, now)
        self._leave_bridge()
        self._load(min(start.fade_s, 1.5) if start.track.kind in ("music", "reserve") else 0.0, start.fade_s)

    def _load(self, fade_in_s: float, fade_out_s: float, from_s: float = 0.0) -> None:
        on = self._on
        if on is None:
            return
        track = on.track
        path = self._spool.tone(track.duration_s) if track.kind == "tone" else (self.media / track.path).absolute()
        notes: dict[str, str | float] = {"track": on.token, "title": track.title or track.id, "artist": track.artist, "liq_amplify": gain_of(path, track)}
        if track.cue_in_s + from_s:
            notes["liq_cue_in"] = round(track.cue_in_s + from_s, 2)
        if track.cue_out_s:
            notes["liq_cue_out"] = track.cue_out_s
        self._order("load", f"{on.deck} {fade_in_s:.2f} {fade_out_s:.2f} {annotated(path, **notes)}", lambda answer: self._loaded(track, answer))

    def _load_again(self, on: OnDeck) -> None:
        """The piece goes on where it would be by now."""
        on.renew(next(self._tokens))
        self._load(0.0, 0.5, on.played_s if on.track.kind != "tone" else 0.0)

    def _loaded(self, track: Track, answer: dict[str, Any]) -> None:
        if not answer["ok"]:
            self._carry_out(self.on_air.track_failed(track.id, self._clock(), "Liquidsoap can't read it"))

    def _pause(self, pause: Pause) -> None:
        self._on = None
        self._leave_bridge()
        self._order("leave", f"{pause.fade_s:.2f}")

    def _speak(self, speak: Speak, voice: np.ndarray) -> None:
        """Where no mount of these areas exists, the main mounts say it: words are rather heard too widely than not at all."""
        sound, lead_ms = self._spoken(speak, voice)
        self._said = said = Saying(speak, voice, sound, lead_ms, next(self._tokens), time.monotonic())
        areas = self._own_areas(said)
        for area in areas:
            self._order(area_queue(area), str(self._spool.put(said.token, sound)))
        if areas or self._bridge is not None:
            self._say_myself(said)
        else:
            self._give_voice(said)

    def _own_areas(self, said: Saying) -> frozenset[str]:
        announcement = said.speak.announcement
        return frozenset(set(announcement.areas) & set(self.outputs.areas)) if announcement.only_areas else frozenset()

    def _say_myself(self, said: Saying) -> None:
        said.heard = True
        self._own.say(said.sound, self._own_areas(said), break_in=said.speak.mode == "break_in")
        self._tell_speaking(said.speak, said.voice, self.position_ms + int(BLOCK_S * 1000), said.lead_ms, len(said.sound))

    def _give_voice(self, said: Saying) -> None:
        said.given_at = time.monotonic()
        queue = "alarm" if said.speak.mode == "break_in" else "voice"
        path = self._spool.put(said.token, said.sound)
        self._order("speak", f"{queue} {annotated(path, voice=said.token, title=said.speak.announcement.title or 'Pengumuman')}")

    def _stop_voice(self, announcement_id: str) -> None:
        if self._said is not None:
            for area in self._own_areas(self._said):
                self._order(area_queue(area) + "_hush")
            self._spool.drop(self._said.token)
        self._own.stop()
        self._said = None
        self._order("hush")

    def _own_voice_over(self) -> None:
        if self._said is not None:
            self._over(self._said)

    def _over(self, said: Saying) -> None:
        self._said = None
        self._spool.drop(said.token)
        self._voice_over(said.speak.announcement.id)

    def _set_live(self, live: LiveState) -> None:
        self._live = live
        self._lines.set(live)
        self._talk.depth_db = live.music_db
        if not live.on_air:
            self._talk.release()

    def _cart(self, track: Track | None) -> None:
        if track is None:
            self._order("cart_stop")
            return
        path = (self.media / track.path).absolute()
        self._order("cart", annotated(path, liq_amplify=gain_of(path, track)), lambda answer: self._loaded(track, answer))

    # ------------------------------------------------------------------ what Liquidsoap says

    def _renewed(self) -> None:
        """It began anew, or missed an order: the piece goes on where it would be; microphones and words are given again."""
        self._clocks.clear()
        self._faders = ""
        self._outside.lost()
        if self._on is not None:
            self._load_again(self._on)
        elif self.on_air.waiting:
            self._order("leave", "0")
        if self._said is not None and not self._own.speaks:
            self._spool.drop(self._said.token)
            self._said.token, self._said.heard = next(self._tokens), False
            self._order("hush")
            self._give_voice(self._said)

    def _noticed(self, now: dict[str, Any]) -> None:
        self._now = now
        self._clocks.append(self.position_ms - now["time"] * 1000)
        self._look_at_deck(now)
        self._look_at_voice(now)
        self._outside.noticed(now["source"])

    def _look_at_deck(self, now: dict[str, Any]) -> None:
        on, moment = self._on, self._clock()
        if on is None:
            return
        deck = now[on.deck]
        on.heard = on.heard or deck["track"] == on.token  # a jingle may be over before anybody looked
        if deck["track"] == on.token and deck["ready"]:
            self._look_at_end(on)
        elif on.heard:
            track = on.track
            early = track.plays_s > 0 and on.played_s < min(track.plays_s - EARLY_S, track.plays_s * 0.9)
            if early and not on.again:
                on.again = True
                self._load_again(on)
            elif early:
                self._carry_out(self.on_air.track_failed(track.id, moment, f"it ended after {on.played_s:.0f} of {track.plays_s:.0f} s"))
            else:
                self._carry_out(self.on_air.track_ending(moment))
            if self._on is on:  # the programme waits for a live voice
                self._on = None
        elif time.monotonic() - on.loaded_at > START_S:
            self._carry_out(self.on_air.track_failed(on.track.id, moment, "Liquidsoap did not begin it"))

    def _look_at_end(self, on: OnDeck) -> None:
        """The next piece begins so that it meets this one's end. Of a piece without overlap the deck says it, not the bridge."""
        track = on.track
        meets = track.air_s < track.plays_s or (self._bridge is not None and track.plays_s > 0)
        if meets and on.played_s >= track.air_s and not self.on_air.waiting:
            self._carry_out(self.on_air.track_ending(self._clock()))

    def _look_at_voice(self, now: dict[str, Any]) -> None:
        said = self._said
        if said is None or self._own.speaks:
            return
        over = now["over"] == said.token  # short words may be over before anybody looked
        there = now["said"] == said.token and now["speaking"] and not over
        if (there or over) and not said.heard:
            said.heard = True
            at_ms = max(0, int(now["said_at"] * 1000 + max(self._clocks)))
            self._tell_speaking(said.speak, said.voice, at_ms, said.lead_ms, len(said.sound))
        elif said.heard and not there:
            self._over(said)
        elif not said.heard and time.monotonic() - said.given_at > START_S:
            self._order("hush")
            self._say_myself(said)

    # ------------------------------------------------------------------ sound

    def _from_tap(self, block: np.ndarray) -> None:
        now = time.monotonic()
        if self._bridge is not None and self._tap_is_empty(now):
            return
        self._came_at = self._due = now
        self._leave_bridge()
        if self.blocks * BLOCK_S > self._came_at - self._began_at + AHEAD_S:
            self.skipped_blocks += 1  # the bridge played in its place
        else:
            self._block(block)

    def _tap_is_empty(self, now: float) -> bool:
        """A Liquidsoap that began anew has nothing to play yet: the bridge goes on until it does, not much longer."""
        if now - self._tapped_at > QUIET_S:
            self._tap_since = now
        self._tapped_at = now
        return self._on is not None and not self._on.heard and now - self._tap_since < FILLS_S

    def _leave_bridge(self) -> None:
        if self._bridge is not None:
            self._bridge.close()
            self._bridge = None

    def _bridge_over(self) -> None:
        """No sound of Liquidsoap: our own, at the speed of sound, so that no listener hears a hole."""
        now = time.monotonic()
        hung, self._looked_at = now - self._looked_at > HUNG_S, now
        if now - self._came_at < QUIET_S or hung:
            return
        if self._bridge is None:
            self._begin_bridge()
        while self._due < now:
            self._due += BLOCK_S
            self._block(None)
            if self._bridge is None:
                self._begin_bridge()  # another piece
        if now - self._came_at > LOST_S:
            self._outside.lost()
        if self._on is not None:
            self._look_at_end(self._on)

    def _begin_bridge(self) -> None:
        on = self._on
        reserve = [track for track in self.on_air.station.tracks if track.kind == "reserve"]
        playing = [replace(on.track, cue_in_s=on.track.cue_in_s + on.played_s)] if on is not None and on.track.path else []
        self._bridge = Bridge(self.media, [*playing, *reserve])
        self._now = {}
        if self._said is not None and not self._own.speaks:
            self._say_myself(self._said)

    def _block(self, block: np.ndarray | None) -> None:
        """One block as it is heard: what was asked meanwhile, live lines, the mounts, what is noticed. None: the bridge's."""
        self._catch_up()
        moment = self._clock()
        everybody, studio = self._read_lines(moment)
        if block is None:
            block = self._bridge.block() if self._bridge is not None and not self.on_air.waiting else SILENT
            block = block * self._talk.gain.value + (0.0 if everybody is None else everybody)
        else:
            self._pipe.write(everybody)
        self._own.read()
        out = self._own.onto(block)
        callers = any(voice.kind == "call" and voice.sounds for voice in self._live.voices)
        call = out if not callers else SILENT if studio is None else np.stack([studio, studio])
        self.meter.block(out)
        chunks = self.outputs.feed(out, self.position_ms, call=call, area=lambda area: self._own.onto_area(area, block, out))
        self.blocks += 1
        if chunks:
            self._give(chunks)
            if self._machine is not None:
                self._machine.stand_in.take(chunks)
        self._end_silence(moment)
        self._tick(moment)

    def _read_lines(self, moment: Any) -> tuple[np.ndarray | None, np.ndarray | None]:
        self._outside.sounds(moment)
        self._note_lines(moment)
        everybody, studio = self._lines.read()
        self._talk.block(everybody)
        self._move_faders()
        return everybody, studio

    def _move_faders(self) -> None:
        """How far the music makes room, and the gain of a programme from outside."""
        outside = self._outside.gain(self._live)
        bed = min(self._talk.gain.target, factor(self._live.music_db) if outside else 1.0)
        faders = f"{'on' if bed < 1.0 else 'off'} 1.0 {outside:.4f} {bed:.4f}"
        if faders != self._faders:
            self._faders = faders
            self._order("live", faders)
