"""What clients of the socket may ask for: `{"do": name, ...}` is answered by `do_<name>`."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from .. import speech
from ..announcements import Announcement, TooLong, check_length
from ..microphones import KINDS, Full, Held
from ..wire import INPUT, BadFrame, Chunk, pack_chunk
from .clients import Client, Recent
from .desk import Desk
from .library import Library
from .planned import Planned

FADER = {"on": lambda value: value is True, "mode": str, "gain_db": float, "music_db": float, "cue": lambda value: value is True}


class Refusal(ValueError):
    """No, and more than a sentence about it."""

    def __init__(self, error: str, **more: Any) -> None:
        self.answer = {"ok": False, "error": error, **more}
        super().__init__(error)


class Commands(ABC):
    """The process inherits it: home, desk, library and clients are its own."""

    home: Path
    desk: Desk
    library: Library
    planned: Planned
    clients: set[Client]
    recent: dict[str, Recent]

    def __init__(self) -> None:
        self._making: dict[str, asyncio.Future[dict[str, Any]]] = {}  # announcements whose voice is being made
        self.something_new = asyncio.Event()  # files came: they need not wait until they are looked for

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """What the engine says of itself, once a second."""

    async def answer(self, client: Client, command: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = {"re": command.get("re")}
        try:
            act = getattr(self, f"do_{command['do']}", None) if isinstance(command.get("do"), str) else None
            if act is None:
                raise ValueError("unknown command")
            return answer | {"ok": True, **(await act(client, command) or {})}
        except Refusal as refusal:
            return answer | refusal.answer
        except (ValueError, KeyError, TypeError) as error:
            return answer | {"ok": False, "error": f"{type(error).__name__}: {error}"[:300]}

    # ------------------------------------------------------------------ listening

    async def do_status(self, client: Client, command: dict[str, Any]) -> dict[str, Any]:
        return self.state()

    async def do_listen(self, client: Client, command: dict[str, Any]) -> None:
        """`in:<channel>` is what comes into that channel, on the air or not."""
        mount = command["mount"]
        if str(mount).startswith(INPUT):
            return client.mounts.add(mount)
        if mount not in self.desk.outputs.names:
            raise ValueError("no such mount")
        if mount not in client.mounts:
            for chunk in self.recent[mount].all() if mount in self.recent else ():
                client.send(pack_chunk(chunk))
            client.mounts.add(mount)
            self.desk.want(mount, True)

    async def do_deaf(self, client: Client, command: dict[str, Any]) -> None:
        client.mounts.discard(command["mount"])
        self._unwanted({command["mount"]})

    def _unwanted(self, mounts: set[str]) -> None:
        """End what nobody listens to any more, where it is made on demand."""
        made = {mount for mount in mounts if not mount.startswith(INPUT)}
        for mount in made - {mount for client in self.clients for mount in client.mounts} - set(self.desk.outputs.always):
            self.desk.want(mount, False)
            self.recent.pop(mount, None)

    async def do_ears(self, client: Client, command: dict[str, Any]) -> None:
        counts = command.get("counts")
        if counts is None:
            counts = {"mp3": command["count"]}
        client.ears = {str(mount): max(0, int(count)) for mount, count in dict(counts).items()}

    async def do_meters(self, client: Client, command: dict[str, Any]) -> None:
        client.meters = command["on"] is True

    # ------------------------------------------------------------------ announcements

    async def do_announce(self, client: Client, command: dict[str, Any]) -> dict[str, Any]:
        """Make the voice, then put it in the queue. The answer comes when it is queued, not when it is spoken; with
        `wait: false` it comes at once, and what can't be spoken is told by the event `unspoken`.
        """
        announcement = Announcement.from_json(command["announcement"])
        try:
            check_length(announcement.texts)
        except TooLong as error:
            raise ValueError(str(error)) from error
        making = asyncio.ensure_future(self._voice(announcement))
        self._making[announcement.id] = making
        if command.get("wait") is False:
            return {}
        return await making

    async def _voice(self, announcement: Announcement) -> dict[str, Any]:
        why, voice = "", None
        try:
            voice = await asyncio.to_thread(speech.said, announcement, self.home)
        except speech.NoVoice as error:
            why = str(error)
        if self._making.get(announcement.id) is asyncio.current_task():  # else it was withdrawn or replaced meanwhile
            self.desk.do(lambda: self.desk.announce(announcement, voice, why))
            await asyncio.to_thread(self.desk.settle)
            self._making.pop(announcement.id, None)
        return {"voice": voice is not None, "length_s": round(len(voice) / speech.RATE_HZ, 1) if voice is not None else 0, "why": why}

    async def do_cancel(self, client: Client, command: dict[str, Any]) -> None:
        announcement_id = str(command["id"])
        self._making.pop(announcement_id, None)
        self.desk.do(lambda: self.desk.cancel(announcement_id))

    async def do_queue(self, client: Client, command: dict[str, Any]) -> dict[str, Any]:
        queued = self.desk.queue()
        known = {item["id"] for item in queued}
        making = [{"id": name, "title": "", "priority": "info", "due": None, "said": 0, "speaking": False} for name in self._making if name not in known]
        return {"queue": [*queued, *making]}

    # ------------------------------------------------------------------ what plays

    async def do_skip(self, client: Client, command: dict[str, Any]) -> None:
        self.desk.do(self.desk.skip)

    async def do_play(self, client: Client, command: dict[str, Any]) -> None:
        track_id = str(command["track"])
        if not any(track.id == track_id for track in self.desk.on_air.station.tracks):
            raise ValueError("no such track")
        wish = bool(command.get("wish"))
        self.desk.do(lambda: self.desk.play(track_id, wish=wish))

    async def do_reload(self, client: Client, command: dict[str, Any]) -> dict[str, Any]:
        station = await asyncio.to_thread(self.planned.station)
        areas = self.planned.plan.areas
        self.desk.do(lambda: self.desk.reload(station, areas))
        self.something_new.set()
        return {"tracks": len(station.tracks), "slots": len(station.slots)}

    async def do_tracks(self, client: Client, command: dict[str, Any]) -> dict[str, Any]:
        station = self.desk.on_air.station
        found = [{"id": t.id, "title": t.title, "artist": t.artist, "duration_s": t.duration_s, "kind": t.kind, "tags": sorted(t.tags)} for t in station.tracks]
        return {"tracks": found, "broken": dict(self.library.broken), "doubles": self.library.doubles()}

    async def do_cart(self, client: Client, command: dict[str, Any]) -> None:
        track_id = str(command["track"])
        await asyncio.wrap_future(self.desk.asked(lambda: self.desk.cart(track_id)))

    async def do_cart_stop(self, client: Client, command: dict[str, Any]) -> None:
        self.desk.do(self.desk.cart_stop)

    async def do_hold(self, client: Client, command: dict[str, Any]) -> None:
        on = command["on"] is True
        await asyncio.wrap_future(self.desk.asked(lambda: self.desk.hold(on)))

    # ------------------------------------------------------------------ live voices

    async def do_live_open(self, client: Client, command: dict[str, Any]) -> dict[str, Any]:
        holder, name, kind, take = str(command["holder"]), str(command.get("name") or ""), str(command.get("kind") or KINDS[0]), command.get("take") is True
        try:
            channel = await asyncio.wrap_future(self.desk.asked(lambda: self.desk.live_open(holder, name, kind, take=take)))
        except Held as held:
            present = held.channel
            raise Refusal("held", by=present.name, holder=present.holder, since=present.since.isoformat()) from held
        except Full as full:
            raise Refusal("full") from full
        client.channels.add(channel)
        return {"channel": channel}

    def _own(self, client: Client, command: dict[str, Any]) -> str:
        channel = str(command["channel"])
        if channel not in client.channels:
            raise ValueError("no such channel here")
        return channel

    async def do_live_set(self, client: Client, command: dict[str, Any]) -> None:
        channel = self._own(client, command)
        fader = {key: kind(command[key]) for key, kind in FADER.items() if command.get(key) is not None}
        await asyncio.wrap_future(self.desk.asked(lambda: self.desk.live_set(channel, **fader)))

    async def do_live_give(self, client: Client, command: dict[str, Any]) -> None:
        channel, to = self._own(client, command), str(command["to"])
        await asyncio.wrap_future(self.desk.asked(lambda: self.desk.live_give(channel, to)))

    async def do_live_close(self, client: Client, command: dict[str, Any]) -> None:
        channel = self._own(client, command)
        client.channels.discard(channel)
        await asyncio.wrap_future(self.desk.asked(lambda: self.desk.live_close(channel)))

    def heard(self, client: Client, chunk: Chunk) -> None:
        """Sound of a microphone of this client. Raises BadFrame on any other sound."""
        if not chunk.mount.startswith(INPUT):
            raise BadFrame("only sound of microphones is taken from clients")
        channel = chunk.mount.removeprefix(INPUT)
        if channel in client.channels:  # else it was taken over or closed, and its sender does not know yet
            self.desk.hear(channel, chunk.data)
            for other in self.clients:
                if chunk.mount in other.mounts:
                    other.send(pack_chunk(chunk))

    def gone(self, client: Client) -> None:
        """The connection ended: its microphones too, and mounts that only it listened to."""
        self.clients.discard(client)
        for channel in client.channels:
            self.desk.do(lambda channel=channel: self.desk.live_close(channel, "line"))
        self._unwanted(client.mounts)
