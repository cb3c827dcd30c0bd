"""The Liquidsoap engine: our decisions, its sound.

Liquidsoap plays, fades, softens and speaks, and sends the whole to Icecast and HLS. The same sound comes back to us by the tap,
a tenth of a second later; from it the station's own mounts are encoded, as on the embedded engine. So positions are exact,
relays, recorder and captions do not care which engine runs, and a listener of ours does not notice when Liquidsoap begins anew:
the bridge plays meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import itertools
import logging
import os
import secrets
import threading
import time
import wave
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...microphones import LiveState
from ...on_air import Pause, Speak, Start
from ...rundown import Track
from ..decks import MemorySource, ToneSource
from ..desk import Desk
from ..mixing import BLOCK, BLOCK_S, RATE_HZ, Bus, Meter, factor
from ..voices import Lines
from .bridge import Bridge
from .client import annotated
from .machine import Machine
from .script import MIC, WORK, area_queue

log = logging.getLogger("pendopo_stream.engine")
SPOOL = "spool"
SILENCE_S = 8.0
QUIET_S = 0.4  # so long without sound of Liquidsoap, then the bridge plays
LOOK_S = 0.01
START_S = 8.0  # what Liquidsoap may take to begin a piece or an announcement
CHECK_BLOCKS = 5
PIPE_BYTES = 4096  # two blocks: what waits longer would only make the voice late
CLOCKS = 50
SPOOL_RESTS_S = 30.0


@dataclass
class OnDeck:
    """The piece that Liquidsoap was given. `heard`: it plays."""

    deck: str
    token: str
    track: Track
    given_at: float
    heard: bool = False


@dataclass
class Saying:
    """The announcement that it was given. `areas`: where alone it is said by ourselves, on the mounts of these areas."""

    speak: Speak
    voice: np.ndarray
    sound: np.ndarray
    lead_ms: int
    token: str
    given_at: float
    heard: bool = False


class LiquidsoapSound(Desk):
    """Everything here happens on an event loop in the thread that calls `run`."""

    name = "liquidsoap"

    def _prepare(self) -> None:
        self.home = self.media.parent
        self.blocks = 0
        self.meter = Meter()
        self._machine: Machine | None = None
        self._tokens = (f"{secrets.token_hex(4)}{number}" for number in itertools.count())
        self._on: OnDeck | None = None
        self._said: Saying | None = None
        self._local: tuple[Saying, MemorySource] | None = None
        self._lines = Lines()
        self._live = LiveState()
        self._buses: dict[str, Bus] = {}
        self._bridge: Bridge | None = None
        self._came_at = 0.0
        self._due = 0.0
        self._clocks: deque[float] = deque(maxlen=CLOCKS)
        self._ducked = 1.0
        self._outside = ""
        self._outside_channel = ""
        self._pipe = -1

    @property
    def position_ms(self) -> int:
        return self.blocks * BLOCK * 1000 // RATE_HZ

    @property
    def level_dbfs(self) -> float:
        return self.meter.level_dbfs

    def levels(self) -> dict[str, Any]:
        mic, calls = self._lines.levels()
        softened = 20 * float(np.log10(max(self._ducked, 1e-6)))
        level = round(self.meter.level_dbfs, 1)
        return {"programme": level, "mic": mic, "calls": calls, "out": level, "reduction_db": round(softened, 1)}

    def hear(self, channel: str, pcm: bytes) -> None:
        self._lines.put(channel, pcm)

    # ------------------------------------------------------------------ life

    def run(self, stop: threading.Event) -> None:
        asyncio.run(self._life(stop))

    async def _life(self, stop: threading.Event) -> None:
        self._carry_out(self.on_air.begin(self._clock()))
        self._came_at = self._due = time.monotonic()
        preparing = asyncio.create_task(self._begin_machine())
        living: asyncio.Task[None] | None = None
        try:
            while not stop.is_set():
                await asyncio.sleep(LOOK_S)
                self._bridge_over()
                if living is None and preparing.done():
                    living = asyncio.create_task(preparing.result().life())
                if living is not None and living.done():
                    living.result()
                    return
        finally:
            preparing.cancel()
            if living is not None:
                living.cancel()
                await asyncio.gather(living, return_exceptions=True)
            if self._machine is not None:
                await asyncio.to_thread(self._machine.end)
            if self._pipe >= 0:
                os.close(self._pipe)

    async def _begin_machine(self) -> Machine:
        """Write the script and see that it holds; sound comes from the bridge meanwhile."""
        machine = Machine(
            self.home, name="Radio", areas=self.outputs.areas, heard=self._from_tap, noticed=self._noticed, renewed=self._renewed, alarmed=self._alarmed,
        )
        await asyncio.to_thread(machine.prepare)
        (self.home / WORK / SPOOL).mkdir(exist_ok=True)
        for old in (self.home / WORK / SPOOL).glob("*.wav"):
            old.unlink()
        self._pipe = os.open(self.home / WORK / MIC, os.O_RDWR | os.O_NONBLOCK)
        fcntl.fcntl(self._pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._machine = machine
        return machine

    def _alarmed(self, text: str) -> None:
        self._event("alarm", {"kind": "engine", "text": text})

    def _order(self, command: str, argument: str = "", answered: Any = None) -> None:
        """Before Liquidsoap is there nothing is said: all of it is said when it is `renewed`."""
        if self._machine is not None:
            self._machine.order(f"station.{command}", argument, answered)

    # ------------------------------------------------------------------ what OnAir wants

    def _start(self, start: Start) -> None:
        deck = "b" if self._on is not None and self._on.deck == "a" else "a"
        self._on = OnDeck(deck, next(self._tokens), start.track, time.monotonic())
        self._load(min(start.fade_s, 1.5) if start.track.kind in ("music", "reserve") else 0.0, start.fade_s)

    def _load(self, fade_in_s: float, fade_out_s: float) -> None:
        on = self._on
        if on is None:
            return
        track = on.track
        path = self._spooled("tone", _tone(track)) if track.kind == "tone" else (self.media / track.path).absolute()
        notes: dict[str, str | float] = {"track": on.token, "title": track.title or track.id, "artist": track.artist, "liq_amplify": f"{track.gain_db:.2f} dB"}
        if track.cue_in_s:
            notes["liq_cue_in"] = track.cue_in_s
        if track.cue_out_s:
            notes["liq_cue_out"] = track.cue_out_s
        self._order("load", f"{on.deck} {fade_in_s:.2f} {fade_out_s:.2f} {annotated(path, **notes)}", lambda answer: self._loaded(on, answer))

    def _loaded(self, on: OnDeck, answer: dict[str, Any]) -> None:
        if self._on is on and not answer["ok"]:
            self._carry_out(self.on_air.track_failed(on.track.id, self._clock(), "Liquidsoap can't read it"))

    def _pause(self, pause: Pause) -> None:
        self._on = None
        self._order("leave", f"{pause.fade_s:.2f}")

    def _speak(self, speak: Speak, voice: np.ndarray) -> None:
        sound, lead_ms = self._spoken(speak, voice)
        self._said = said = Saying(speak, voice, sound, lead_ms, next(self._tokens), time.monotonic())
        announcement = speak.announcement
        own = set(announcement.areas) & set(self.outputs.areas)
        if announcement.only_areas and own:
            self._local = (said, MemorySource(sound))
            for area in own:
                self._order(area_queue(area), str(self._spooled(said.token, sound)))
            self._tell_speaking(speak, voice, self.position_ms, lead_ms, len(sound))
            said.heard = True
        else:
            self._say_it()

    def _say_it(self) -> None:
        said = self._said
        if said is None:
            return
        said.given_at = time.monotonic()
        queue = "alarm" if said.speak.mode == "break_in" else "voice"
        path = self._spooled(said.token, said.sound)
        self._order("speak", f"{queue} {annotated(path, voice=said.token, title=said.speak.announcement.title or 'Pengumuman')}")

    def _stop_voice(self, announcement_id: str) -> None:
        if self._local is not None:
            for area in set(self._local[0].speak.announcement.areas) & set(self.outputs.areas):
                self._order(area_queue(area) + "_hush")
        self._said = self._local = None
        self._order("hush")

    def _set_live(self, live: LiveState) -> None:
        self._live = live
        self._lines.set(live)
        outside = any(voice.kind == "source" and voice.sounds for voice in live.voices)
        self._order("live", f"{'on' if live.on_air else 'off'} 1.0 {'1.0' if outside else '0.0'} {factor(live.music_db):.4f}")

    def _cart(self, track: Track | None) -> None:
        if track is None:
            self._order("cart_stop")
            return
        path = (self.media / track.path).absolute()
        self._order("cart", annotated(path, liq_amplify=f"{track.gain_db:.2f} dB"), lambda answer: self._cart_loaded(track, answer))

    def _cart_loaded(self, track: Track, answer: dict[str, Any]) -> None:
        if not answer["ok"]:
            self._carry_out(self.on_air.track_failed(track.id, self._clock(), "Liquidsoap can't read it"))

    def _spooled(self, name: str, sound: np.ndarray) -> Path:
        """Mono sound as a file that Liquidsoap can be shown."""
        path = (self.home / WORK / SPOOL / f"{name}.wav").absolute()
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with wave.open(str(path), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(RATE_HZ)
                file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
        return path

    # ------------------------------------------------------------------ what Liquidsoap says

    def _renewed(self) -> None:
        """It began anew and knows nothing: the piece, the microphones and the words are given again."""
        self._clocks.clear()
        if self._on is not None:
            self._on.heard, self._on.given_at = False, time.monotonic()
            self._load(0.0, 0.5)
        self._set_live(self._live)
        if self._said is not None and self._local is None:
            self._said.heard = False
            self._say_it()

    def _noticed(self, now: dict[str, Any]) -> None:
        self._clocks.append(self.position_ms - now["time"] * 1000)
        self._ducked = now["ducked"]
        self._look_at_deck(now)
        self._look_at_voice(now)
        self._look_outside(now["source"])

    def _look_at_deck(self, now: dict[str, Any]) -> None:
        on = self._on
        if on is None:
            return
        deck, moment = now[on.deck], self._clock()
        if deck["track"] == on.token and deck["ready"]:
            on.heard = True
            if _nears_end(on.track, deck) and not self.on_air.waiting:
                self._carry_out(self.on_air.track_ending(moment))
        elif on.heard:
            self._on = None
            self._carry_out(self.on_air.track_ending(moment))
        elif time.monotonic() - on.given_at > START_S:
            self._carry_out(self.on_air.track_failed(on.track.id, moment, "Liquidsoap did not begin it"))

    def _look_at_voice(self, now: dict[str, Any]) -> None:
        said = self._said
        if said is None or self._local is not None:
            return
        announcement_id = said.speak.announcement.id
        if not said.heard and now["said"] == said.token and now["speaking"]:
            said.heard = True
            at_ms = max(0, int(now["said_at"] * 1000 + max(self._clocks)))
            self._tell_speaking(said.speak, said.voice, at_ms, said.lead_ms, len(said.sound))
        elif said.heard and (not now["speaking"] or now["said"] != said.token):
            self._forget(said)
            self._voice_over(announcement_id)
        elif not said.heard and time.monotonic() - said.given_at > START_S:
            self._forget(said)
            self._carry_out(self.on_air.voice_failed(announcement_id, self._clock(), "Liquidsoap did not say it"))

    def _forget(self, said: Saying) -> None:
        if self._said is said:
            self._said = None
        path = self.home / WORK / SPOOL / f"{said.token}.wav"
        asyncio.get_running_loop().call_later(SPOOL_RESTS_S, lambda: path.unlink(missing_ok=True))  # a reader may still be at its end

    def _look_outside(self, name: str) -> None:
        """A programme from outside takes the microphone when it is free, and gives it back when it ends."""
        moment = self._clock()
        if name and not self._outside_channel and name != self._outside:
            try:
                channel, messages = self.on_air.live_open(f"source:{name}", name, "source", moment)
            except Exception as error:  # noqa: BLE001  held by somebody: told once, tried again when the source comes anew
                log.warning("a source is not put on the air: %s", error)
                self._order("kick")
                return
            self._outside, self._outside_channel = name, channel.id
            self._carry_out(messages)
            self._carry_out(self.on_air.live_set(channel.id, moment, on=True, mode="solo"))
        elif not name and self._outside_channel:
            channel_id, self._outside, self._outside_channel = self._outside_channel, "", ""
            self._carry_out(self.on_air.live_close(channel_id, moment, "closed"))
        elif not name:
            self._outside = ""
        elif self._outside_channel and self._outside_channel not in self.on_air.microphones.channels:
            self._outside_channel = ""  # taken over by somebody here
            self._order("kick")

    # ------------------------------------------------------------------ sound

    def _from_tap(self, block: np.ndarray) -> None:
        self._came_at = time.monotonic()
        if self._bridge is not None:
            self._bridge.close()
            self._bridge = None
        self._due = self._came_at
        self._block(block)

    def _bridge_over(self) -> None:
        """No sound of Liquidsoap: our own, at the speed of sound, so that no listener hears a hole."""
        now = time.monotonic()
        if now - self._came_at < QUIET_S:
            return
        if self._bridge is None:
            here = [track for track in self.on_air.station.tracks if track.kind == "reserve"]
            playing = [self._on.track] if self._on is not None and self._on.track.path else []
            self._bridge = Bridge(self.media, [*here, *playing])
            self._due = max(self._due, now - QUIET_S)
        while self._due < now:
            self._due += BLOCK_S
            self._block(self._bridge.block())

    def _block(self, block: np.ndarray) -> None:
        """One block as it is heard: what was asked meanwhile, live lines, the mounts, what is noticed."""
        self._catch_up()
        moment = self._clock()
        if self._outside_channel:
            self.on_air.live_heard(self._outside_channel, moment)
        for channel in self._lines.fresh():
            self.on_air.live_heard(channel, moment)
        if self.blocks % CHECK_BLOCKS == 0:
            self._carry_out(self.on_air.live_check(moment))
        everybody, studio = self._lines.read()
        self._speak_into_pipe(everybody)
        call = block if studio is None or not self._callers_on_air() else np.stack([studio, studio])
        voice = self._local_voice()
        self.meter.block(block)
        chunks = self.outputs.feed(block, self.position_ms, call=call, area=lambda area: self._area_block(area, block, voice))
        self.blocks += 1
        if chunks:
            self._give(chunks)
        if self.meter.silent_s > SILENCE_S:
            lasted, self.meter.silent_s = self.meter.silent_s, 0.0
            self._carry_out(self.on_air.silence(moment, lasted))
        if self.blocks % 50 == 0:
            self._carry_out(self.on_air.tick(moment))

    def _callers_on_air(self) -> bool:
        return any(voice.kind == "call" and voice.sounds for voice in self._live.voices)

    def _speak_into_pipe(self, voice: np.ndarray | None) -> None:
        if voice is None or self._pipe < 0:
            return
        with contextlib.suppress(BlockingIOError):  # Liquidsoap does not read: what is late is dropped
            os.write(self._pipe, (np.clip(voice, -1, 1) * 32767).astype("<i2").tobytes())

    def _local_voice(self) -> np.ndarray | None:
        """The next block of what is said in some areas alone."""
        if self._local is None:
            return None
        said, source = self._local
        block = source.read()
        if block is None:
            self._local = None
            self._forget(said)
            self._voice_over(said.speak.announcement.id)
        return block

    def _area_block(self, area: str, main: np.ndarray, voice: np.ndarray | None) -> np.ndarray:
        here = voice if self._local is not None and area in self._local[0].speak.announcement.areas else None
        bus = self._buses.get(area)
        if bus is None:
            if here is None:
                return main
            bus = self._buses[area] = Bus()
        if here is None and bus.rests:
            del self._buses[area]
            return main
        return bus.block(main, here, hold=here is not None)


def _nears_end(track: Track, deck: dict[str, Any]) -> bool:
    """The next piece should begin now, to meet this one's end."""
    if track.overlap_s <= 0 or track.plays_s <= 3 * track.overlap_s:
        return False
    return deck["played"] >= track.plays_s - track.overlap_s


def _tone(track: Track) -> np.ndarray:
    source, blocks = ToneSource(track.duration_s or 5.0), []
    while (block := source.read()) is not None:
        blocks.append(block[0])
    return np.concatenate(blocks)
