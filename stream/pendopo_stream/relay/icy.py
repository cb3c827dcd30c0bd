"""Titles inside the stream, as SHOUTcast players ask for with `Icy-MetaData: 1`."""

from __future__ import annotations

METAINT = 16_000


def block(title: str) -> bytes:
    """One metadata block: a length byte (of 16-byte steps), then `StreamTitle='...';` padded with NUL."""
    clean = title.replace("'", "\u2019").replace(";", ",").replace("\0", "")
    text = f"StreamTitle='{clean}';".encode()
    while len(text) > 255 * 16:
        clean = clean[:-100]
        text = f"StreamTitle='{clean}';".encode()
    steps = -(-len(text) // 16)
    return bytes([steps]) + text.ljust(steps * 16, b"\0")


class IcyWriter:
    """Puts a metadata block after each 16,000 bytes of one listener's sound; an empty one while the title stays."""

    def __init__(self, metaint: int = METAINT) -> None:
        self.metaint = metaint
        self._left = metaint
        self._title: str | None = None

    def feed(self, data: bytes, title: str) -> bytes:
        out = []
        view = memoryview(data)
        while len(view) >= self._left:
            out.append(view[: self._left])
            view = view[self._left :]
            self._left = self.metaint
            out.append(b"\0" if title == self._title else block(title))
            self._title = title
        out.append(view)
        self._left -= len(view)
        return b"".join(out)


class IcyReader:
    """The other side: takes a stream apart into sound and titles."""

    def __init__(self, metaint: int = METAINT) -> None:
        self.metaint = metaint
        self.titles: list[str] = []
        self._left = metaint
        self._waiting = b""

    def feed(self, data: bytes) -> bytes:
        self._waiting += data
        sound = b""
        while self._waiting:
            if self._left:
                piece = self._waiting[: self._left]
                sound += piece
                self._left -= len(piece)
                self._waiting = self._waiting[len(piece) :]
                continue
            length = self._waiting[0] * 16
            if len(self._waiting) < 1 + length:
                break
            text = self._waiting[1 : 1 + length].rstrip(b"\0").decode(errors="replace")
            if text.startswith("StreamTitle='"):
                self.titles.append(text[len("StreamTitle='") :].split("';")[0])
            self._waiting = self._waiting[1 + length :]
            self._left = self.metaint
        return sound
