"""The way of a report through the offices (gawe.md section 4), as data."""

from __future__ import annotations

from pendopo import N_
from pendopo.kit.berkas import BerkasKind, Deadline, State, Transition, ask_step, lapse_step, refuse_step, repair_step
from pendopo.kit.forms import DateField, Form, IntegerField, Optional, SelectField, StringField, between, length

from .rules import KELAS
from .steps import on_move

VERIFY, HANDLE, ASSIGN, READ = "pelaporan.verify", "pelaporan.handle", "pelaporan.assign", "pelaporan.read"
KEYS, OVERSEE = "pelaporan.keys", "pelaporan.oversee"
UNVERIFIED = ("diterima", "verifikasi")
IN_THE_FIELD = ("survei", "penanganan_sementara", "dijadwalkan", "dikerjakan", "dianggarkan")
DONE = ("selesai_menurut_opd", "dikonfirmasi_pelapor", "ditutup")
SETTLED = ("duplikat", "ditolak_spam", *DONE)  # nothing waits in an office any more


class MoveForm(Form):
    """What some steps ask beside their note."""

    kelas = SelectField(N_("Kelas laporan"), choices=[("", N_("Seperti biasanya untuk kategori ini")), *KELAS.items()], validators=[Optional()])
    duplicate_of = StringField(N_("Nomor laporan yang sama"), [length(max=30)], description=N_("Nomor register laporan pertama, misalnya JLN-2026-000123-3."))
    forwarded_to = StringField(N_("Diteruskan kepada"), [length(max=160)], description=N_("Misalnya BBPJN Banten atau DPUPR Provinsi Banten."))
    sp4n_id = StringField(N_("Nomor pelacakan SP4N-LAPOR!"), [length(max=40)])
    target_date = DateField(N_("Rencana dikerjakan"), [Optional()])
    budget_year = IntegerField(N_("Tahun anggaran"), [Optional(), between(2020, 2100)])
    budget_ref = StringField(N_("Rujukan RKPD atau DPA"), [length(max=120)])


STATES = (
    State("diterima", N_("Diterima"), "info", public=N_("Laporan sudah masuk dan menunggu pemeriksaan."), icon="inbox"),
    State("verifikasi", N_("Verifikasi"), "info", public=N_("Laporan sedang diperiksa dan akan diteruskan kepada dinas yang berwenang."), icon="search"),
    State(
        "tidak_lengkap",
        N_("Perlu dilengkapi"),
        "warn",
        public=N_("Lengkapi laporan Anda agar dapat diteruskan. Waktu berhenti sementara."),
        icon="circle-alert",
    ),
    State("duplikat", N_("Digabung"), "muted", False, N_("Sudah ada laporan yang sama; dukungan Anda ditambahkan di sana."), "copy"),
    State("ditolak_spam", N_("Ditolak"), "error", False, N_("Laporan tidak dapat ditindaklanjuti; alasannya tertulis di bawah."), "ban"),
    State(
        "diteruskan_eksternal",
        N_("Diteruskan ke luar kabupaten"),
        "info",
        public=N_("Kewenangan instansi lain. Kami meneruskannya dan terus memantau."),
        icon="send",
    ),
    State("didisposisi", N_("Didisposisi"), "info", public=N_("Laporan sudah diteruskan kepada dinas yang berwenang."), icon="arrow-right"),
    State("diterima_opd", N_("Diterima dinas"), "info", public=N_("Dinas sudah menerima laporan ini."), icon="building-2"),
    State("survei", N_("Survei lapangan"), "primary", public=N_("Petugas memeriksa keadaan di lapangan."), icon="map-pin"),
    State(
        "penanganan_sementara", N_("Penanganan sementara"), "primary", public=N_("Sudah ditangani sementara; perbaikan tetap menyusul."), icon="construction"
    ),
    State("dijadwalkan", N_("Dijadwalkan"), "primary", public=N_("Pekerjaan sudah dijadwalkan."), icon="calendar-days"),
    State("dikerjakan", N_("Dikerjakan"), "primary", public=N_("Pekerjaan sedang berlangsung."), icon="hammer"),
    State("dianggarkan", N_("Dianggarkan"), "warn", public=N_("Perlu anggaran. Tahun dan rujukannya tertulis di bawah."), icon="calendar-clock"),
    State(
        "selesai_menurut_opd",
        N_("Selesai menurut dinas"),
        "ok",
        public=N_("Dinas menyatakan selesai. Periksa, lalu benarkan atau buka kembali."),
        icon="circle-check",
    ),
    State("dikonfirmasi_pelapor", N_("Dibenarkan pelapor"), "ok", False, N_("Pelapor membenarkan bahwa masalahnya selesai."), "badge-check"),
    State("dibuka_kembali", N_("Dibuka kembali"), "warn", public=N_("Pelapor menyatakan belum selesai; laporan ditangani lagi."), icon="rotate-ccw"),
    State("ditutup", N_("Ditutup"), "muted", False, N_("Laporan sudah ditutup."), "archive"),
)

