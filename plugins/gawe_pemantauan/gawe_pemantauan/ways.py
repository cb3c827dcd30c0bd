"""The steps between the stages: who may take them, what they ask, and what becomes of the clock."""

from __future__ import annotations

from typing import Literal

from pendopo import N_
from pendopo.kit.berkas import Deadline, Transition, ask_step, lapse_step, refuse_step, repair_step, withdraw_step
from pendopo.kit.forms import DateField, Form, Optional, RadioField, RupiahField, SelectField, StringField, between, length

from .rules import REASONS
from .stages import BEFORE_DECREE, CONFIRM_CAMAT, CONFIRM_DESA, DECIDE, PAY, SURVEY, TAPD, VERIFY

HERE = Deadline(10, "pemantauan.administrasi_hk")
PLACE = Deadline(5, "pemantauan.konfirmasi_hk")
FIELD = Deadline(30, "pemantauan.lapangan_hk")


class MoveForm(Form):
    """What some steps ask beside their note."""

    confirmed = RadioField(N_("Keadaan pemohon"), [Optional()], choices=[("ya", N_("Benar, ada dan beralamat di sini")), ("tidak", N_("Tidak benar"))])
    reason = SelectField(
        N_("Alasan penolakan"),
        [Optional()],
        choices=[("", N_("Pilih alasan")), *((r.slug, r.title) for r in REASONS.values())],
        description=N_("Pemohon membaca alasan ini beserta jalan keluarnya."),
    )
    recommended = RupiahField(N_("Nilai yang direkomendasikan"), [Optional(), between(1)])
    considered = RupiahField(N_("Nilai menurut TAPD"), [Optional(), between(1)], description=N_("Kosongkan bila sama dengan rekomendasi."))
    budget_ref = StringField(N_("Rujukan KUA-PPAS atau RAPBD"), [length(max=120)])
    approved = RupiahField(N_("Nilai yang ditetapkan"), [Optional(), between(1)], description=N_("Kosongkan bila sama dengan nilai TAPD."))
    sk_number = StringField(N_("Nomor SK Bupati"), [length(max=60)])
    sk_date = DateField(N_("Tanggal SK"), [Optional()])
    dpa = StringField(N_("Nomor DPA"), [length(max=60)])
    nphd_number = StringField(N_("Nomor NPHD"), [length(max=60)])
    nphd_date = DateField(N_("Tanggal NPHD"), [Optional()])
    sp2d = StringField(N_("Nomor SP2D"), [length(max=60)])
    paid_on = DateField(N_("Tanggal pencairan"), [Optional()])
    realised = RupiahField(N_("Uang yang sudah dipakai"), [Optional(), between(0)], description=N_("Jumlah semua bukti belanja."))
    sts = StringField(N_("Nomor STS pengembalian"), [length(max=60)], description=N_("Diisi bila ada sisa yang disetor ke kas daerah."))
    returned_on = DateField(N_("Tanggal disetor"), [Optional()])


def _refuse(slug: str, frm: tuple[str, ...], permission: str) -> Transition:
    hint = N_("Pilih alasan dari daftar; jalan keluarnya ikut tertulis untuk pemohon.")
    return Transition(slug, N_("Tolak"), frm, "ditolak", permission=permission, fields=("reason",), required=("reason",), clock="stop", tone="error", hint=hint)


def _confirm(slug: str, title: str, frm: str, to: str, permission: str, hint: str, deadline: Deadline) -> Transition:
    return Transition(
        slug,
        title,
        (frm,),
        to,
        permission=permission,
        fields=("confirmed",),
        required=("confirmed",),
        deadline=deadline,
        tone="primary",
        hint=hint,
        notify="both",
    )


