"""Where a proposal may lie and who works there (gawe.md section 9), as data."""

from __future__ import annotations

from pendopo import N_
from pendopo.kit.berkas import State

READ, VERIFY, SURVEY = "pemantauan.read", "pemantauan.verify", "pemantauan.survey"
CONFIRM_DESA, CONFIRM_CAMAT = "pemantauan.confirm_desa", "pemantauan.confirm_camat"
TAPD, DECIDE, PAY = "pemantauan.tapd", "pemantauan.decide", "pemantauan.pay"
PROGRAM, AUDIT = "pemantauan.program", "pemantauan.audit"
EVERY = (READ, VERIFY, SURVEY, CONFIRM_DESA, CONFIRM_CAMAT, TAPD, DECIDE, PAY, PROGRAM, AUDIT)

PLANNED = (
    State("diajukan", N_("Menunggu konfirmasi desa"), "info", public=N_("Desa memastikan pemohon benar ada dan beralamat di sana."), icon="house"),
    State("konfirmasi_camat", N_("Menunggu konfirmasi camat"), "info", public=N_("Kecamatan memeriksa keterangan desa."), icon="landmark"),
    State(
        "cek_administrasi", N_("Pemeriksaan administrasi"), "info", public=N_("Bagian Kesra memeriksa kelengkapan berkas satu demi satu."), icon="list-checks"
    ),
    State("perbaikan", N_("Perlu diperbaiki"), "warn", public=N_("Perbaiki yang diminta, lalu kirim lagi. Waktu berhenti sementara."), icon="circle-alert"),
    State("disposisi", N_("Diteruskan ke perangkat daerah"), "info", public=N_("Perangkat daerah menjadwalkan kunjungan lapangan."), icon="arrow-right"),
    State("verifikasi_lapangan", N_("Verifikasi lapangan"), "primary", public=N_("Petugas berkunjung untuk melihat keadaan sebenarnya."), icon="map-pin"),
    State("rekomendasi_opd", N_("Direkomendasikan"), "primary", public=N_("Perangkat daerah memberi rekomendasi dan peringkat."), icon="thumbs-up"),
    State("pertimbangan_tapd", N_("Pertimbangan TAPD"), "primary", public=N_("Tim anggaran menimbang kemampuan keuangan daerah."), icon="scale"),
    State("masuk_anggaran", N_("Masuk rancangan anggaran"), "primary", public=N_("Tercantum dalam KUA-PPAS atau RAPBD; menunggu SK Bupati."), icon="book-open"),
    State("ditetapkan", N_("Ditetapkan"), "ok", public=N_("Nilai bantuan sudah ditetapkan dengan SK Bupati."), icon="stamp"),
    State("pencairan", N_("Menunggu pencairan"), "ok", public=N_("Uang dikirim ke rekening penerima, tanpa perantara dan tanpa potongan."), icon="banknote"),
    State(
        "lpj_ditunggu", N_("Laporan penggunaan ditunggu"), "warn", public=N_("Bantuan sudah cair. Kirim laporan penggunaan dan bukti belanja."), icon="receipt"
    ),
    State("terlambat_lpj", N_("Laporan penggunaan terlambat"), "error", public=N_("Batas laporan sudah lewat. Kirim secepatnya."), icon="clock-alert"),
    State("lpj_diperiksa", N_("Laporan penggunaan diperiksa"), "info", public=N_("Petugas memeriksa laporan dan sisa uang."), icon="search-check"),
    State("selesai", N_("Selesai"), "ok", False, N_("Bantuan selesai dipertanggungjawabkan."), "badge-check"),
    State("ditolak", N_("Ditolak"), "error", False, N_("Usulan tidak dapat diterima; alasan dan jalan keluarnya tertulis."), "ban"),
    State("ditarik", N_("Ditarik pemohon"), "muted", False, N_("Pemohon menarik usulan ini."), "undo-2"),
    State("dibatalkan", N_("Dibatalkan"), "error", False, N_("Penetapan dibatalkan; alasannya tertulis."), "ban"),
)
EMERGENCY = (
    State("dilaporkan", N_("Dilaporkan desa"), "warn", public=N_("Menunggu pengesahan camat."), icon="siren"),
    State("asesmen", N_("Asesmen lapangan"), "primary", public=N_("BPBD atau Dinas Sosial menilai kebutuhan di tempat."), icon="map-pin"),
    State("menunggu_sk", N_("Menunggu SK Bupati"), "primary", public=N_("Hasil asesmen selesai; SK sedang disiapkan."), icon="stamp"),
    State("pencairan", N_("Menunggu pencairan"), "ok", public=N_("Bantuan dikirim ke rekening atau diserahkan langsung."), icon="banknote"),
    State("selesai", N_("Selesai"), "ok", False, N_("Bantuan sudah diterima."), "badge-check"),
    State("ditolak", N_("Ditolak"), "error", False, N_("Laporan tidak dapat dibantu; alasannya tertulis."), "ban"),
)
BEFORE_DECREE = ("diajukan", "konfirmasi_camat", "cek_administrasi", "perbaikan", "disposisi", "verifikasi_lapangan", "rekomendasi_opd", "pertimbangan_tapd")
STATE = {state.slug: state for state in (*EMERGENCY, *PLANNED)}
RAIL = (  # the stations that an applicant sees, each with the states that lie in it
    (N_("Desa dan camat"), ("diajukan", "konfirmasi_camat", "dilaporkan")),
    (N_("Administrasi"), ("cek_administrasi", "perbaikan")),
    (N_("Lapangan"), ("disposisi", "verifikasi_lapangan", "asesmen")),
    (N_("Anggaran"), ("rekomendasi_opd", "pertimbangan_tapd", "masuk_anggaran", "menunggu_sk")),
    (N_("Penetapan"), ("ditetapkan",)),
    (N_("Pencairan"), ("pencairan",)),
    (N_("Laporan"), ("lpj_ditunggu", "terlambat_lpj", "lpj_diperiksa")),
    (N_("Selesai"), ("selesai",)),
)
WITH_APPLICANT = ("perbaikan", "lpj_ditunggu", "terlambat_lpj")  # here the office waits, and nobody's silence is counted
DECIDED = ("ditetapkan", "pencairan", "lpj_ditunggu", "terlambat_lpj", "lpj_diperiksa", "selesai")
