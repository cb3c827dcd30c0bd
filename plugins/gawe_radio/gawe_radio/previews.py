"""Listening before publishing: the words are noted, and become a sound only when somebody listens."""

from __future__ import annotations

import hashlib
import json
import re

from . import voices

NAME = re.compile(r"[0-9a-f]{32}")


def keep(text: dict[str, str], *, voice: str, drill: bool) -> str:
    """Note what is to be heard. Returns a name for `sound_of`."""
    noted = json.dumps({"text": text, "voice": voice, "drill": drill}, ensure_ascii=False, sort_keys=True)
    name = hashlib.sha256(noted.encode()).hexdigest()[:32]
    folder = voices.folder() / "pratinjau"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(noted, "utf-8")
    fresh.replace(path)
    return name


def sound_of(name: str) -> str:
    """The sound of a note: "voices/…", made at its first hearing; "" for an unknown name, or without any voice here."""
    path = voices.folder() / "pratinjau" / f"{name}.json"
    if not NAME.fullmatch(name) or not path.is_file():
        return ""
    noted = json.loads(path.read_text("utf-8"))
    made = noted.get("made", "")
    if made and voices.path_of(made):
        return made
    made = voices.preview(noted["text"], voice=noted["voice"], drill=noted["drill"])
    path.write_text(json.dumps({**noted, "made": made}, ensure_ascii=False), "utf-8")
    return made
