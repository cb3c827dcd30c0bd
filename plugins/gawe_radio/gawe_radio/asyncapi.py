"""`/radio/ws` described by AsyncAPI 3.0: served at `/radio/ws/asyncapi.json`, and what the tests hold each message against."""

from __future__ import annotations

from typing import Any

from pendopo.settings import Settings

TEXT = {"type": "string"}
WHOLE = {"type": "integer", "minimum": 0}
MOMENT = {"type": "string", "format": "date-time"}
PRIORITY = {"enum": ["info", "penting", "darurat"]}
LANGUAGES = {"type": "object", "description": "Words by language: id, en, jv, su.", "additionalProperties": TEXT, "minProperties": 1}
CODES = {"type": "array", "items": {"type": "string", "pattern": r"^\d{2}\.\d{2}\.\d{2}$"}, "description": "Kecamatan; none is the whole regency."}


def _object(properties: dict[str, Any], *, optional: tuple[str, ...] = (), about: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "object", "properties": properties, "required": [name for name in properties if name not in optional], "additionalProperties": False,
    }
    return {**found, "description": about} if about else found


def _message(kind: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return _object({"type": {"const": kind}, **properties}, **more)


ANNOUNCEMENT = _object({
    "id": WHOLE, "version": {"type": "integer", "minimum": 1}, "title": TEXT, "text": LANGUAGES, "priority": PRIORITY, "areas": CODES,
    "area_names": {"type": "array", "items": TEXT}, "only_areas": {"type": "boolean"},
    "polygon": {"type": "array", "items": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}},
    "drill": {"type": "boolean", "description": "An exercise. Title and text say LATIHAN; never show it as real."}, "category": TEXT,
    "source": {"type": "string", "description": "Whose warning it is, BMKG for example; name it."}, "published_at": {**MOMENT, "type": ["string", "null"]},
    "until": MOMENT, "cancelled": {"type": "boolean"}, "url": TEXT,
})
SLOT = {"type": ["object", "null"], "properties": {"title": TEXT, "presenter": TEXT, "start": MOMENT, "end": MOMENT}}
PLAYING = {
    "on_air": {"type": "boolean"}, "title": TEXT, "artist": TEXT, "track": TEXT, "started_at": {"type": ["string", "null"]}, "programme": SLOT,
    "next_programme": SLOT, "speaking": {"type": ["object", "null"]}, "listeners": WHOLE,
}
TOLD = {"id": WHOLE, "at": MOMENT, "announcement": {"$ref": "#/components/schemas/announcement"}}
SENT: dict[str, dict[str, Any]] = {
    "hello": _message("hello", {
        "protocol": {"const": 1}, "station": TEXT, "jurisdiction": TEXT, "last": WHOLE, "now_playing": {"type": "object", "properties": PLAYING},
        "announcements": {"type": "array", "items": {"$ref": "#/components/schemas/announcement"}},
    }, about="At once, and after a reset: what holds now."),
    "announcement": _message("announcement", TOLD, about="One was published."),
    "update": _message("update", TOLD, about="Its words, area or time changed; `announcement.version` grew."),
    "cancel": _message("cancel", TOLD, about="It was withdrawn: take it down."),
    "now_playing": {
        "type": "object", "properties": {"type": {"const": "now_playing"}, "id": WHOLE, **PLAYING}, "required": ["type", "id", "on_air", "title"],
        "description": "Another piece. More fields may come.",
    },
    "speaking": _message("speaking", {
        "id": WHOLE, "announcement": {"type": ["object", "null"], "properties": {"id": WHOLE, "version": WHOLE}}, "areas": CODES, "run": TEXT,
        "voice_at_ms": {"type": ["integer", "null"]}, "ends_at_ms": {"type": ["integer", "null"]}, "title": TEXT,
        "text": {"type": "object", "additionalProperties": TEXT}, "priority": PRIORITY, "drill": {"type": "boolean"},
    }, about="Words begin to be spoken at this position of the stream: show them when your player is there."),
    "subscribed": _message("subscribed", {"areas": CODES, "what": {"type": "array", "items": TEXT}, "last": WHOLE}),
    "reset": _message("reset", {"message": TEXT}, about="Too much was missed to tell; another hello follows."),
    "heartbeat": _message("heartbeat", {}, about="Every 20 seconds."),
    "pong": _message("pong", {}),
    "error": _message("error", {
        "code": {"enum": ["not_json", "not_text", "too_long", "unknown_type", "bad_areas", "bad_what", "bad_last"]}, "message": TEXT,
    }, about="What you sent can't be read. After five the socket is closed (1008)."),
}
RECEIVED: dict[str, dict[str, Any]] = {
    "subscribe": {
        "type": "object", "required": ["type"], "properties": {
            "type": {"const": "subscribe"}, "areas": {**CODES, "maxItems": 64}, "last": {"type": "integer", "minimum": 0, "maximum": 2**53 - 1},
            "what": {"type": "array", "items": {"enum": ["announcements", "now_playing", "speaking"]}},
        }, "description": "Replaces what was asked before. No areas: everywhere. `last`: the id of the last message that you saw.",
    },
    "ping": {"type": "object", "required": ["type"], "properties": {"type": {"const": "ping"}}},
}


def document(settings: Settings) -> dict[str, Any]:
    scheme, _, host = settings.public_url.rstrip("/").partition("://")
    every = {**SENT, **RECEIVED}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"Radio {settings.regency.portal_gawe}: announcements", "version": "1.1.0",
            "description": "One websocket, JSON text frames, no sign-in. An emergency reaches every client, whatever areas it asked for.",
        },
        "servers": {"portal": {"host": host, "protocol": "wss" if scheme == "https" else "ws"}},
        "channels": {"radio": {"address": "/radio/ws", "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in every}}},
        "operations": {
            "listen": _operation("send", SENT, "What the station sends."),
            "ask": _operation("receive", RECEIVED, "What a client may send."),
        },
        "components": {
            "messages": {
                name: {"name": name, "contentType": "application/json", "payload": {"$ref": f"#/components/schemas/{_schema(name)}"}} for name in every
            },
            "schemas": {"announcement": ANNOUNCEMENT, **{_schema(name): schema for name, schema in every.items()}},
        },
    }


def _schema(name: str) -> str:
    return f"{name}_message"


def _operation(action: str, messages: dict[str, Any], summary: str) -> dict[str, Any]:
    return {
        "action": action, "summary": summary, "channel": {"$ref": "#/channels/radio"},
        "messages": [{"$ref": f"#/channels/radio/messages/{name}"} for name in messages],
    }
