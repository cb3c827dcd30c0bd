"""All who listen in one process, whatever their sound comes from: rings, moments to write, and how many they are."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import Counter, deque
from typing import Any

from .fan import Fan
from .ring import Ring

LIVE_TICK_S = 0.25
TICK_S = 0.5
LONG_TICK_S = 1.0
MANY_LISTENERS = 1000  # from here on one write a second: nobody hears a difference, two seconds lie in every player
BURST_S = 2.0
# Chromium hands sound to its decoder in whole blocks of 32 KiB: eleven seconds of 24 kbit/s, more where much is silent.
# With less than a block it waits for the first one, and pauses at its end.
LOW_BURST_S = 15.0
MOST_SPOKEN = 40
HLS_WINDOW_S = 20.0
HLS_SEGMENT_S = 2.0


def burst_s(mount: str) -> float:
    """How much a new listener is given at once."""
    return LOW_BURST_S if mount == "opus" else BURST_S


class Rings(dict[str, Ring]):
    """A ring for each mount that somebody asks for; `run` is the run of what comes in."""

    run = ""

    def __missing__(self, mount: str) -> Ring:
        ring = self[mount] = Ring(mount)
        ring.new_run(self.run)
        return ring

    def new_run(self, run: str) -> None:
        self.run = run
        for ring in self.values():
            ring.new_run(run)


class Ears(ABC):
    """Rings and listeners. Where sound comes from is said by who inherits: `connected`, `title`, `offers`, `want`."""

    def __init__(self, *, tick_s: float = TICK_S) -> None:
        self.tick_s = tick_s
        self.rings = Rings()
        self.connected = False
        self.ended = False
        self.counts: Counter[str] = Counter()
        self.peaks: Counter[str] = Counter()
        self.runs: dict[str, str] = {}  # run -> when it began (ISO 8601)
        self.spoken: deque[dict[str, Any]] = deque(maxlen=MOST_SPOKEN)  # the last announcements that were begun, as the engine told them
        self._playlists_asked: deque[float] = deque()  # when the HLS playlist was asked for
        self._fans: dict[tuple[str, bool], Fan] = {}
        self._tick = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    # ------------------------------------------------------------------ for who inherits

    @property
    def title(self) -> str:
        return ""

    def run_number(self, run: str) -> int:
        """How many runs of this home's engine came before `run`, as far as is known."""
        return 0

    @property
    def began(self) -> str:
        """When what is heard now began (ISO 8601)."""
        return ""

    def listeners_of(self, mount: str) -> int:
        """Listeners of one mount, here or as far as is known everywhere."""
        return self.counts[mount]

    @abstractmethod
    def offers(self, mount: str) -> bool:
        """Whether there is such a mount, now or soon."""

    @abstractmethod
    def want(self, mount: str) -> Ring:
        """Have the sound of `mount` come in from now on, and return its ring."""

    @abstractmethod
    async def _run_upstream(self) -> None:
        """Be connected to where the sound comes from, for ever."""

    def _report(self) -> None:  # noqa: B027  not every source wants to know
        """The counts have changed; called once a tick."""

    def _rest(self, now: float) -> None:  # noqa: B027  not every source makes mounts on demand
        """Let go of what nobody listens to; called once a tick."""

    @property
    def run(self) -> str:
        """The engine's run that is heard now."""
        return self.rings.run

    # ------------------------------------------------------------------ life

    def start(self) -> None:
        self.ended = False
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._run_upstream(), name="radio upstream"), asyncio.create_task(self._tick_on(), name="radio tick")]

    async def stop(self) -> None:
        """End the connection upstream, and every listener's answer."""
        self.ended = True
        self._beat()
        for fan in self._fans.values():
            fan.end()
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # ------------------------------------------------------------------ listeners

    @property
    def ears(self) -> int:
        """Listeners of this process."""
        return self.counts.total()

    def count(self, change: int, mount: str = "mp3") -> None:
        """A listener came (+1) or went (-1)."""
        self.counts[mount] += change
        self.peaks[mount] = max(self.peaks[mount], self.counts[mount])

    def count_playlist(self) -> None:
        """Listeners of HLS hold no connection: they are told from how often the playlist is asked for, once a segment by each."""
        self._playlists_asked.append(asyncio.get_running_loop().time())

    def _count_hls(self, now: float) -> None:
        while self._playlists_asked and now - self._playlists_asked[0] > HLS_WINDOW_S:
            self._playlists_asked.popleft()
        present = round(len(self._playlists_asked) * HLS_SEGMENT_S / HLS_WINDOW_S)
        self.count(present - self.counts["hls"], "hls")

    def fan(self, mount: str, live: bool = False) -> Fan:
        """Who is served each tick, or (`live`) four times a second."""
        fan = self._fans.get((mount, live))
        if fan is None:
            fan = self._fans[mount, live] = Fan(self.rings[mount], lambda: self.title)
        return fan

    def forget(self, mount: str) -> None:
        """Let go of the ring of `mount`, which has no listeners: what it holds grows old."""
        self.rings.pop(mount, None)
        for live in (False, True):
            self._fans.pop((mount, live), None)

    async def wait_for_sound(self, mount: str, timeout_s: float) -> bool:
        """Wait until there is something to hear. False when there is nothing after `timeout_s`."""
        ring = self.want(mount)
        deadline = asyncio.get_running_loop().time() + timeout_s
        while ring.end == 0 or not self.connected:
            if asyncio.get_running_loop().time() > deadline:
                return ring.end > 0
            await asyncio.sleep(0.05)
        return True

    def join_at(self, mount: str, run: str = "", position_ms: int = 0, live: bool = False) -> int:
        """The chunk where a listener begins: at a position of a run, where the ring holds it; else a burst before the end, or
        (`live`) at the end.
        """
        ring = self.rings[mount]
        found = ring.find(run, position_ms) if run else None
        return ring.join(0.0 if live else burst_s(mount)) if found is None else found

    def where(self, mount: str = "mp3") -> dict[str, Any]:
        """What has come in, and where a listener with the usual burst would begin, in the engine's count."""
        ring = self.rings[mount]
        return {"run": self.run, "position_ms": ring.position_ms(ring.end), "join_ms": ring.join_ms(self.run, burst_s(mount))}

    async def tick(self) -> None:
        """Wait for the next moment at which listeners are given what came in."""
        await self._tick.wait()

    def _beat(self) -> None:
        self._tick.set()
        self._tick.clear()

    async def _tick_on(self) -> None:
        """Live listeners each time; all others when theirs is due."""
        loop, told, due = asyncio.get_running_loop(), Counter[str](), 0.0
        while True:
            await asyncio.sleep(min(LIVE_TICK_S, self.tick_s))
            now = loop.time()
            everyone = now >= due
            for (_, live), fan in list(self._fans.items()):
                if live or everyone:
                    await fan.give(now)
            if everyone:
                self._count_hls(now)
                self._rest(now)
                due = now + (self.tick_s if self.ears < MANY_LISTENERS else max(self.tick_s, LONG_TICK_S)) - LIVE_TICK_S / 2
                self._beat()
                if self.counts != told:
                    told = self.counts.copy()
                    self._report()
