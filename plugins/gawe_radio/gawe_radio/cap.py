"""Announcements as CAP 1.2 (OASIS): one message for each version that went out, and an Atom index of what holds.

Only grave words are alerts: `penting` and `darurat`. A changed or withdrawn one references those before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from pendopo.kit.places import place_name
from pendopo.settings import Settings

from .models import Announcement, AnnouncementVersion

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
ATOM = "http://www.w3.org/2005/Atom"
TAGS = {"id": "id-ID", "en": "en-US"}
KINDS = {"terbit": "Alert", "ubah": "Update", "batal": "Cancel"}
SEVERITY = {"penting": ("Expected", "Moderate", "Likely"), "darurat": ("Immediate", "Severe", "Observed")}


def moment(at: datetime) -> str:
    """`2026-03-01T05:00:00-00:00`: CAP writes UTC so, never with Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")


def identifier(settings: Settings, version: AnnouncementVersion) -> str:
    return f"{settings.regency.jurisdiction_id}-radio-{version.announcement_id}-{version.number}"


def sender(settings: Settings) -> str:
    return f"radio@{settings.regency.jurisdiction_id}"


def alert(settings: Settings, version: AnnouncementVersion, earlier: Sequence[AnnouncementVersion], web: str) -> bytes:
    """One alert. `earlier`: the versions before it, which it references."""
    register_namespace("", CAP)
    root = Element(f"{{{CAP}}}alert")
    kind = "Alert" if not earlier else KINDS[version.kind]
    _texts(root, identifier=identifier(settings, version), sender=sender(settings), sent=moment(version.sent_at), status="Actual", msgType=kind, scope="Public")
    if earlier:
        _texts(root, references=" ".join(f"{sender(settings)},{identifier(settings, old)},{moment(old.sent_at)}" for old in earlier))
    urgency, severity, certainty = SEVERITY.get(version.priority, ("Unknown", "Minor", "Unknown"))
    for language, words in version.text.items():
        info = SubElement(root, f"{{{CAP}}}info")
        _texts(
            info, language=TAGS.get(language, language), category="Safety", event=version.title,
            responseType="AllClear" if version.kind == "batal" else "Monitor", urgency="Past" if version.kind == "batal" else urgency,
            severity=severity, certainty=certainty, effective=moment(version.sent_at),
            expires=moment(version.until_at), senderName=f"Radio {settings.regency.portal_gawe}", headline=version.title[:160], description=words, web=web,
        )
        for code in version.areas or [settings.regency.code]:
            area = SubElement(info, f"{{{CAP}}}area")
            _texts(area, areaDesc=place_name(code) or settings.regency.name)
            geocode = SubElement(area, f"{{{CAP}}}geocode")
            _texts(geocode, valueName="KODE_WILAYAH", value=code)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def index(settings: Settings, versions: Sequence[tuple[Announcement, AnnouncementVersion, str]], self_link: str, now: datetime) -> bytes:
    """The Atom index: `(announcement, its newest version, address of the alert)`."""
    register_namespace("", ATOM)
    root = Element(f"{{{ATOM}}}feed")
    _texts(root, ATOM, id=self_link, title=f"CAP Radio {settings.regency.portal_gawe}", updated=moment(max((v.sent_at for _a, v, _l in versions), default=now)))
    SubElement(root, f"{{{ATOM}}}link", rel="self", href=self_link)
    author = SubElement(root, f"{{{ATOM}}}author")
    _texts(author, ATOM, name=f"Radio {settings.regency.portal_gawe}")
    for _announcement, version, link in versions:
        entry = SubElement(root, f"{{{ATOM}}}entry")
        _texts(entry, ATOM, id=link, title=version.title, updated=moment(version.sent_at), summary=version.text.get("id", ""))
        SubElement(entry, f"{{{ATOM}}}link", rel="alternate", type="application/cap+xml", href=link)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _texts(parent: Element, namespace: str = CAP, /, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(parent, f"{{{namespace}}}{name}").text = text
