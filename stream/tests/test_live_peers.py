"""WebRTC in both directions, and microphones by websocket, against a channel and a hub that stand in for the engine's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import av
import numpy as np
import pytest

from pendopo_stream.live.peer import BadOffer, Peer, ice_servers
from pendopo_stream.live.socket import BadSound, decoder
from pendopo_stream.live.testing import Caller, tone
from pendopo_stream.live.whep import Audience, Full
from pendopo_stream.live.whip import take_microphone
from pendopo_stream.testing import sine, tone_db
from pendopo_stream.wire import Chunk


class Heard:
    """Stands in for a channel of the line."""

    def __init__(self) -> None:
        self.pcm: list[bytes] = []

    def send(self, pcm: bytes) -> None:
        self.pcm.append(pcm)

    def sound(self) -> np.ndarray:
        return np.frombuffer(b"".join(self.pcm), np.int16).astype(np.float32) / 32767


class Packets:
    """Stands in for the hub: one encoder, whose packets go to whoever asked."""

    def __init__(self) -> None:
        self.callbacks: list[Callable[[Chunk], None]] = []
        self.encoder = av.CodecContext.create("libopus", "w")
        self.encoder.sample_rate, self.encoder.layout, self.encoder.format = 48_000, "mono", "s16"

    def on_chunk(self, mount: str, callback: Callable[[Chunk], None]) -> Callable[[], None]:
        self.callbacks.append(callback)
        return lambda: self.callbacks.remove(callback)

    async def play(self, pitch_hz: float, seconds: float) -> None:
        sound = tone(pitch_hz)
        for number in range(int(seconds * 50)):
            samples = (sound(number * 960) * 32767).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
            frame.sample_rate, frame.pts = 48_000, number * 960
            for packet in self.encoder.encode(frame):
                for callback in list(self.callbacks):
                    callback(Chunk("rtc", number, number * 20, bytes(packet)))
            await asyncio.sleep(0.02)


def life(work: Callable[[], Awaitable[Any]]) -> Any:
    """Run `work`; no task may be left behind."""

    async def watched() -> Any:
        result = await work()
        for _ in range(100):
            left = asyncio.all_tasks() - {asyncio.current_task()}
            if not left:
                return result
            await asyncio.sleep(0.05)
        raise AssertionError(f"left behind: {left}")

    return asyncio.run(watched())


async def until(true: Callable[[], Any], seconds: float = 15.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)


def test_a_microphone_by_webrtc_arrives_as_blocks_of_pcm():
    channel = Heard()

    async def work() -> None:
        caller = Caller(sound=tone(700))
        peer, answer = await take_microphone(await caller.offer(), channel)
        await caller.accept(answer)
        await until(lambda: len(channel.pcm) >= 75)
        await peer.close()
        await caller.close()

    life(work)
    assert {len(block) for block in channel.pcm} == {1920}
    sound = channel.sound()[24_000:72_000]
    assert tone_db(sound, 700) > -12  # the caller here makes two channels of one, each 3 dB softer


def test_many_listeners_hear_the_same_packets_and_the_mount_is_let_go_of_after_the_last():
    hub = Packets()

    async def work() -> list[np.ndarray]:
        audience = Audience(hub, most=3, joins_per_s=10)
        callers = [Caller(hears=True) for _ in range(3)]
        for number, caller in enumerate(callers):
            await caller.accept(await audience.join(str(number), await caller.offer()))
        await asyncio.gather(*(caller.connected() for caller in callers))
        assert len(hub.callbacks) == 1
        await hub.play(500, 1.6)
        for number, caller in enumerate(callers):
            assert await audience.leave(str(number))
            await caller.close()
        assert not await audience.leave("0")
        assert not audience.peers
        assert not hub.callbacks
        return [caller.sound() for caller in callers]

    for sound in life(work):
        assert tone_db(sound[-36_000:-12_000], 500) > -14


def test_a_full_house_and_too_many_at_once_are_told_when_to_come_back():
    async def work() -> tuple[int, int]:
        audience = Audience(Packets(), most=2, joins_per_s=1)
        callers = [Caller(hears=True) for _ in range(3)]
        offers = [await caller.offer() for caller in callers]
        await audience.join("a", offers[0])
        with pytest.raises(Full) as soon:
            await audience.join("b", offers[1])
        await asyncio.sleep(1.1)
        await audience.join("b", offers[1])
        await asyncio.sleep(1.1)
        with pytest.raises(Full) as later:
            await audience.join("c", offers[2])
        await audience.join("monitor", offers[2], counted=False)
        await audience.close()
        for caller in callers:
            await caller.close()
        assert not audience.peers
        return soon.value.retry_s, later.value.retry_s

    soon, later = life(work)
    assert soon < later


def test_a_listener_who_hangs_up_leaves_nothing_behind():
    hub = Packets()

    async def work() -> None:
        audience = Audience(hub)
        caller = Caller(hears=True)
        await caller.accept(await audience.join("a", await caller.offer()))
        await caller.connected()
        await caller.close()  # says goodbye by DTLS, as a closed page does
        await until(lambda: not audience.peers)
        assert not hub.callbacks

    life(work)


@pytest.mark.parametrize("offer", ["", "v=0", "x" * 30_000, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n", "m=audio\r\n"])
def test_an_offer_that_can_not_be_read_is_refused(offer):
    async def work() -> None:
        peer = Peer()
        with pytest.raises(BadOffer):
            await peer.answer(offer)
        assert peer.closed

    life(work)


def test_servers_are_read_with_name_and_secret():
    plain, login = ice_servers(["stun:stun.contoh.go.id:3478", "turn:radio:rah:asia@turn.contoh.go.id:3478"])
    assert (plain.urls, plain.username) == ("stun:stun.contoh.go.id:3478", None)
    assert (login.urls, login.username, login.credential) == ("turn:turn.contoh.go.id:3478", "radio", "rah:asia")


# ---------------------------------------------------------------------------------------------------------- websocket


class Pieces:
    """What MediaRecorder gives: a container written piece by piece."""

    def __init__(self, form: str) -> None:
        self.pieces: list[bytes] = []
        options = {"cluster_time_limit": "60", "live": "1"} if form == "webm" else {"page_duration": "60000"}
        self.container = av.open(self, "w", format=form, options=options)
        self.stream = self.container.add_stream("libopus", rate=48_000, layout="mono")

    def write(self, data: Any) -> int:
        self.pieces.append(bytes(data))
        return len(data)

    def record(self, sound: np.ndarray) -> list[bytes]:
        frame = av.AudioFrame.from_ndarray((sound * 32767).astype(np.int16)[None, :], format="s16", layout="mono")
        frame.sample_rate = 48_000
        for packet in [*self.stream.encode(frame), *self.stream.encode(None)]:
            self.container.mux(packet)
        self.container.close()
        return self.pieces


@pytest.mark.parametrize("form", ["webm", "ogg", "pcm"])
def test_a_recording_is_heard_while_it_comes(form):
    sound = sine(600, 2.0)
    pieces = Pieces(form).record(sound) if form != "pcm" else [(sound * 32767).astype(np.int16).tobytes()[at : at + 1920] for at in range(0, 192_000, 1920)]
    channel = Heard()

    async def work() -> None:
        microphone = decoder(form, channel.send)
        for piece in pieces[: len(pieces) * 3 // 4]:  # its end never comes: the line is cut
            microphone.feed(piece)
            await asyncio.sleep(0.002)
        await until(lambda: len(channel.sound()) > 48_000)
        microphone.close()

    life(work)
    assert tone_db(channel.sound()[12_000:48_000], 600) == pytest.approx(-10.5, abs=2)


def test_what_is_no_sound_is_refused():
    async def work() -> None:
        microphone = decoder("webm", lambda pcm: None)
        with pytest.raises(BadSound):
            for _ in range(300):
                microphone.feed(b"GET / HTTP/1.0\r\n" * 40)
                await asyncio.sleep(0.01)
        microphone.close()
        with pytest.raises(BadSound):
            decoder("pcm", lambda pcm: None).feed(b"abc")
        with pytest.raises(BadSound):
            decoder("mp4", lambda pcm: None)

    life(work)
