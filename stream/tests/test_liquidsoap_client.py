"""Our client of Liquidsoap's server protocol, against a small server that misbehaves as real ones do."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pendopo_stream.engine.liquidsoap.client import (
    LONGEST_ANSWER,
    LiquidsoapAway,
    LiquidsoapClient,
    LiquidsoapRefused,
    Version,
    annotated,
    quoted,
)

Answer = Callable[[str, asyncio.StreamWriter, int], Awaitable[None]]


class Fake:
    """Answers each line with what the test wants; `heard` holds the lines, `connections` how often somebody came."""

    def __init__(self, socket: Path, answer: Answer) -> None:
        self.socket, self.answer = socket, answer
        self.heard: list[str] = []
        self.connections = 0
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        with contextlib.suppress(ConnectionError):  # the client may hang up on us
            while line := await reader.readline():
                self.heard.append(line.decode().strip())
                await self.answer(self.heard[-1], writer, len(self.heard))


def with_fake(socket: Path, answer: Answer, work: Callable[[LiquidsoapClient, Fake], Awaitable[None]], **options: float) -> None:
    async def life() -> None:
        fake = Fake(socket, answer)
        server = await asyncio.start_unix_server(fake.serve, socket)
        client = LiquidsoapClient(socket, **options)
        try:
            await work(client, fake)
        finally:
            await client.close()
            server.close()
            for writer in fake.writers:
                writer.close()
            await asyncio.sleep(0.05)

    asyncio.run(life())


async def say(writer: asyncio.StreamWriter, *lines: str) -> None:
    writer.write("".join(f"{line}\r\n" for line in (*lines, "END")).encode())


@pytest.fixture
def socket(tmp_path: Path) -> Path:
    return tmp_path / "l.sock"


def test_an_answer_in_many_small_packets_is_one_answer(socket):
    async def answer(line, writer, count):
        for letter in "Liquidsoap 2.1.3\r\nEN":
            writer.write(letter.encode())
            await asyncio.sleep(0.002)
        writer.write(b"D\r\n")

    async def work(client, fake):
        assert await client.version() == Version(2, 1, 3)

    with_fake(socket, answer, work)


def test_answers_follow_their_questions_when_many_ask_at_once(socket):
    async def answer(line, writer, count):
        await asyncio.sleep(0.001)
        await say(writer, line)

    async def work(client, fake):
        numbers = [str(number) for number in range(30)]
        assert await asyncio.gather(*(client.ask("request.metadata", number) for number in numbers)) == [f"request.metadata {n}" for n in numbers]

    with_fake(socket, answer, work)


def test_a_title_that_says_end_does_not_end_an_answer_of_ours(socket):
    async def answer(line, writer, count):
        await say(writer, '{"title":"END\\r\\nEND"}')

    async def work(client, fake):
        assert await client.ask_json("station.now") == {"title": "END\r\nEND"}
        assert await client.ask_json("station.now") == {"title": "END\r\nEND"}

    with_fake(socket, answer, work)


def test_a_late_answer_is_never_taken_for_the_next_one(socket):
    async def answer(line, writer, count):
        if "slow" in line:
            await asyncio.sleep(0.3)
        await say(writer, line)

    async def work(client, fake):
        with pytest.raises(LiquidsoapAway):
            await client.ask("station.load", "a 0 0 /slow")
        await asyncio.sleep(0.4)
        assert await client.ask("station.load", "a 0 0 /quick") == "station.load a 0 0 /quick"
        assert fake.connections == 2

    with_fake(socket, answer, work, timeout_s=0.1)


def test_a_question_that_was_given_up_closes_the_connection(socket):
    async def answer(line, writer, count):
        await asyncio.sleep(0.2)
        await say(writer, line)

    async def work(client, fake):
        asking = asyncio.create_task(client.ask("uptime"))
        await asyncio.sleep(0.05)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        assert await client.ask("version") == "version"

    with_fake(socket, answer, work)


@pytest.mark.parametrize(("command", "argument", "times"), [("station.now", "", 2), ("station.load", "a 0 0 /x.mp3", 1), ("station.speak", "voice /x.wav", 1)])
def test_after_a_death_in_mid_answer_only_what_does_no_harm_twice_is_said_again(socket, command, argument, times):
    async def answer(line, writer, count):
        if count == 1:
            writer.write(b'{"half":')
            await writer.drain()
            writer.close()
        else:
            await say(writer, "{}")

    async def work(client, fake):
        if times == 2:
            assert await client.ask(command, argument) == "{}"
        else:
            with pytest.raises(LiquidsoapAway):
                await client.ask(command, argument)
        assert len(fake.heard) == times

    with_fake(socket, answer, work)


def test_while_nobody_is_there_it_is_not_tried_all_the_time(socket):
    async def work() -> None:
        client = LiquidsoapClient(socket)
        for _ in range(3):
            with pytest.raises(LiquidsoapAway):
                await client.ask("uptime")
        heard = []
        server = await asyncio.start_unix_server(lambda reader, writer: heard.append(1), socket)
        with pytest.raises(LiquidsoapAway, match="a moment ago"):
            await client.ask("station.load", "a 0 0 /x")
        assert heard == []
        server.close()

    asyncio.run(work())


def test_an_answer_without_end_is_cut_off(socket):
    async def answer(line, writer, count):
        for _ in range(LONGEST_ANSWER // 64 + 64):
            writer.write(b"x" * 63 + b"\n")
        await writer.drain()

    async def work(client, fake):
        with pytest.raises(LiquidsoapAway, match="without end"):
            await client.ask("station.load", "a 0 0 /x")

    with_fake(socket, answer, work)


def test_an_error_and_nonsense_are_told_apart_from_silence(socket):
    async def answer(line, writer, count):
        await say(writer, 'ERROR: unknown command, type "help" to get a list of commands.' if count == 1 else "no json")

    async def work(client, fake):
        with pytest.raises(LiquidsoapRefused, match="unknown command"):
            await client.ask("station.now")
        with pytest.raises(LiquidsoapRefused, match="JSON"):
            await client.ask_json("station.now")

    with_fake(socket, answer, work)


@pytest.mark.parametrize(("command", "argument"), [
    ("quit", ""), ("exit", ""), ("var.set", "x = 1"), ("deck_a.push", "http://example.org/"), ("station.now\nquit", ""), ("station.load", "a\nquit"),
    ("station.load", "a\r"), ("station.load", "\0"), ("request.metadata", "1; quit"), ("request.trace", "one"),
])
def test_what_the_station_does_not_use_never_reaches_the_socket(socket, command, argument):
    async def answer(line, writer, count):
        await say(writer, "")

    async def work(client, fake):
        with pytest.raises(ValueError):
            await client.ask(command, argument)
        assert fake.heard == []

    with_fake(socket, answer, work)


@given(some.text())
def test_any_title_is_one_value_in_one_line(title):
    value = quoted(title)
    assert value[0] == value[-1] == '"'
    assert not any(ord(letter) < 32 or ord(letter) == 127 for letter in value)
    inner = value[1:-1].replace("\\\\", "").replace('\\"', "")
    assert '"' not in inner and "\\" not in inner


def test_only_files_of_the_station_are_played():
    assert annotated(Path("/m/a b.mp3"), title='Lagu "pilihan"; \\', liq_amplify="-3 dB") == 'annotate:title="Lagu \\"pilihan\\"; \\\\",liq_amplify="-3 dB":/m/a b.mp3'
    for address in ("http://example.org/a.mp3", "process:rm", "say:hello", "a.mp3"):
        with pytest.raises(ValueError):
            annotated(Path(address))
    with pytest.raises(ValueError):
        annotated(Path("/a.mp3"), **{'x="",y': "1"})
