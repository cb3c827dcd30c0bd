"""The way of an application through the office (gawe.md section 2), as data."""

from __future__ import annotations

from pendopo import N_
from pendopo.kit.berkas import BerkasKind, Deadline, State, Transition, ask_step, lapse_step, refuse_step, repair_step, withdraw_step
from pendopo.kit.forms import Form, TextAreaField, length

READ, VERIFY, SIGN, EMPLOYERS = "kartu-kuning.read", "kartu-kuning.verify", "kartu-kuning.sign", "kartu-kuning.employers"
SIGNER = "kartu_kabid"  # the role of who signs cards
UNSEEN = ("diajukan", "diverifikasi", "wawancara_singkat")
OPEN = (*UNSEEN, "perlu_perbaikan", "disetujui")
COUNTER = Deadline(0, "kartukuning.sla_loket_hk")  # who came to the counter is served the same day


class MoveForm(Form):
    wawancara = TextAreaField(N_("Hasil wawancara singkat"), [length(max=2000)], description=N_("Minat, kesiapan, dan saran pelatihan."), render_kw={"rows": 3})


STATES = (
    State("diajukan", N_("Diajukan"), "info", public=N_("Permohonan masuk dan menunggu diperiksa pengantar kerja."), icon="inbox"),
    State("diverifikasi", N_("Sedang diverifikasi"), "info", public=N_("Pengantar kerja sedang memeriksa data dan dokumen Anda."), icon="search"),
    State(
        "perlu_perbaikan", N_("Perlu perbaikan"), "warn", public=N_("Perbaiki yang diminta, lalu kirim ulang. Waktu berhenti sementara."), icon="circle-alert"
    ),
    State(
        "wawancara_singkat",
        N_("Wawancara singkat"),
        "info",
        public=N_("Pengantar kerja akan bertanya sebentar, lewat telepon atau di loket."),
        icon="messages-square",
    ),
    State("disetujui", N_("Disetujui"), "primary", public=N_("Data Anda benar. Kartu menunggu tanda tangan."), icon="badge-check"),
    State("kartu_terbit", N_("Kartu terbit"), "ok", False, N_("Kartu Anda sudah terbit dan dapat diunduh."), "id-card"),
    State("ditolak", N_("Ditolak"), "error", False, N_("Permohonan tidak dapat diteruskan; alasannya tertulis di bawah."), "ban"),
    State("dibatalkan", N_("Dibatalkan"), "muted", False, N_("Anda membatalkan permohonan ini."), "x"),
)

TRANSITIONS = (
    Transition("periksa", N_("Mulai periksa"), ("diajukan",), "diverifikasi", permission=VERIFY, note="none", notify="", bulk=True),
    Transition(
        "setujui",
        N_("Setujui"),
        UNSEEN,
        "disetujui",
        permission=VERIFY,
        fields=("wawancara",),
        deadline=Deadline(1, "kartukuning.sla_terbit_hk"),
        notify="",
        bulk=True,
        tone="primary",
        hint=N_("Data cocok dengan KTP dan ijazah, fotonya benar. Kartu lalu menunggu tanda tangan."),
    ),
    ask_step(
        "perbaiki",
        N_("Minta perbaikan"),
        UNSEEN,
        "perlu_perbaikan",
        VERIFY,
        N_("Tulis dengan jelas apa yang harus diperbaiki. Waktu berhenti sampai pemohon mengirim ulang."),
    ),
    Transition("wawancara", N_("Panggil wawancara singkat"), ("diajukan", "diverifikasi"), "wawancara_singkat", permission=VERIFY, note="required"),
    refuse_step("tolak", N_("Tolak"), (*UNSEEN, "disetujui"), "ditolak", VERIFY, N_("Alasannya dibaca pemohon.")),
    Transition("kembalikan", N_("Kembalikan ke pengantar kerja"), ("disetujui",), "diverifikasi", permission=SIGN, note="required", notify="officer"),
    Transition(
        "terbitkan",
        N_("Tanda tangani dan terbitkan"),
        ("disetujui",),
        "kartu_terbit",
        permission=SIGN,
        note="none",
        bulk=True,
        tone="ok",
        hint=N_("Kartu mendapat nomor, ditandatangani, dan langsung dapat diunduh pemegangnya."),
    ),
    repair_step(
        "kirim_ulang", N_("Kirim ulang"), ("perlu_perbaikan",), "diajukan", N_("Data Anda yang sekarang diperiksa lagi."), note="optional", fields=()
    ),
    withdraw_step("batalkan", N_("Batalkan permohonan"), ("diajukan", "perlu_perbaikan"), "dibatalkan", tone="error"),
    lapse_step("gugurkan", N_("Gugur tanpa perbaikan"), ("perlu_perbaikan",), "dibatalkan"),
)


def on_move(db, berkas, transition, data, actor, now) -> None:
    from .applications import moved

    moved(db, berkas, transition, data, actor, now)


AK1_KIND = BerkasKind(
    slug="ak1",
    plugin="gawe_kartukuning",
    title=N_("Kartu kuning (AK/1)"),
    version=2,
    initial="diajukan",
    states=STATES,
    transitions=TRANSITIONS,
    citizen_url="kartukuning:berkas",
    staff_url="kartukuning:kerja.berkas",
    permission=READ,
    deadline=Deadline(1, "kartukuning.sla_verifikasi_hk"),
    escalate=(VERIFY, SIGN),
    icon="id-card",
    move_form=MoveForm,
    on_move=on_move,
)
STATE = {state.slug: state for state in STATES}
