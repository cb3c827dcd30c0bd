"""The ways of a proposal through the offices (gawe.md section 9), as data: hibah, bansos, and bansos after a disaster."""

from __future__ import annotations

from pendopo import N_
from pendopo.kit.berkas import BerkasKind, Deadline, State, Transition
from pendopo.kit.forms import DateField, Form, Optional, RadioField, RupiahField, SelectField, StringField, between, length

from .rules import REASONS
from .steps import on_move

READ, VERIFY, SURVEY = "pemantauan.read", "pemantauan.verify", "pemantauan.survey"
CONFIRM_DESA, CONFIRM_CAMAT = "pemantauan.confirm_desa", "pemantauan.confirm_camat"
TAPD, DECIDE, PAY = "pemantauan.tapd", "pemantauan.decide", "pemantauan.pay"
PROGRAM, AUDIT = "pemantauan.program", "pemantauan.audit"
EVERY = (READ, VERIFY, SURVEY, CONFIRM_DESA, CONFIRM_CAMAT, TAPD, DECIDE, PAY, PROGRAM, AUDIT)
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


_START = (
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
BEFORE_DECREE = ("diajukan", "konfirmasi_camat", "cek_administrasi", "perbaikan", "disposisi", "verifikasi_lapangan", "rekomendasi_opd", "pertimbangan_tapd")


def _refuse(slug: str, frm: tuple[str, ...], permission: str) -> Transition:
    return Transition(
        slug,
        N_("Tolak"),
        frm,
        "ditolak",
        permission=permission,
        fields=("reason",),
        required=("reason",),
        clock="stop",
        tone="error",
        hint=N_("Pilih alasan dari daftar; jalan keluarnya ikut tertulis untuk pemohon."),
    )


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
    Transition(
        "minta_perbaikan",
        N_("Minta diperbaiki"),
        ("cek_administrasi",),
        "perbaikan",
        permission=VERIFY,
        note="required",
        clock="pause",
        tone="warn",
        hint=N_("Sebutkan semua yang kurang sekaligus, agar pemohon tidak bolak-balik."),
    ),
    Transition(
        "perbaiki",
        N_("Kirim perbaikan"),
        ("perbaikan",),
        "cek_administrasi",
        by="applicant",
        note="required",
        fields=("attachments",),
        notify="officer",
        tone="primary",
        hint=N_("Tuliskan yang sudah diperbaiki; berkas baru boleh dilampirkan."),
    ),
    Transition(
        "gugurkan", N_("Tutup karena tidak diperbaiki"), ("perbaikan",), "ditolak", by=("officer", "system"), permission=VERIFY, note="required", clock="stop"
    ),
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
_DECREE = Transition(
    "tetapkan",
    N_("Tetapkan dengan SK Bupati"),
    ("masuk_anggaran",),
    "ditetapkan",
    permission=DECIDE,
    fields=("approved", "sk_number", "sk_date", "dpa"),
    required=("sk_number", "sk_date"),
    clock="stop",
    tone="primary",
    hint=N_("Ditolak bila jumlah yang ditetapkan melampaui pagu program."),
    notify="both",
)
_END = (
    Transition(
        "tarik",
        N_("Tarik usulan"),
        BEFORE_DECREE,
        "ditarik",
        by="applicant",
        note="optional",
        clock="stop",
        notify="officer",
        tone="warn",
        hint=N_("Usulan tidak diproses lagi. Anda boleh mengajukan yang baru selama masa usulan terbuka."),
    ),
    Transition(
        "batalkan",
        N_("Batalkan penetapan"),
        ("ditetapkan", "pencairan"),
        "dibatalkan",
        permission=DECIDE,
        note="required",
        clock="stop",
        tone="error",
        hint=N_("Nilainya kembali ke pagu program."),
    ),
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
    Transition(
        "tandai_terlambat",
        N_("Tandai terlambat"),
        ("lpj_ditunggu",),
        "terlambat_lpj",
        by="system",
        clock="stop",
        notify="both",
    ),
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
        hint=N_("Bila ada sisa, bukti setornya (STS) wajib diisi."),
    ),
)
_NPHD = Transition(
    "nphd",
    N_("Catat NPHD yang ditandatangani"),
    ("ditetapkan",),
    "pencairan",
    permission=PAY,
    fields=("nphd_number", "nphd_date"),
    required=("nphd_number", "nphd_date"),
    clock="stop",
    tone="primary",
    hint=N_("Naskah perjanjian hibah daerah, ditandatangani kedua pihak."),
)
_READY = Transition("siap_cair", N_("Siapkan pencairan"), ("ditetapkan",), "pencairan", permission=PAY, clock="stop", bulk=True, tone="primary")
_LINKS = {"citizen_url": "pemantauan:berkas", "staff_url": "pemantauan:kerja.berkas", "permission": READ, "move_form": MoveForm, "on_move": on_move}