TRANSITIONS = (
    Transition("periksa", N_("Mulai periksa"), ("diterima",), "verifikasi", permission=VERIFY, note="none", notify="", bulk=True),
    Transition(
        "disposisi",
        N_("Teruskan kepada dinas"),
        UNVERIFIED,
        "didisposisi",
        by=("officer", "system"),
        permission=VERIFY,
        fields=("opd", "kelas"),
        notify="both",
        tone="primary",
        bulk=True,
        hint=N_("Laporan terbit untuk umum setelah diteruskan. Kosongkan dinas untuk memakai dinas kategori ini."),
    ),
    ask_step("minta_lengkapi", N_("Minta dilengkapi"), UNVERIFIED, "tidak_lengkap", VERIFY),
    repair_step("lengkapi", N_("Kirim kelengkapan"), ("tidak_lengkap",), "verifikasi", N_("Tuliskan yang diminta petugas; foto boleh ditambahkan.")),
    lapse_step("gugurkan", N_("Tutup karena tidak dilengkapi"), ("tidak_lengkap",), "ditutup", VERIFY),
    Transition(
        "gabung",
        N_("Gabungkan dengan laporan yang sama"),
        UNVERIFIED,
        "duplikat",
        permission=VERIFY,
        fields=("duplicate_of",),
        required=("duplicate_of",),
        clock="stop",
        hint=N_("Pelapor menjadi pendukung laporan pertama dan ikut mendapat kabarnya."),
    ),
    refuse_step(
        "tolak",
        N_("Tolak"),
        UNVERIFIED,
        "ditolak_spam",
        VERIFY,
        N_("Hanya untuk kiriman yang bukan laporan. Kewenangan instansi lain diteruskan, bukan ditolak."),
    ),
    Transition(
        "teruskan_luar",
        N_("Teruskan ke instansi luar"),
        (*UNVERIFIED, "didisposisi"),
        "diteruskan_eksternal",
        permission=VERIFY,
        fields=("forwarded_to", "sp4n_id", "kelas"),
        required=("forwarded_to",),
    ),
    Transition(
        "jawaban_luar",
        N_("Catat jawaban instansi luar"),
        ("diteruskan_eksternal",),
        "selesai_menurut_opd",
        permission=VERIFY,
        note="required",
        fields=("attachments",),
        clock="stop",
        notify="applicant",
    ),
    Transition("terima", N_("Terima"), ("didisposisi", "dibuka_kembali"), "diterima_opd", permission=HANDLE, note="optional", tone="primary", bulk=True),
    Transition(
        "kembalikan",
        N_("Kembalikan ke Diskominfo"),
        ("didisposisi", "diterima_opd"),
        "verifikasi",
        permission=HANDLE,
        note="required",
        notify="officer",
        hint=N_("Bila bukan tugas dinas Anda. Tuliskan dinas mana yang menurut Anda berwenang."),
    ),
    Transition("survei", N_("Survei lapangan"), ("diterima_opd",), "survei", permission=HANDLE, fields=("officer", "attachments"), tone="primary"),
    Transition(
        "tangani_sementara",
        N_("Tangani sementara"),
        ("diterima_opd", "survei"),
        "penanganan_sementara",
        permission=HANDLE,
        note="required",
        fields=("attachments",),
    ),
    Transition(
        "jadwalkan",
        N_("Jadwalkan pekerjaan"),
        ("survei", "penanganan_sementara", "dianggarkan"),
        "dijadwalkan",
        permission=HANDLE,
        note="required",
        fields=("target_date",),
        required=("target_date",),
    ),
    Transition(
        "kerjakan",
        N_("Mulai kerjakan"),
        ("survei", "penanganan_sementara", "dijadwalkan", "dianggarkan"),
        "dikerjakan",
        permission=HANDLE,
        fields=("attachments",),
        tone="primary",
    ),
    Transition(
        "anggarkan",
        N_("Usulkan anggaran"),
        ("survei", "penanganan_sementara", "dijadwalkan"),
        "dianggarkan",
        permission=HANDLE,
        note="required",
        fields=("budget_year", "budget_ref"),
        required=("budget_year", "budget_ref"),
        clock="stop",
        tone="warn",
        hint=N_("Jawaban jujur kepada warga: tahun anggaran dan rujukan RKPD atau DPA dibaca semua orang."),
    ),
    Transition(
        "selesaikan",
        N_("Nyatakan selesai"),
        ("diterima_opd", *IN_THE_FIELD),
        "selesai_menurut_opd",
        permission=HANDLE,
        note="required",
        fields=("attachments",),
        required=("attachments",),
        clock="stop",
        tone="primary",
        hint=N_("Sertakan foto sesudah perbaikan. Pelapor diminta membenarkan."),
    ),
    Transition(
        "jawab",
        N_("Jawab dan selesaikan"),
        ("diterima_opd", "survei"),
        "selesai_menurut_opd",
        permission=HANDLE,
        note="required",
        fields=("attachments",),
        clock="stop",
        hint=N_("Untuk permintaan informasi, aspirasi, dan hal yang tidak diperbaiki di lapangan."),
    ),
    Transition(
        "konfirmasi", N_("Ya, sudah selesai"), ("selesai_menurut_opd",), "dikonfirmasi_pelapor", by="applicant", clock="stop", notify="officer", tone="primary"
    ),
    Transition(
        "buka_kembali",
        N_("Belum selesai, buka kembali"),
        DONE,
        "dibuka_kembali",
        by="applicant",
        note="required",
        fields=("attachments",),
        notify="officer",
        tone="warn",
        hint=N_("Tuliskan apa yang masih kurang. Pembukaan kedua diteruskan kepada Inspektorat."),
    ),
    Transition("tutup", N_("Tutup"), ("selesai_menurut_opd", "dikonfirmasi_pelapor"), "ditutup", by="system", clock="stop", notify=""),
)

LAPORAN = BerkasKind(
    slug="laporan",
    plugin="gawe_pelaporan",
    title=N_("Laporan masyarakat"),
    initial="diterima",
    states=STATES,
    transitions=TRANSITIONS,
    version=1,
    citizen_url="pelaporan:berkas",
    staff_url="pelaporan:kerja.berkas",
    permission=READ,
    deadline=Deadline(3, "pelaporan.sla_verifikasi_hk"),
    escalate=(ASSIGN, OVERSEE),
    icon="megaphone",
    move_form=MoveForm,
    on_move=on_move,
)
STATE = {state.slug: state for state in STATES}
