"""What travels over the socket, read as it was sent."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import numpy as np
import pytest

from pendopo_stream.engine.encoders import make_mount
from pendopo_stream.engine.mixing import BLOCK
from pendopo_stream.wire import BadFrame, Chunk, pack_chunk, pack_json, read_frame


def read(data: bytes):
    async def life():
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        return await read_frame(reader)

    return asyncio.run(life())


@pytest.mark.parametrize("chunk", [
    Chunk("mp3", 1, 0, b"sound"), Chunk("mp3@36.04.30", 2**40, 2**41, b"", duration_ms=24), Chunk("in:7", 3, 60, bytes(1920), header=True),
])
def test_sound_is_read_as_it_was_sent(chunk):
    assert read(pack_chunk(chunk)) == chunk


def test_a_word_is_read_as_it_was_sent():
    assert read(pack_json({"do": "skip", "ä": None})) == {"do": "skip", "ä": None}


@pytest.mark.parametrize("data", [
    b"\0\0\0\1A", b"\0\0\0\2A\0", b"\0\0\0\5A\3mp3", b"\0\0\0\x1eA\3\xff\xff\xff" + bytes(25), b"\0\0\0\2Z0", b"\xff\xff\xff\xffA",
])
def test_half_a_frame_and_nonsense_are_refused(data):
    with pytest.raises(BadFrame):
        read(data)


@pytest.mark.parametrize("mount", ["mp3", "opus"])
def test_each_piece_says_where_its_sound_begins_and_how_long_it_is(mount):
    encoder = make_mount(mount)
    silence = np.zeros((2, BLOCK), np.float32)
    chunks = [chunk for number in range(200) for chunk in encoder.feed(silence, 1000 + number * 20) if not chunk.header]
    assert chunks[0].position_ms == 1000
    for before, after in pairwise(chunks):
        assert abs(before.position_ms + before.duration_ms - after.position_ms) <= 1
    assert 4500 < chunks[-1].position_ms + chunks[-1].duration_ms <= 5000
