"""The documents of GeoReport v2 in XML and JSON. Pure: plain values in, bytes out.

A document is described once as nested pairs; XML wraps each list in its plural and singular names, JSON is the list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring
from zoneinfo import ZoneInfo

MIME = {"xml": "application/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Attribute:
    """One question of a service definition. `values`: (key, name) for lists."""

    code: str
    datatype: str  # string, number, datetime, text, singlevaluelist, multivaluelist
    description: str
    datatype_description: str = ""
    required: bool = False
    values: tuple[tuple[str, str], ...] = ()
    variable: bool = True


class Refused(Exception):
    """The standard's error document: one status, one or more `(code, description)`."""

    def __init__(self, status: int, *descriptions: str) -> None:
        self.status = status
        self.errors = [(status, description) for description in descriptions]
        super().__init__(f"{status}: {'; '.join(descriptions)}")


def iso(moment: datetime | None, zone: ZoneInfo) -> str | None:
    """ISO 8601 with the regency's offset, to the second."""
    return moment.astimezone(zone).replace(microsecond=0).isoformat() if moment else None


def _write(parent: Element, name: str, value: Any) -> None:
    """One element below `parent`: text, a nested mapping, or a list of (item name, mapping)."""
    child = SubElement(parent, name)
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _write(child, key, inner)
    elif isinstance(value, Listing):
        for item in value.items:
            _write(child, value.item, item)
    elif value is not None:
        child.text = _FORBIDDEN.sub("", _text(value))


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Listing:
    """A list inside a document: XML names each of its items, JSON doesn't."""

    item: str
    items: Sequence[Any]


def _plain(value: Any) -> Any:
    if isinstance(value, Listing):
        return [_plain(item) for item in value.items]
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return value


def render(kind: str, root: str, value: Mapping[str, Any] | Listing) -> bytes:
    """`value` as a document of `kind` ("xml" or "json") whose XML root is `root`."""
    if kind == "json":
        return json.dumps(_plain(value), ensure_ascii=False).encode()
    element = Element(root)
    if isinstance(value, Listing):
        for item in value.items:
            _write(element, value.item, item)
    else:
        for key, inner in value.items():
            _write(element, key, inner)
    return tostring(element, encoding="utf-8", xml_declaration=True)


def errors(kind: str, refused: Refused) -> bytes:
    return render(kind, "errors", Listing("error", [{"code": code, "description": description} for code, description in refused.errors]))


def services(kind: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
    return render(kind, "services", Listing("service", rows))


def service_definition(kind: str, code: str, attributes: Sequence[Attribute]) -> bytes:
    rows = []
    for order, attribute in enumerate(attributes, 1):
        row: dict[str, Any] = {
            "variable": attribute.variable,
            "code": attribute.code,
            "datatype": attribute.datatype,
            "required": attribute.required,
            "datatype_description": attribute.datatype_description or None,
            "order": order,
            "description": attribute.description,
        }
        if attribute.values:
            row["values"] = Listing("value", [{"key": key, "name": name} for key, name in attribute.values])
        rows.append(row)
    return render(kind, "service_definition", {"service_code": code, "attributes": Listing("attribute", rows)})


def requests(kind: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
    return render(kind, "service_requests", Listing("request", rows))


def discovery(kind: str, *, endpoint: str, contact: str, key_service: str, changeset: str) -> bytes:
    formats = Listing("format", ["text/xml", "application/json"])
    return render(
        kind,
        "discovery",
        {
            "changeset": changeset,
            "contact": contact,
            "key_service": key_service,
            "endpoints": Listing(
                "endpoint",
                [
                    {
                        "specification": "http://wiki.open311.org/GeoReport_v2",
                        "url": endpoint,
                        "changeset": changeset,
                        "type": "production",
                        "formats": formats,
                    },
                ],
            ),
        },
    )
