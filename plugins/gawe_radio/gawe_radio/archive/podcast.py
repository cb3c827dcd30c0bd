"""Podcast feeds: RSS 2.0 with the `itunes:` and `podcast:` tags that directories and apps ask for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from .models import Episode

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
ATOM = "http://www.w3.org/2005/Atom"
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Channel:
    """What a feed says of itself. Addresses are whole."""

    title: str
    link: str
    self_link: str
    description: str
    author: str
    email: str
    image: str
    language: str = "id"
    category: str = "Government"


def feed(channel: Channel, episodes: Sequence[Episode], addresses: dict[int, tuple[str, str, str]]) -> bytes:
    """`addresses`: episode id -> (its page, its sound, its chapters)."""
    for prefix, namespace in (("itunes", ITUNES), ("podcast", PODCAST), ("atom", ATOM)):
        register_namespace(prefix, namespace)
    root = Element("rss", version="2.0")
    top = SubElement(root, "channel")
    _texts(top, title=channel.title, link=channel.link, description=channel.description, language=channel.language, generator="Pendopo")
    SubElement(top, f"{{{ATOM}}}link", href=channel.self_link, rel="self", type="application/rss+xml")
    _itunes(top, author=channel.author, summary=channel.description, explicit="false", type="episodic")
    SubElement(top, f"{{{ITUNES}}}category", text=channel.category)
    SubElement(top, f"{{{ITUNES}}}image", href=channel.image)
    owner = SubElement(top, f"{{{ITUNES}}}owner")
    _itunes(owner, name=channel.author, email=channel.email)
    SubElement(top, f"{{{PODCAST}}}locked").text = "no"
    for episode in episodes:
        _item(top, episode, *addresses[episode.id])
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _item(top: Element, episode: Episode, link: str, sound: str, chapters: str) -> None:
    item = SubElement(top, "item")
    _texts(item, title=episode.title, link=link, description=episode.description or episode.title, pubDate=format_datetime(episode.start))
    SubElement(item, "enclosure", url=sound, length=str(episode.bytes), type="audio/mpeg")
    SubElement(item, "guid", isPermaLink="false").text = episode.key
    _itunes(item, title=episode.title, author=episode.presenter, duration=str(round(episode.duration_s)), explicit="false", episodeType="full")
    if episode.chapters:
        SubElement(item, f"{{{PODCAST}}}chapters", url=chapters, type="application/json+chapters")


def chapters_json(episode: Episode) -> dict[str, object]:
    """The chapters file of Podcasting 2.0."""
    return {"version": "1.2.0", "title": episode.title, "chapters": [{"startTime": row["at_s"], "title": row["title"]} for row in episode.chapters]}


def _texts(parent: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(parent, name).text = _FORBIDDEN.sub("", text)


def _itunes(parent: Element, **texts: str) -> None:
    _texts(parent, **{f"{{{ITUNES}}}{name}": text for name, text in texts.items() if text})