_CHECKS = (
    _confirm(
        "konfirmasi_desa",
        N_("Konfirmasi desa"),
        "diajukan",
        "konfirmasi_camat",
        CONFIRM_DESA,
        N_("Pastikan pemohon ada, beralamat di desa ini, dan kegiatannya benar. Tuliskan bila tidak benar."),
        PLACE,
    ),
    _confirm(
        "konfirmasi_camat",
        N_("Konfirmasi camat"),
        "konfirmasi_camat",
        "cek_administrasi",
        CONFIRM_CAMAT,
        N_("Orang yang memberi konfirmasi desa tidak dapat memberi konfirmasi kecamatan."),
        HERE,
    ),
    ask_step(
        "minta_perbaikan",
        N_("Minta diperbaiki"),
        ("cek_administrasi",),
        "perbaikan",
        VERIFY,
        N_("Sebutkan semua yang kurang sekaligus, agar pemohon tidak bolak-balik."),
    ),
    repair_step(
        "perbaiki",
        N_("Kirim perbaikan"),
        ("perbaikan",),
        "cek_administrasi",
        N_("Tuliskan yang sudah diperbaiki; berkas baru boleh dilampirkan."),
    ),
    lapse_step("gugurkan", N_("Tutup karena tidak diperbaiki"), ("perbaikan",), "ditolak", VERIFY),
    _refuse("tolak_administrasi", ("cek_administrasi",), VERIFY),
    Transition(
        "disposisi",
        N_("Teruskan ke perangkat daerah"),
        ("cek_administrasi",),
        "disposisi",
        permission=VERIFY,
        deadline=FIELD,
        notify="both",
        tone="primary",
        bulk=True,
        hint=N_("Semua butir pemeriksaan harus sesuai."),
    ),
)
_FIELD = (
    Transition(
        "mulai_lapangan",
        N_("Mulai verifikasi lapangan"),
        ("disposisi",),
        "verifikasi_lapangan",
        permission=SURVEY,
        fields=("officer",),
        tone="primary",
        bulk=True,
    ),
    Transition(
        "rekomendasikan",
        N_("Rekomendasikan"),
        ("verifikasi_lapangan",),
        "rekomendasi_opd",
        permission=SURVEY,
        fields=("recommended",),
        tone="primary",
        clock="stop",
        hint=N_("Perlu satu kunjungan lapangan, dan semua tanda sudah diperiksa. Kosongkan nilai untuk memakai nilai usulan."),
    ),
    _refuse("tolak_lapangan", ("disposisi", "verifikasi_lapangan"), SURVEY),
    Transition(
        "ke_tapd", N_("Kirim ke TAPD"), ("rekomendasi_opd",), "pertimbangan_tapd", permission=SURVEY, clock="stop", bulk=True, tone="primary", notify="both"
    ),
    Transition(
        "masukkan_anggaran",
        N_("Masukkan ke rancangan anggaran"),
        ("pertimbangan_tapd",),
        "masuk_anggaran",
        permission=TAPD,
        fields=("considered", "budget_ref"),
        clock="stop",
        bulk=True,
        tone="primary",
    ),
    _refuse("tolak_tapd", ("pertimbangan_tapd",), TAPD),
)


def _decree(frm: str, to: str, clock: Literal["run", "stop"]) -> tuple[Transition, Transition]:
    """Determined or refused by the Bupati."""
    determine = Transition(
        "tetapkan",
        N_("Tetapkan dengan SK Bupati"),
        (frm,),
        to,
        permission=DECIDE,
        fields=("approved", "sk_number", "sk_date", "dpa"),
        required=("sk_number", "sk_date"),
        clock=clock,
        tone="primary",
        hint=N_("Ditolak bila jumlah yang ditetapkan melampaui pagu program."),
        notify="both",
    )
    return determine, _refuse("tolak_penetapan", (frm,), DECIDE)


