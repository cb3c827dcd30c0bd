"""What people fill in, beside the forms that permit types bring as data."""

from __future__ import annotations

from typing import Any

from wtforms import FileField

from pendopo import N_
from pendopo.kit.forms import (
    BooleanField,
    DateField,
    DateTimeField,
    DesaField,
    Form,
    HiddenField,
    IntegerField,
    Optional,
    PhoneField,
    PointField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    UploadField,
    between,
    length,
    required,
)

from .national import CHANNELS
from .rules import SCALES


class ApplicantForm(Form):
    """Who applies; known already for most people."""

    nama = StringField(N_("Nama pemohon atau badan usaha"), [required(), length(3, 160)], description=N_("Sesuai KTP atau akta; tertulis pada izin."))
    alamat = StringField(N_("Alamat"), [required(), length(max=300)])
    hp = PhoneField(N_("Nomor telepon"), [required()])


class PlaceForm(Form):
    """Where it is. One of the three is enough."""

    titik = PointField(N_("Titik di peta"))
    desa_lokasi = DesaField(N_("Desa"))
    alamat_lokasi = StringField(N_("Alamat lokasi"), [length(max=300)])


class DeclarationForm(Form):
    pernyataan = BooleanField(N_("Isian dan berkas ini benar; saya bersedia dicabut izinnya bila ternyata tidak benar."), [required()])


class RepairNoteForm(Form):
    catatan = TextAreaField(N_("Yang sudah Anda perbaiki"), [required(), length(max=2000)], render_kw={"rows": 3})


class RiskForm(Form):
    kbli = StringField(
        N_("KBLI"), [required()], description=N_("Lima angka, misalnya 56101 untuk restoran."), render_kw={"inputmode": "numeric", "list": "daftar-kbli"}
    )
    scale = RadioField(N_("Skala usaha"), [required()], choices=list(SCALES.items()))
    area = IntegerField(N_("Luas tempat usaha (m²)"), [Optional(), between(1, 10_000_000)])
    builds = BooleanField(N_("Saya akan membangun atau mengubah bangunan"))


class FollowForm(Form):
    channel = RadioField(N_("Sistem"), [required()], choices=list(CHANNELS.items()))
    reference = StringField(N_("Nomor permohonan atau NIB"), [required(), length(max=60)])


class VisitForm(Form):
    """The BAP, filled in the field; the page keeps its draft while there is no line."""

    client_key = HiddenField()
    inspected_at = DateTimeField(N_("Waktu pemeriksaan"), [required()])
    posisi = PointField(N_("Posisi"))
    accuracy_m = HiddenField()
    team = StringField(N_("Petugas yang memeriksa"), [required(), length(max=300)])
    witness = StringField(N_("Yang hadir di lokasi"), [length(max=160)])
    result = RadioField(N_("Hasil"), [required()], choices=[("sesuai", N_("Sesuai")), ("tidak_sesuai", N_("Tidak sesuai"))])
    findings = TextAreaField(N_("Temuan"), [required(), length(5, 4000)], render_kw={"rows": 6})
    photos = UploadField(N_("Foto"), most=8, accept=("image/jpeg", "image/png", "image/webp"))

    @property
    def accuracy(self) -> int | None:
        text = self.accuracy_m.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


class SupervisionForm(Form):
    planned_on = DateField(N_("Tanggal pengawasan"), [required()])


class FindingForm(Form):
    SANCTIONS = (("", N_("Tidak ada")), ("teguran", N_("Teguran tertulis")), ("pembekuan", N_("Pembekuan sementara")), ("pencabutan", N_("Usul pencabutan")))
    finding = TextAreaField(N_("Temuan"), [required(), length(5, 2000)], render_kw={"rows": 3})
    sanction = SelectField(N_("Sanksi"), [Optional()], choices=list(SANCTIONS))


class RiskImportForm(Form):
    title = StringField(N_("Nama tabel"), [required(), length(max=120)])
    source = StringField(N_("Sumber"), [required(), length(max=200)], description=N_("Misalnya lampiran PP 28/2025, unduhan OSS tanggal 1 Maret 2026."))
    file = FileField(N_("Berkas tabel (CSV atau XLSX)"))
    demo = BooleanField(N_("Ini data contoh"))


class TypeJsonForm(Form):
    """A permit type as JSON: pasted, or a file whose text is put here."""

    file = FileField(N_("Berkas JSON"), description=N_("Menggantikan tulisan di bawah."))
    teks = TextAreaField(N_("Data jenis izin (JSON)"), [required(), length(max=200_000)], render_kw={"rows": 24, "spellcheck": "false", "class": "code"})


