"""The way of an application through the offices (gawe.md section 10), as data. Which steps one knows is told by its permit type."""

from __future__ import annotations

from pendopo import N_
from pendopo.kit.berkas import BerkasKind, Deadline, State, Transition, ask_step, lapse_step, refuse_step, repair_step, withdraw_step
from pendopo.kit.forms import DateField, Form, Optional

from .steps import offers, on_move

READ, CHECK, TECH, DRAFT, SIGN = "simponie.read", "simponie.check", "simponie.technical", "simponie.draft", "simponie.sign"
APPEAL, OVERSEE, CATALOGUE, SUPERVISE = "simponie.appeal", "simponie.oversee", "simponie.catalogue", "simponie.supervise"

NEW = ("diajukan", "cek_kelengkapan")
TECHNICAL = ("verifikasi_teknis", "peninjauan_lapangan")
RUNNING = (*NEW, *TECHNICAL, "draf_izin", "ttd")  # the office's clock runs
WITH_APPLICANT = ("perbaikan", "menunggu_bayar")
REPAIR_HINT = N_("Tuliskan apa yang kurang dan bagaimana melengkapinya. Waktu layanan berhenti sampai pemohon mengirimnya.")


class MoveForm(Form):
    """What some steps ask beside their note."""

    inspect_on = DateField(N_("Tanggal peninjauan"), [Optional()])


STATES = (
    State("diajukan", N_("Diajukan"), "info", public=N_("Permohonan sudah masuk dan menunggu diperiksa."), icon="inbox"),
    State("cek_kelengkapan", N_("Cek kelengkapan"), "info", public=N_("Petugas memeriksa kelengkapan berkas."), icon="list-checks"),
    State(
        "perbaikan", N_("Perlu diperbaiki"), "warn", public=N_("Lengkapi permohonan Anda. Waktu layanan berhenti sampai Anda mengirimnya."), icon="circle-alert"
    ),
    State("verifikasi_teknis", N_("Verifikasi teknis"), "primary", public=N_("Dinas teknis menilai permohonan Anda."), icon="scan-search"),
    State("peninjauan_lapangan", N_("Peninjauan lapangan"), "primary", public=N_("Petugas akan datang ke lokasi."), icon="map-pin"),
    State("menunggu_bayar", N_("Menunggu pembayaran"), "warn", public=N_("Retribusi sudah ditetapkan. Bayar agar izin dapat disusun."), icon="wallet"),
    State("draf_izin", N_("Penyusunan keputusan"), "primary", public=N_("DPMPTSP menyusun keputusan."), icon="file-pen-line"),
    State("ttd", N_("Menunggu tanda tangan"), "primary", public=N_("Keputusan menunggu tanda tangan kepala dinas."), icon="signature"),
    State("terbit", N_("Terbit"), "ok", False, N_("Dokumen sudah terbit dan dapat diunduh di bawah."), "badge-check"),
    State("ditolak", N_("Ditolak"), "error", False, N_("Permohonan ditolak; alasannya tertulis di bawah. Anda dapat mengajukan keberatan."), "ban"),
    State("banding", N_("Keberatan diperiksa"), "warn", public=N_("Keberatan Anda sedang diperiksa."), icon="scale"),
    State(
        "ditolak_akhir",
        N_("Ditolak setelah keberatan"),
        "error",
        False,
        N_("Keberatan tidak diterima. Upaya berikutnya adalah banding kepada atasan pejabat atau ke PTUN."),
        "ban",
    ),
    State(
        "dianggap_dikabulkan",
        N_("Dianggap dikabulkan"),
        "ok",
        public=N_("Batas waktu lewat tanpa keputusan, maka permohonan Anda dianggap dikabulkan menurut hukum. Izinnya wajib segera diterbitkan."),
        icon="gavel",
    ),
    State("dicabut", N_("Dicabut"), "error", False, N_("Izin dicabut; alasannya tertulis di bawah."), "circle-slash"),
    State("gugur", N_("Gugur"), "muted", False, N_("Tidak dilengkapi sampai batas waktunya. Anda dapat mengajukan lagi kapan saja."), "archive"),
    State("ditarik", N_("Ditarik pemohon"), "muted", False, N_("Permohonan ditarik oleh pemohon."), "undo-2"),
)

