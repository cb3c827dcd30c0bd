"""The offices and positions of the example regency, written down once; names of people are drawn by `demo.py`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Chair:
    """One position. `above`: key of the superior (`opd/position`). `handle`: the demo account that sits here."""

    key: str
    name: str
    above: str
    eselon: str | None = None
    roles: tuple[str, ...] = ()
    handle: str = ""


@dataclass(frozen=True)
class Office:
    """One OPD with its chairs; the first leads it."""

    code: str
    name: str
    short_name: str
    kind: str
    chairs: tuple[Chair, ...] = ()
    place_code: str | None = None


LEADER = ("pejabat", "pelaporan_kabid")
OFFICER = ("pelaksana", "pelaporan_petugas")

# code, name, short name, kind, title of the head unless "Kepala <name>", asisten above, division (bidang), what its staff do
_OFFICES = (
    ("dlh", "Dinas Lingkungan Hidup", "DLH", "dinas", "", 2, "Pengelolaan Sampah dan Limbah", "Pengawas kebersihan"),
    ("dishub", "Dinas Perhubungan", "Dishub", "dinas", "", 2, "Lalu Lintas dan Penerangan Jalan", "Petugas lalu lintas"),
    ("dinkes", "Dinas Kesehatan", "Dinkes", "dinas", "", 1, "Pelayanan Kesehatan", "Sanitarian"),
    ("dinsos", "Dinas Sosial", "Dinsos", "dinas", "", 1, "Perlindungan dan Jaminan Sosial", "Pekerja sosial"),
    ("disdikbud", "Dinas Pendidikan dan Kebudayaan", "Disdikbud", "dinas", "", 1, "Sarana dan Prasarana Sekolah", "Pengelola sarana sekolah"),
    ("satpolpp", "Satuan Polisi Pamong Praja", "Satpol PP", "satuan", "", 1, "Ketertiban Umum", "Polisi pamong praja"),
    ("bpbd", "Badan Penanggulangan Bencana Daerah", "BPBD", "badan", "Kepala Pelaksana BPBD", 1, "Kedaruratan dan Logistik", "Petugas pusdalops"),
    ("dpmptsp", "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu", "DPMPTSP", "dinas", "", 2, "Penyelenggaraan Perizinan", "Petugas loket perizinan"),
    ("disnakertrans", "Dinas Tenaga Kerja dan Transmigrasi", "Disnakertrans", "dinas", "", 2, "Penempatan Tenaga Kerja", "Pengantar kerja"),
    ("bapenda", "Badan Pendapatan Daerah", "Bapenda", "badan", "", 3, "Pajak Bumi dan Bangunan", "Petugas layanan pajak"),
    ("bapperida", "Badan Perencanaan Pembangunan, Riset, dan Inovasi Daerah", "Bapperida", "badan", "", 2, "Infrastruktur dan Kewilayahan", "Perencana"),
    ("inspektorat", "Inspektorat Daerah", "Inspektorat", "inspektorat", "Inspektur", 3, "Pengawasan Wilayah I", "Auditor"),
    ("bkpsdm", "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia", "BKPSDM", "badan", "", 3, "Mutasi dan Promosi", "Pengelola kepegawaian"),
    ("dprkp", "Dinas Perumahan Rakyat dan Kawasan Permukiman", "DPRKP", "dinas", "", 2, "Kawasan Permukiman", "Pengawas permukiman"),
    ("dkpp", "Dinas Ketahanan Pangan dan Pertanian", "DKPP", "dinas", "", 2, "Tanaman Pangan", "Penyuluh pertanian"),
    ("disdukcapil", "Dinas Kependudukan dan Pencatatan Sipil", "Disdukcapil", "dinas", "", 1, "Pelayanan Pendaftaran Penduduk", "Petugas loket kependudukan"),
    ("dpmd", "Dinas Pemberdayaan Masyarakat dan Desa", "DPMD", "dinas", "", 1, "Pemerintahan Desa", "Pendamping desa"),
    ("rsud", "Rumah Sakit Umum Daerah", "RSUD", "rsud", "Direktur RSUD", 1, "Pelayanan Medik", "Petugas informasi dan pengaduan"),
)
COUNTERS = {"dpmptsp", "disdukcapil", "disnakertrans", "dinsos", "bapenda", "rsud"}  # where citizens are served face to face
TREASURERS = {"bapenda", "dpmptsp"}  # whose officer also takes cash for bills

ROOT = Office(
    "pemkab", "Pemerintah Kabupaten", "Pemkab", "pemda",
    (
        Chair("bupati", "Bupati", "", "kepala_daerah", ("pimpinan", "radio_pejabat")),
        Chair("wabup", "Wakil Bupati", "pemkab/bupati", "kepala_daerah", ("pimpinan", "radio_pejabat")),
    ),
)
SETDA = Office(
    "setda", "Sekretariat Daerah", "Setda", "setda",
    (
        Chair("sekda", "Sekretaris Daerah", "pemkab/bupati", "II.a", ("pimpinan", "pejabat", "radio_pejabat"), "pimpinan"),
        Chair("asisten1", "Asisten Pemerintahan dan Kesejahteraan Rakyat", "setda/sekda", "II.b", ("pejabat",)),
        Chair("asisten2", "Asisten Perekonomian dan Pembangunan", "setda/sekda", "II.b", ("pejabat",)),
        Chair("asisten3", "Asisten Administrasi Umum", "setda/sekda", "II.b", ("pejabat",)),
        Chair("kabag_umum", "Kepala Bagian Umum", "setda/asisten3", "III.a", ("pejabat", "tata_usaha")),
        Chair("kabag_prokopim", "Kepala Bagian Protokol dan Komunikasi Pimpinan", "setda/asisten3", "III.a", ("pejabat", "tata_usaha", "prokopim")),
        Chair("tu", "Pengadministrasi Persuratan", "setda/kabag_umum", None, ("tata_usaha", "pelaksana")),
        Chair("prokopim", "Pengelola Agenda Pimpinan", "setda/kabag_prokopim", None, ("tata_usaha", "prokopim", "pelaksana")),
    ),
)
DPUPR = Office(
    "dpupr", "Dinas Pekerjaan Umum dan Penataan Ruang", "DPUPR", "dinas",
    (
        Chair("kadis", "Kepala Dinas Pekerjaan Umum dan Penataan Ruang", "setda/asisten2", "II.b", LEADER),
        Chair("sekretaris", "Sekretaris DPUPR", "dpupr/kadis", "III.a", ("pejabat", "tata_usaha")),
        Chair("kabid", "Kepala Bidang Bina Marga", "dpupr/kadis", "III.b", LEADER, "kabid"),
        Chair("kabid_sda", "Kepala Bidang Sumber Daya Air", "dpupr/kadis", "III.b", LEADER),
        Chair("kabid_ck", "Kepala Bidang Cipta Karya", "dpupr/kadis", "III.b", LEADER),
        Chair("kasi", "Kepala Seksi Pemeliharaan Jalan dan Jembatan", "dpupr/kabid", "IV.a", ("pejabat", "pelaporan_petugas")),
        Chair("petugas", "Petugas Survei Jalan", "dpupr/kasi", None, (*OFFICER, "petugas_layanan"), "petugas"),
        Chair("petugas2", "Teknisi Pemeliharaan Jalan", "dpupr/kasi", None, OFFICER),
        Chair("petugas3", "Pengamat Pengairan", "dpupr/kabid_sda", None, OFFICER),
        Chair("tu", "Pengadministrasi Umum", "dpupr/sekretaris", None, ("tata_usaha", "pelaksana"), "tu"),
    ),
)
DISKOMINFO = Office(
    "diskominfo", "Dinas Komunikasi, Informatika, Persandian, dan Statistik", "Diskominfo", "dinas",
    (
        Chair("kadis", "Kepala Dinas Komunikasi dan Informatika", "setda/asisten3", "II.b", (*LEADER, "radio_pejabat")),
        Chair("sekretaris", "Sekretaris Diskominfo", "diskominfo/kadis", "III.a", ("pejabat", "tata_usaha")),
        Chair("kabid", "Kepala Bidang Informasi dan Komunikasi Publik", "diskominfo/kadis", "III.b", (*LEADER, "pelaporan_admin", "radio_editor")),
        Chair("kabid_aptika", "Kepala Bidang Aplikasi Informatika", "diskominfo/kadis", "III.b", ("pejabat",)),
        Chair("admin", "Administrator Portal dan Pengaduan", "diskominfo/kabid_aptika", None, ("admin", "pelaporan_admin", "kas_daerah", "pelaksana"), "admin"),
        Chair("verifikator", "Verifikator Pengaduan Masyarakat", "diskominfo/kabid", None, ("pelaporan_admin", "pelaporan_petugas", "pelaksana")),
        Chair("penyiar", "Penyiar Radio", "diskominfo/kabid", None, ("radio_penyiar", "radio_editor", "pelaksana"), "penyiar"),
        Chair("penyiar2", "Penyiar Radio", "diskominfo/kabid", None, ("radio_penyiar", "pelaksana")),
        Chair("redaktur", "Redaktur Siaran", "diskominfo/kabid", None, ("radio_editor", "pelaksana")),
    ),
)


def _usual(code: str, name: str, short_name: str, kind: str, head: str, asisten: int, division: str, work: str) -> Office:
    """An office as most are: a head, a secretary, a division and an officer in it."""
    officer = (
        *OFFICER, *(("petugas_layanan",) if code in COUNTERS else ()), *(("auditor",) if code == "inspektorat" else ()),
        *(("bendahara",) if code in TREASURERS else ()),
    )
    secretary = ("pejabat", "tata_usaha", *(("kas_daerah",) if code == "bapenda" else ()))
    leader = (*LEADER, *(("radio_pejabat",) if code == "bpbd" else ()), *(("auditor",) if code == "inspektorat" else ()))
    return Office(code, name, short_name, kind, (
        Chair("kadis", head or f"Kepala {name}", f"setda/asisten{asisten}", "II.b", leader),
        Chair("sekretaris", f"Sekretaris {short_name}", f"{code}/kadis", "III.a", secretary),
        Chair("kabid", f"Kepala Bidang {division}", f"{code}/kadis", "III.b", LEADER),
        Chair("petugas", work, f"{code}/kabid", None, officer, "bendahara" if code == "bapenda" else ""),
    ))


def kecamatan_code(name: str) -> str:
    """`kec_pulo_ampel`."""
    return "kec_" + name.lower().replace(" ", "_")


def kecamatan_office(place_code: str, name: str) -> Office:
    """A kecamatan with its camat and the officer at the counter."""
    code = kecamatan_code(name)
    return Office(code, f"Kecamatan {name}", f"Kec. {name}", "kecamatan", (
        Chair("camat", f"Camat {name}", "setda/asisten1", "III.a", (*LEADER, "tata_usaha")),
        Chair("petugas", f"Petugas Pelayanan Kecamatan {name}", f"{code}/camat", None, (*OFFICER, "petugas_layanan")),
    ), place_code)


def offices() -> list[Office]:
    """Every office of the regency but the kecamatan, superiors first."""
    return [ROOT, SETDA, DPUPR, DISKOMINFO, *(_usual(*row) for row in _OFFICES)]