class TypeBasicsForm(Form):
    """The plain part of a permit type; forms, papers and stages are edited as lines of text."""

    kode = StringField(N_("Kode"), [required(), length(2, 20)], description=N_("Huruf besar, angka, dan garis; tidak berubah lagi."))
    nama = StringField(N_("Nama izin"), [required(), length(3, 160)])
    ringkas = TextAreaField(N_("Untuk siapa, dalam bahasa sehari-hari"), [required(), length(10, 400)], render_kw={"rows": 2})
    sektor = StringField(N_("Sektor"), [required(), length(3, 60)])
    opd = StringField(N_("Perangkat daerah pemilik izin"), [required(), length(max=40)], description=N_("Kode perangkat daerah, misalnya dpmptsp."))
    sla_hk = IntegerField(
        N_("Batas keputusan (hari kerja)"), [Optional(), between(1, 120)], description=N_("Kosong berarti batas bawaan menurut undang-undang.")
    )
    masa_berlaku_bulan = IntegerField(N_("Masa berlaku (bulan)"), [Optional(), between(1, 600)], description=N_("Kosong berarti tanpa batas."))
    nomor = StringField(N_("Pola nomor izin"), [required(), length(max=80)], description=N_("Misalnya 503/{seq:04}/REKLAME/{roman}/{year}."))
    lokasi = SelectField(N_("Lokasi"), choices=[("tidak", N_("Tidak ditanyakan")), ("pilihan", N_("Boleh diisi")), ("wajib", N_("Wajib diisi"))])
    kebutuhan = TextAreaField(N_("Kalimat kebutuhan, satu di setiap baris"), [length(max=2000)], render_kw={"rows": 3})
    kata_kunci = StringField(N_("Kata kunci, dipisah koma"), [length(max=600)])
    dasar_hukum = TextAreaField(N_("Dasar hukum"), [required(), length(max=2000)], render_kw={"rows": 2})
    prosedur = TextAreaField(N_("Sistem, mekanisme, dan prosedur"), [required(), length(max=2000)], render_kw={"rows": 3})
    produk = StringField(N_("Produk pelayanan"), [required(), length(max=300)])
    syarat = TextAreaField(
        N_("Persyaratan"), [length(max=6000)], render_kw={"rows": 6}, description=N_("Satu di setiap baris: kode | nama | wajib atau pilihan | keterangan.")
    )
    isian = TextAreaField(
        N_("Formulir"),
        [required(), length(max=10_000)],
        render_kw={"rows": 8},
        description=N_(
            "Satu pertanyaan di setiap baris: nama | pertanyaan | jenis (teks, angka, desimal, rupiah, tanggal, ya_tidak, pilihan a=A; b=B) "
            "| wajib atau pilihan."
        ),
    )
    tahap = TextAreaField(
        N_("Tahap"),
        [required(), length(max=1000)],
        render_kw={"rows": 6},
        description=N_("Satu di setiap baris: tahap | perangkat daerah | hari kerja | wajib atau pilihan."),
    )
    ketentuan = TextAreaField(N_("Ketentuan pada izin, satu di setiap baris"), [length(max=4000)], render_kw={"rows": 4})
    inggris = TextAreaField(
        N_("Terjemahan Inggris"),
        [length(max=40_000)],
        render_kw={"rows": 6},
        description=N_("Satu kalimat di setiap baris: kalimat di atas = terjemahannya."),
    )