TRANSITIONS = (
    Transition("periksa", N_("Mulai periksa"), ("diajukan",), "cek_kelengkapan", permission=CHECK, note="none", notify="", bulk=True),
    Transition("lengkap", N_("Lengkap, teruskan ke dinas teknis"), NEW, "verifikasi_teknis", permission=CHECK, tone="primary", notify="both"),
    Transition("lengkap_langsung", N_("Lengkap, susun keputusan"), NEW, "draf_izin", permission=CHECK, tone="primary"),
    Transition("lengkap_berbayar", N_("Lengkap, tetapkan retribusi"), NEW, "menunggu_bayar", permission=CHECK, clock="pause", tone="primary"),
    ask_step("minta_perbaikan", N_("Minta diperbaiki"), NEW, "perbaikan", CHECK, REPAIR_HINT),
    ask_step("minta_perbaikan_teknis", N_("Minta diperbaiki"), TECHNICAL, "perbaikan", TECH, REPAIR_HINT),
    repair_step(
        "perbaiki",
        N_("Kirim perbaikan"),
        ("perbaikan",),
        "cek_kelengkapan",
        N_("Tuliskan yang sudah Anda perbaiki; foto atau dokumen boleh ditambahkan."),
    ),
    lapse_step("gugurkan", N_("Gugurkan"), ("perbaikan",), "gugur"),
    Transition(
        "tinjau",
        N_("Jadwalkan peninjauan lapangan"),
        ("verifikasi_teknis",),
        "peninjauan_lapangan",
        permission=TECH,
        fields=("inspect_on", "officer"),
        required=("inspect_on",),
        tone="primary",
    ),
    Transition("rekomendasi", N_("Rekomendasikan terbit"), TECHNICAL, "draf_izin", permission=TECH, tone="primary", notify="both"),
    Transition(
        "rekomendasi_berbayar",
        N_("Rekomendasikan terbit dan tetapkan retribusi"),
        TECHNICAL,
        "menunggu_bayar",
        permission=TECH,
        clock="pause",
        tone="primary",
        hint=N_("SKRD dan tagihan terbit menurut perhitungan di halaman ini. Periksa ukurannya lebih dahulu."),
    ),
    Transition("tidak_rekomendasi", N_("Tidak direkomendasikan"), TECHNICAL, "draf_izin", permission=TECH, note="required", tone="error", notify="officer"),
    Transition("lunas", N_("Retribusi lunas"), ("menunggu_bayar",), "draf_izin", by="system", notify="both"),
    Transition(
        "ajukan_ttd",
        N_("Ajukan tanda tangan"),
        ("draf_izin", "dianggap_dikabulkan"),
        "ttd",
        permission=DRAFT,
        note="none",
        notify="officer",
        tone="primary",
        bulk=True,
        hint=N_("Keputusan disusun dengan nomornya dan diletakkan di meja tanda tangan."),
    ),
    Transition("kembalikan", N_("Kembalikan ke penyusun"), ("ttd",), "draf_izin", by=("officer", "system"), permission=SIGN, note="required", notify="officer"),
    Transition("tandatangani", N_("Keputusan ditandatangani"), ("ttd", "dianggap_dikabulkan"), "terbit", by="system", clock="stop"),
    refuse_step(
        "tolak",
        N_("Tolak permohonan"),
        ("draf_izin", "ttd"),
        "ditolak",
        SIGN,
        N_("Alasan ini dibaca pemohon dan tertulis pada surat penolakan, bersama cara mengajukan keberatan."),
    ),
    Transition(
        "ajukan_keberatan",
        N_("Ajukan keberatan"),
        ("ditolak",),
        "banding",
        by="applicant",
        note="required",
        fields=("attachments",),
        deadline=Deadline(10, "simponie.keberatan_putus_hk"),
        notify="officer",
        hint=N_("Tuliskan mengapa keputusan itu menurut Anda keliru. Keberatan diputus dalam sepuluh hari kerja."),
    ),
    Transition(
        "terima_keberatan",
        N_("Terima keberatan"),
        ("banding",),
        "draf_izin",
        by=("officer", "system"),
        permission=APPEAL,
        note="required",
        deadline=Deadline(5, "simponie.sla_bawaan_hk"),
        notify="both",
        tone="primary",
    ),
    refuse_step("tolak_keberatan", N_("Tolak keberatan"), ("banding",), "ditolak_akhir", APPEAL),
    Transition("fiktif_positif", N_("Dianggap dikabulkan"), RUNNING, "dianggap_dikabulkan", by="system", clock="stop", notify="both"),
    refuse_step("cabut", N_("Cabut izin"), ("terbit",), "dicabut", SIGN),
    withdraw_step("tarik", N_("Tarik permohonan"), (*NEW, "perbaikan"), "ditarik"),
)

PERMOHONAN = BerkasKind(
    slug="permohonan_izin",
    plugin="gawe_simponie",
    title=N_("Permohonan izin"),
    initial="diajukan",
    states=STATES,
    transitions=TRANSITIONS,
    version=2,
    citizen_url="simponie:berkas",
    staff_url="simponie:kerja.berkas",
    permission=READ,
    escalate=(DRAFT, OVERSEE),
    icon="stamp",
    move_form=MoveForm,
    on_move=on_move,
    offers=offers,
)
STATE = {state.slug: state for state in STATES}
