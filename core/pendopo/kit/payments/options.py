"""What an operator sets about money. Everything about banks is an example until the regency's bank confirms it."""

from ...contract import SettingSpec
from ...i18n import N_

EXAMPLE = "contoh"
PREFIX = "83604"  # of virtual accounts, also at the simulator bank
MERCHANT = {
    "domain": "ID.CO.BJBBANTEN.WWW", "mpan": "936001370000012345", "merchant_id": "SRGPBB000000001", "nmid": "ID1020000000001", "criteria": "UME",
    "mcc": "9311", "name": "BAPENDA KAB SERANG", "city": "KAB. SERANG", "postcode": "42182", "terminal": "SGW01",
}
ACCOUNTS = {
    "kas_daerah": "1.1.01.01", "dalam_perjalanan": "1.1.01.05", "kas_bendahara": "1.1.01.02", "kelebihan_bayar": "2.1.06.01", "belum_dikenal": "2.1.06.02",
    "selisih_kas": "1.1.01.09",
}

SETTINGS = [
    SettingSpec(
        "tagihan.qris", N_("Data merchant QRIS"), "json", MERCHANT, source=EXAMPLE,
        help=N_("Seperti terdaftar pada bank: domain, mpan, merchant_id, nmid, criteria, mcc, name, city, postcode, terminal."),
    ),
    SettingSpec("tagihan.qris_menit", N_("Masa berlaku kode QRIS (menit)"), "int", 30, source=EXAMPLE, minimum=2, maximum=1440),
    SettingSpec("tagihan.va_prefix", N_("Awalan nomor virtual account"), "text", PREFIX, help=N_("Diberikan bank, paling banyak 8 angka."), source=EXAMPLE),
    SettingSpec(
        "tagihan.akun", N_("Kode akun kas dan utang"), "json", ACCOUNTS, source=EXAMPLE,
        help=N_("Kode bagan akun standar untuk akun yang dipakai buku besar. Akun pendapatan ditentukan tiap jenis tagihan."),
    ),
    SettingSpec("tagihan.ingatkan_hari", N_("Pengingat sebelum jatuh tempo (hari)"), "days", 7, source=EXAMPLE, minimum=0, maximum=60),
    SettingSpec("tagihan.rekonsiliasi_hari", N_("Rekonsiliasi paling lama tertunda (hari)"), "days", 3, source=EXAMPLE, minimum=1, maximum=31),
    SettingSpec("tagihan.snap_detik", N_("Beda waktu panggilan bank yang diterima (detik)"), "int", 300, source=EXAMPLE, minimum=30, maximum=900),
]