def lines_of(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def parts_of(line: str, count: int) -> list[str]:
    parts = [part.strip() for part in line.split("|")]
    return [*parts, *[""] * count][:count]


_KINDS: dict[str, dict[str, Any]] = {
    "teks": {"type": "string", "maxLength": 300},
    "angka": {"type": "integer"},
    "desimal": {"type": "number"},
    "rupiah": {"type": "money"},
    "tanggal": {"type": "string", "format": "date"},
    "ya_tidak": {"type": "boolean"},
}


def type_from(form: TypeBasicsForm, before: dict[str, Any] | None, default_days: int) -> dict[str, Any]:
    """The data of a permit type that the form of an officer says; what it doesn't show is kept from `before`."""
    kept = dict(before or {})
    properties, needed = _questions(form.isian.data, (before or {}).get("formulir", {}).get("properties", {}))
    return {
        **{key: kept[key] for key in ("retribusi", "aturan", "batas_masa", "perpanjangan_hari") if key in kept},
        "kanal": kept.get("kanal", "lokal"),
        "contoh": False,
        "kode": form.kode.data.upper(),
        "nama": form.nama.data,
        "ringkas": form.ringkas.data,
        "sektor": form.sektor.data,
        "opd": form.opd.data,
        "sla_hk": form.sla_hk.data or default_days,
        "masa_berlaku_bulan": form.masa_berlaku_bulan.data,
        "nomor": form.nomor.data,
        "lokasi": form.lokasi.data,
        "kebutuhan": lines_of(form.kebutuhan.data),
        "kata_kunci": [word.strip() for word in (form.kata_kunci.data or "").split(",") if word.strip()],
        "standar": {**kept.get("standar", {}), "dasar_hukum": form.dasar_hukum.data, "prosedur": form.prosedur.data, "produk": form.produk.data},
        "syarat": _papers(form.syarat.data, kept.get("syarat", [])),
        "formulir": {"type": "object", "properties": properties, "required": needed},
        "tahap": [_stage(line) for line in lines_of(form.tahap.data)],
        "dokumen": {"judul": kept.get("dokumen", {}).get("judul") or form.nama.data, "ketentuan": lines_of(form.ketentuan.data)},
        "en": {said.strip(): english.strip() for said, _sep, english in (line.partition(" = ") for line in lines_of(form.inggris.data)) if english.strip()},
    }


def _papers(text: str | None, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    conditions = {paper["kode"]: paper["wajib"] for paper in before if isinstance(paper.get("wajib"), dict)}
    found = []
    for line in lines_of(text):
        code, name, need, hint = parts_of(line, 4)
        paper = {"kode": code, "nama": name, "wajib": conditions.get(code, True) if need == "bersyarat" else need != "pilihan"}
        found.append({**paper, "keterangan": hint} if hint else paper)
    return found


def _questions(text: str | None, before: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    properties, needed = {}, []
    for line in lines_of(text):
        name, title, kind, need = parts_of(line, 4)
        word, _sep, choices = kind.partition(" ")
        if kind == "tetap" and name in before:
            properties[name] = {**before[name], "title": title}
        elif word == "pilihan" and choices:
            pairs = [part.partition("=") for part in choices.split(";") if part.strip()]
            properties[name] = {
                "type": "string",
                "title": title,
                "enum": [key.strip() for key, _s, _v in pairs],
                "x-titles": [(v or key).strip() for key, _s, v in pairs],
            }
        else:
            properties[name] = {**_KINDS.get(word, {"type": word or "string"}), "title": title}
        if need != "pilihan":
            needed.append(name)
    return properties, needed


def _stage(line: str) -> dict[str, Any]:
    slug, opd, days, need = parts_of(line, 4)
    stage: dict[str, Any] = {"tahap": slug, "opd": opd, "sla_hk": int(days) if days.isascii() and days.isdigit() and len(days) < 6 else days}
    return {**stage, "wajib": False} if need == "pilihan" else stage


def lines_from(data: dict[str, Any]) -> dict[str, Any]:
    """The form's texts for a permit type; what the lines can't say is written `tetap` or `bersyarat` and kept as it is."""
    needed = data["formulir"].get("required", [])
    return {
        **{key: data.get(key) for key in ("kode", "nama", "ringkas", "sektor", "opd", "sla_hk", "masa_berlaku_bulan", "nomor", "lokasi")},
        "kebutuhan": "\n".join(data.get("kebutuhan", ())),
        "kata_kunci": ", ".join(data.get("kata_kunci", ())),
        **{key: data["standar"].get(key, "") for key in ("dasar_hukum", "prosedur", "produk")},
        "syarat": "\n".join(" | ".join([p["kode"], p["nama"], _need(p.get("wajib", True)), p.get("keterangan", "")]).rstrip(" |") for p in data["syarat"]),
        "isian": "\n".join(
            f"{name} | {q['title']} | {_kind_word(q)} | {'wajib' if name in needed else 'pilihan'}" for name, q in data["formulir"]["properties"].items()
        ),
        "tahap": "\n".join(f"{s['tahap']} | {s['opd']} | {s['sla_hk']} | {'wajib' if s.get('wajib', True) else 'pilihan'}" for s in data["tahap"]),
        "ketentuan": "\n".join(data["dokumen"]["ketentuan"]),
        "inggris": "\n".join(f"{said} = {english}" for said, english in data.get("en", {}).items()),
    }


def _need(wanted: Any) -> str:
    return "bersyarat" if isinstance(wanted, dict) else "wajib" if wanted else "pilihan"


def _kind_word(question: dict[str, Any]) -> str:
    plain = {key: value for key, value in question.items() if key != "title"}
    if set(plain) == {"type", "enum", "x-titles"} and not any(mark in value for value in (*plain["enum"], *plain["x-titles"]) for mark in "=;|"):
        return "pilihan " + "; ".join(f"{key}={title}" for key, title in zip(plain["enum"], plain["x-titles"], strict=True))
    return next((word for word, schema in _KINDS.items() if schema == plain), "tetap")
