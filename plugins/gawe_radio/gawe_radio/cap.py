"""Announcements as CAP 1.2 (OASIS): one message for each version that went out, and an Atom index of what holds.

Only grave words are alerts: `penting` and `darurat`. A changed or withdrawn one references those before it. An exercise
has the status Exercise and says so in its event, headline and note: it never looks like Actual.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from pendopo.kit.places import place_name
from pendopo.settings import Settings

from .areas import closed
from .models import Announcement, AnnouncementVersion

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
ATOM = "http://www.w3.org/2005/Atom"
TAGS = {"id": "id-ID", "en": "en-US", "jv": "jv-ID", "su": "su-ID"}
DRILL = {"id": "LATIHAN", "en": "EXERCISE"}
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
KINDS = {"terbit": "Alert", "ubah": "Update", "batal": "Cancel"}
SEVERITY = {"penting": ("Expected", "Moderate", "Likely"), "darurat": ("Immediate", "Severe", "Observed")}


URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")


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
    _texts(
        root, identifier=identifier(settings, version), sender=sender(settings), sent=moment(version.sent_at), status="Exercise" if version.drill else "Actual",
        msgType=KINDS[version.kind] if earlier else "Alert", source=version.source, scope="Public",
        note="LATIHAN. Ini hanya latihan; tidak ada keadaan darurat." if version.drill else "",
        references=" ".join(f"{sender(settings)},{identifier(settings, old)},{moment(old.sent_at)}" for old in earlier),
    )
    for language, words in version.text.items():
        _info(root, settings, version, language, words, web)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _info(root: Element, settings: Settings, version: AnnouncementVersion, language: str, words: str, web: str) -> None:
    urgency, severity, certainty = SEVERITY.get(version.priority, ("Unknown", "Minor", "Unknown"))
    given, over = version.cap or {}, version.kind == "batal"
    title = version.title if not version.drill or language not in DRILL or version.title.startswith(DRILL[language]) else f"{DRILL[language]}: {version.title}"
    info = SubElement(root, f"{{{CAP}}}info")
    _texts(
        info, language=TAGS.get(language, language), category=version.category or "Safety", event=title, responseType="AllClear" if over else "Monitor",
        urgency="Past" if over else _one_of(URGENCIES, given.get("urgency"), urgency), severity=_one_of(SEVERITIES, given.get("severity"), severity),
        certainty=_one_of(CERTAINTIES, given.get("certainty"), certainty), effective=moment(version.sent_at), expires=moment(version.until_at),
        senderName=f"Radio {settings.regency.portal_gawe}", headline=title[:160], description=words,
        instruction=str((given.get("instruction") or {}).get(language, "")), web=web,
    )
    for name, value in (("prioritas", version.priority), ("latihan", "ya" if version.drill else "tidak"), ("versi", str(version.number))):
        _texts(SubElement(info, f"{{{CAP}}}parameter"), valueName=name, value=value)
    _areas(info, settings, version)


def _areas(info: Element, settings: Settings, version: AnnouncementVersion) -> None:
    """Codes of kecamatan; one area with the drawn line when there is one."""
    codes = version.areas or [settings.regency.code]
    groups = [codes] if version.polygon else [[code] for code in codes]
    for group in groups:
        area = SubElement(info, f"{{{CAP}}}area")
        _texts(area, areaDesc=", ".join(place_name(code) or settings.regency.name for code in group))
        if version.polygon:
            _texts(area, polygon=closed(version.polygon))
        for code in group:
            _texts(SubElement(area, f"{{{CAP}}}geocode"), valueName="KODE_WILAYAH", value=code)


def _one_of(allowed: Sequence[str], given: object, otherwise: str) -> str:
    return str(given) if given in allowed else otherwise


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
        SubElement(entry, f"{{{ATOM}}}category", term="Exercise" if version.drill else "Actual")
        SubElement(entry, f"{{{ATOM}}}link", rel="alternate", type="application/cap+xml", href=link)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _texts(parent: Element, namespace: str = CAP, /, **texts: str) -> None:
    """Children with text, in this order; an empty one is left out, and so is what XML can't hold."""
    for name, text in texts.items():
        if kept := NOT_XML.sub("", text):
            SubElement(parent, f"{{{namespace}}}{name}").text = kept
