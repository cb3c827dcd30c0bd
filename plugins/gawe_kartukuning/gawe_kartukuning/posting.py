"""A vacancy as schema.org JobPosting, for search engines and other job boards."""

from __future__ import annotations

import json
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from pendopo.kit.places import place_name
from pendopo.settings import Regency

from . import kbji
from .models import Lowongan

CONTRACTS = {"tetap": "FULL_TIME", "kontrak": "CONTRACTOR", "paruh": "PART_TIME", "harian": "PER_DIEM", "magang": "INTERN"}
LEVELS = {
    **dict.fromkeys(("SMA", "SMK"), "high school"),
    **dict.fromkeys(("D1", "D2", "D3"), "associate degree"),
    **dict.fromkeys(("D4", "S1"), "bachelor degree"),
    **dict.fromkeys(("S2", "S3"), "postgraduate degree"),
}


def job_posting(row: Lowongan, regency: Regency, *, link: str) -> dict[str, Any]:
    """Days are those of the regency; `link` is the whole address of its page."""
    zone = ZoneInfo(regency.timezone)
    found: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": row.judul,
        "description": row.uraian,
        "identifier": {"@type": "PropertyValue", "name": row.pemberi.nama, "value": str(row.id)},
        "url": link,
        "datePosted": (row.published_at or row.created_at).astimezone(zone).date().isoformat(),
        "validThrough": datetime.combine(row.penutupan, time(23, 59, 59), zone).isoformat(),
        "employmentType": CONTRACTS[row.hubungan],
        "hiringOrganization": {"@type": "Organization", "name": row.pemberi.nama},
        "jobLocation": {"@type": "Place", "address": {"@type": "PostalAddress", **_address(row, regency)}},
        "baseSalary": {
            "@type": "MonetaryAmount",
            "currency": "IDR",
            "value": {"@type": "QuantitativeValue", "minValue": row.upah_min, "maxValue": row.upah_maks or row.upah_min, "unitText": "MONTH"},
        },
        "totalJobOpenings": row.wanted,
        "occupationalCategory": f"KBJI {row.kbji} {kbji.title_of(row.kbji)}",
        "directApply": True,
    }
    if row.jenjang in LEVELS:
        found["educationRequirements"] = {"@type": "EducationalOccupationalCredential", "credentialCategory": LEVELS[row.jenjang]}
    if row.pengalaman_bulan:
        found["experienceRequirements"] = {"@type": "OccupationalExperienceRequirements", "monthsOfExperience": row.pengalaman_bulan}
    return found


def _address(row: Lowongan, regency: Regency) -> dict[str, str]:
    """Of work outside the regency only what the employer wrote is known; abroad that is `city, country`."""
    where = row.tempat or place_name(row.desa_code)
    if row.lokasi == "akan":
        city, _comma, country = where.rpartition(",")
        return {"addressLocality": city.strip(), "addressCountry": country.strip()}
    if row.lokasi == "akad":
        return {"addressLocality": where, "addressCountry": "ID"}
    return {"streetAddress": where, "addressLocality": regency.name, "addressCountry": "ID"}


def as_json(posting: dict[str, Any]) -> str:
    """For a data block of a page, which `<` can't end."""
    return json.dumps(posting, ensure_ascii=False).replace("<", "\\u003c")