_END = (
    withdraw_step(
        "tarik",
        N_("Tarik usulan"),
        BEFORE_DECREE,
        "ditarik",
        N_("Usulan tidak diproses lagi. Anda boleh mengajukan yang baru selama masa usulan terbuka."),
        tone="warn",
    ),
    refuse_step("batalkan", N_("Batalkan penetapan"), ("ditetapkan", "pencairan"), "dibatalkan", DECIDE, N_("Nilainya kembali ke pagu program.")),
    Transition(
        "cairkan",
        N_("Catat pencairan"),
        ("pencairan",),
        "lpj_ditunggu",
        permission=PAY,
        fields=("sp2d", "paid_on"),
        required=("sp2d", "paid_on"),
        clock="stop",
        tone="primary",
        hint=N_("Seluruh nilai dibayarkan sekali ke rekening penerima."),
    ),
    lapse_step("tandai_terlambat", N_("Tandai terlambat"), ("lpj_ditunggu",), "terlambat_lpj", notify="both"),
    Transition(
        "kirim_lpj",
        N_("Kirim laporan penggunaan"),
        ("lpj_ditunggu", "terlambat_lpj"),
        "lpj_diperiksa",
        by="applicant",
        note="optional",
        fields=("realised", "attachments"),
        required=("realised", "attachments"),
        deadline=HERE,
        notify="officer",
        tone="primary",
        hint=N_("Isi jumlah yang dipakai dan lampirkan nota, kuitansi, dan foto. Sisanya dikembalikan ke kas daerah."),
    ),
    Transition(
        "minta_perbaikan_lpj", N_("Minta laporan diperbaiki"), ("lpj_diperiksa",), "lpj_ditunggu", permission=PAY, note="required", clock="stop", tone="warn"
    ),
    Transition(
        "terima_lpj",
        N_("Terima laporan"),
        ("lpj_diperiksa",),
        "selesai",
        permission=PAY,
        fields=("sts", "returned_on"),
        clock="stop",
        tone="primary",
        hint=N_("Bila sisa sudah dibayar lewat tagihan, STS tidak perlu diisi."),
    ),
)
_NPHD = (
    Transition(
        "nphd_lengkap",
        N_("NPHD ditandatangani kedua pihak"),
        ("ditetapkan",),
        "pencairan",
        by="system",
        clock="stop",
        notify="both",
    ),
    Transition(
        "nphd",
        N_("Catat NPHD di atas kertas"),
        ("ditetapkan",),
        "pencairan",
        permission=PAY,
        fields=("nphd_number", "nphd_date", "attachments"),
        required=("nphd_number", "nphd_date", "attachments"),
        clock="stop",
        hint=N_("Hanya bila kedua pihak menandatangani di atas kertas: lampirkan pindaiannya. Selain itu susun NPHD di bagian Dokumen."),
    ),
)
_READY = Transition("siap_cair", N_("Siapkan pencairan"), ("ditetapkan",), "pencairan", permission=PAY, clock="stop", bulk=True, tone="primary")
_BEFORE = (*_CHECKS, *_FIELD, *_decree("masuk_anggaran", "ditetapkan", "stop"))
HIBAH_STEPS = (*_BEFORE, *_NPHD, *_END)
BANSOS_STEPS = (*_BEFORE, _READY, *_END)
EMERGENCY_STEPS = (
    Transition(
        "sahkan_camat",
        N_("Sahkan laporan"),
        ("dilaporkan",),
        "asesmen",
        permission=CONFIRM_CAMAT,
        fields=("confirmed",),
        required=("confirmed",),
        tone="primary",
        notify="both",
        hint=N_("Orang yang memberi konfirmasi desa tidak dapat memberi konfirmasi kecamatan."),
    ),
    Transition(
        "selesai_asesmen",
        N_("Selesaikan asesmen"),
        ("asesmen",),
        "menunggu_sk",
        permission=SURVEY,
        fields=("recommended",),
        tone="primary",
        notify="both",
        hint=N_("Catat kunjungan lapangan lebih dahulu. Kosongkan nilai untuk memakai nilai usulan."),
    ),
    _refuse("tolak_lapangan", ("dilaporkan", "asesmen"), SURVEY),
    *_decree("menunggu_sk", "pencairan", "run"),
    Transition(
        "cairkan",
        N_("Catat pencairan"),
        ("pencairan",),
        "selesai",
        permission=PAY,
        fields=("sp2d", "paid_on"),
        required=("sp2d", "paid_on"),
        clock="stop",
        tone="primary",
    ),
)