HIBAH_KIND = BerkasKind(
    slug="hibah",
    plugin="gawe_pemantauan",
    title=N_("Proposal hibah"),
    initial="diajukan",
    states=_START,
    transitions=(*_CHECKS, *_FIELD, _DECREE, _refuse("tolak_penetapan", ("masuk_anggaran",), DECIDE), _NPHD, *_END),
    deadline=PLACE,
    escalate=(VERIFY, PROGRAM),
    icon="hand-heart",
    **_LINKS,
)
BANSOS_KIND = BerkasKind(
    slug="bansos",
    plugin="gawe_pemantauan",
    title=N_("Permohonan bansos"),
    initial="diajukan",
    states=_START,
    transitions=(*_CHECKS, *_FIELD, _DECREE, _refuse("tolak_penetapan", ("masuk_anggaran",), DECIDE), _READY, *_END),
    deadline=PLACE,
    escalate=(VERIFY, PROGRAM),
    icon="heart-handshake",
    **_LINKS,
)
DARURAT_KIND = BerkasKind(
    slug="bansos_darurat",
    plugin="gawe_pemantauan",
    title=N_("Bansos darurat"),
    initial="dilaporkan",
    states=(
        State("dilaporkan", N_("Dilaporkan desa"), "warn", public=N_("Menunggu pengesahan camat."), icon="siren"),
        State("asesmen", N_("Asesmen lapangan"), "primary", public=N_("BPBD atau Dinas Sosial menilai kebutuhan di tempat."), icon="map-pin"),
        State("menunggu_sk", N_("Menunggu SK Bupati"), "primary", public=N_("Hasil asesmen selesai; SK sedang disiapkan."), icon="stamp"),
        State("pencairan", N_("Menunggu pencairan"), "ok", public=N_("Bantuan dikirim ke rekening atau diserahkan langsung."), icon="banknote"),
        State("selesai", N_("Selesai"), "ok", False, N_("Bantuan sudah diterima."), "badge-check"),
        State("ditolak", N_("Ditolak"), "error", False, N_("Laporan tidak dapat dibantu; alasannya tertulis."), "ban"),
    ),
    transitions=(
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
        Transition(
            "tetapkan",
            N_("Tetapkan dengan SK Bupati"),
            ("menunggu_sk",),
            "pencairan",
            permission=DECIDE,
            fields=("approved", "sk_number", "sk_date", "dpa"),
            required=("sk_number", "sk_date"),
            tone="primary",
            notify="both",
            hint=N_("Ditolak bila jumlah yang ditetapkan melampaui pagu program."),
        ),
        _refuse("tolak_penetapan", ("menunggu_sk",), DECIDE),
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
    ),
    escalate=(VERIFY, PROGRAM),
    icon="siren",
    **_LINKS,
)
KINDS = (HIBAH_KIND, BANSOS_KIND, DARURAT_KIND)
KIND_OF_JENIS = {
    "hibah_uang": HIBAH_KIND,
    "hibah_barang": HIBAH_KIND,
    "hibah_jasa": HIBAH_KIND,
    "bansos_terencana": BANSOS_KIND,
    "bansos_tak_terencana": DARURAT_KIND,
}
REGISTER_CODE = {"hibah": "HBH", "bansos": "BSS", "bansos_darurat": "BSD"}
STATE = {**{state.slug: state for state in DARURAT_KIND.states}, **{state.slug: state for state in HIBAH_KIND.states}}
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
