"""RSS 2.0 as plain functions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from starlette.responses import Response

from ..http import whole_url

__all__ = ["FeedItem", "rss", "rss_response"]

ATOM = "http://www.w3.org/2005/Atom"
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class FeedItem:
    """`link` is a path of ours or a whole address; it is also the item's identity."""

    title: str
    link: str
    summary: str
    at: datetime
    category: str = ""


def rss(title: str, link: str, description: str, items: Iterable[FeedItem], *, self_link: str = "", language: str = "id") -> bytes:
    """The feed as XML in UTF-8. Addresses are whole ones; `rss_response` makes them so."""
    register_namespace("atom", ATOM)
    root = Element("rss", version="2.0")
    channel = SubElement(root, "channel")
    _texts(channel, title=title, link=link, description=description, language=language)
    if self_link:
        SubElement(channel, f"{{{ATOM}}}link", href=self_link, rel="self", type="application/rss+xml")
    for item in items:
        entry = SubElement(channel, "item")
        _texts(entry, title=item.title, link=item.link, description=item.summary, pubDate=format_datetime(item.at))
        if item.category:
            _texts(entry, category=item.category)
        SubElement(entry, "guid", isPermaLink="true").text = item.link
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _texts(parent: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(parent, name).text = _FORBIDDEN.sub("", text)


def rss_response(title: str, link: str, description: str, items: Iterable[FeedItem], **options: str) -> Response:
    """The feed at whole addresses. `link` is the page of which it tells, `self_link` where the feed itself is."""
    told = (replace(item, link=whole_url(item.link)) for item in items)
    options = {name: whole_url(text) if name == "self_link" else text for name, text in options.items()}
    return Response(rss(title, whole_url(link), description, told, **options), media_type="application/rss+xml; charset=utf-8")
