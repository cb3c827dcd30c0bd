"""The ways of matters through Bapenda (gawe.md section 3), as data: what taxpayers ask, SPTPD and BPHTB."""

from __future__ import annotations

from sqlalchemy.orm import Session

from pendopo import N_
from pendopo.kit.berkas import Berkas, BerkasKind, Deadline, State, Transition, ask_step, refuse_step, repair_step, withdraw_step
from pendopo.kit.forms import DecimalField, Form, IntegerField, Optional, RupiahField, SelectField, StringField, TextAreaField, between, length

from .models import SPTPD
from .moves import on_move
from .overpaid import BACK, WAYS

READ, EXAMINE, DECIDE = "pajak.read", "pajak.examine", "pajak.decide"
HOME = {"plugin": "gawe_pajak", "citizen_url": "pajak:berkas", "staff_url": "pajak:kerja.berkas", "permission": READ, "on_move": on_move}


class DecisionForm(Form):
    """What decisions ask beside their note."""

    luas_bumi = IntegerField(N_("Luas bumi (m²)"), [Optional(), between(0, 10**8)])
    njop_bumi_m2 = RupiahField(N_("NJOP bumi untuk satu m²"))
    luas_bangunan = IntegerField(N_("Luas bangunan (m²)"), [Optional(), between(0, 10**8)])
    njop_bangunan_m2 = RupiahField(N_("NJOP bangunan untuk satu m²"))
    persen = DecimalField(N_("Pengurangan (persen)"), [Optional(), between(0, 100)])
    bagian = TextAreaField(
        N_("Pecahan"),
        [length(max=2000)],
        description=N_("Satu baris untuk setiap pecahan: NOP; luas bumi; luas bangunan; nama wajib pajak."),
        render_kw={"rows": 4},
    )
    dasar = RupiahField(N_("Dasar pajak menurut pemeriksaan"))
    harga = RupiahField(N_("Nilai perolehan menurut penelitian"), description=N_("Kosongkan bila harga yang dilaporkan sudah benar."))
    lebih = SelectField(
        N_("Kelebihan bayar"), choices=list(WAYS.items()), default=BACK, description=N_("Hanya dipakai bila SPPT sudah dibayar dan ternyata lebih bayar.")
    )
    nomor_sk = StringField(N_("Nomor surat keputusan"), [length(max=60)])


REQUEST_STATES = (
    State("diajukan", N_("Diajukan"), "info", public=N_("Permohonan sudah masuk dan menunggu diperiksa kelengkapannya."), icon="inbox"),
    State("perbaikan", N_("Perlu dilengkapi"), "warn", public=N_("Lengkapi yang diminta petugas. Waktu berhenti sementara."), icon="circle-alert"),
    State("lengkap", N_("Lengkap"), "info", public=N_("Berkas lengkap dan akan diteliti."), icon="circle-check"),
    State("penelitian", N_("Penelitian lapangan"), "primary", public=N_("Petugas meneliti objek Anda di lapangan."), icon="map-pin"),
    State("dikabulkan", N_("Dikabulkan"), "ok", False, N_("Permohonan dikabulkan. Hasilnya tertulis di bawah."), "badge-check"),
    State("ditolak", N_("Ditolak"), "error", False, N_("Permohonan ditolak; alasannya tertulis di bawah."), "ban"),
    State("dicabut", N_("Dicabut pemohon"), "muted", False, N_("Anda mencabut permohonan ini."), "undo-2"),
)
OPEN = ("diajukan", "lengkap", "penelitian")


def _request_steps(grant: tuple[str, ...], required: tuple[str, ...], hint: str, field_work: bool = True) -> tuple[Transition, ...]:
    """The steps that every request has; they differ in what a decision to grant must say."""
    decide_from = ("lengkap", "penelitian") if field_work else ("diajukan", "lengkap")
    visit = (Transition("teliti", N_("Teliti di lapangan"), ("lengkap",), "penelitian", permission=EXAMINE, fields=("officer", "attachments"), tone="primary"),)
    return (
        Transition("lengkap", N_("Nyatakan lengkap"), ("diajukan",), "lengkap", permission=EXAMINE, tone="primary", bulk=True),
        ask_step("minta_lengkapi", N_("Minta dilengkapi"), ("diajukan", "lengkap"), "perbaikan", EXAMINE),
        repair_step("lengkapi", N_("Kirim kelengkapan"), ("perbaikan",), "diajukan"),
        *(visit if field_work else ()),
        Transition(
            "kabulkan",
            N_("Kabulkan"),
            decide_from,
            "dikabulkan",
            permission=DECIDE,
            note="required",
            fields=grant,
            required=required,
            clock="stop",
            tone="primary",
            hint=hint,
        ),
        refuse_step("tolak", N_("Tolak"), (*OPEN, "perbaikan"), "ditolak", DECIDE),
        withdraw_step("cabut", N_("Cabut permohonan"), (*OPEN, "perbaikan"), "dicabut"),
    )


def _request(slug: str, title: str, icon: str, steps: tuple[Transition, ...], deadline: Deadline | None) -> BerkasKind:
    return BerkasKind(
        slug=slug,
        title=title,
        initial="diajukan",
        states=REQUEST_STATES,
        transitions=steps,
        **HOME,
        deadline=deadline,
        escalate=(EXAMINE, DECIDE),
        icon=icon,
        move_form=DecisionForm,
    )


FIGURES = ("luas_bumi", "njop_bumi_m2", "luas_bangunan", "njop_bangunan_m2", "lebih", "nomor_sk")
MUTASI_DAYS = Deadline(30, "pajak.mutasi_hk")
KEBERATAN = _request(
    "pajak_keberatan",
    N_("Keberatan PBB"),
    "scale",
    _request_steps(FIGURES, (), N_("Isi hanya angka yang berubah. SPPT baru terbit dengan hitungan dari angka itu.")),
    None,  # months, not working days: given at the receipt
)
PENGURANGAN = _request(
    "pajak_pengurangan",
    N_("Pengurangan PBB"),
    "badge-percent",
    _request_steps(("persen", "lebih", "nomor_sk"), ("persen",), N_("SPPT baru terbit dengan pengurangan ini.")),
    MUTASI_DAYS,
)
MUTASI = _request(
    "pajak_mutasi",
    N_("Mutasi objek PBB"),
    "git-branch",
    _request_steps(("bagian", "nomor_sk"), (), N_("Untuk pemecahan isi bagiannya; jumlah luasnya harus sama. Balik nama dan penggabungan tidak perlu isian.")),
    MUTASI_DAYS,
)
OBJEK = _request(
    "pajak_objek",
    N_("Pengakuan objek PBB"),
    "house",
    _request_steps((), (), N_("Pemohon melihat objek ini lengkap dan mendapat kabarnya."), field_work=False),
    MUTASI_DAYS,
)


def sptpd_offers(db: Session, berkas: Berkas, transition: str) -> bool:
    """Money goes back only where more was paid than is owed."""
    if transition != "kembalikan":
        return True
    row = db.get(SPTPD, berkas.id)
    return row is not None and row.kredit > row.pajak


SPTPD_KIND = BerkasKind(
    slug="pajak_sptpd",
    title=N_("SPTPD bulanan"),
    initial="dilaporkan",
    states=(
        State("dilaporkan", N_("Dilaporkan"), "warn", public=N_("SPTPD diterima. Bayar dengan kode bayar di bawah."), icon="receipt-text"),
        State("nihil", N_("Nihil"), "muted", False, N_("SPTPD nihil diterima."), "circle-check"),
        State("lunas", N_("Lunas"), "ok", False, N_("Pajak masa ini sudah dibayar."), "badge-check"),
        State("diperiksa", N_("Diperiksa"), "primary", public=N_("Petugas memeriksa SPTPD ini."), icon="search"),
        State("sesuai", N_("Sesuai"), "ok", False, N_("Pemeriksaan selesai: sesuai."), "badge-check"),
        State("kurang_bayar", N_("Kurang bayar"), "error", False, N_("Pemeriksaan selesai. SKPDKB terbit untuk kekurangannya."), "circle-alert"),
        State("dikembalikan", N_("Lebih bayar"), "ok", False, N_("Pemeriksaan selesai. Kelebihan bayarnya dikembalikan atau dikompensasikan."), "undo-2"),
        State("dibetulkan", N_("Dibetulkan"), "muted", False, N_("Diganti dengan SPTPD pembetulan."), "rotate-ccw"),
    ),
    transitions=(
        Transition("nihil", N_("Nihil"), ("dilaporkan",), "nihil", by="system", clock="stop", notify=""),
        Transition("bayar", N_("Dibayar"), ("dilaporkan",), "lunas", by="system", clock="stop", notify="applicant"),
        Transition("dibetulkan", N_("Dibetulkan"), ("dilaporkan",), "dibetulkan", by="system", clock="stop", notify=""),
        Transition("periksa_lebih", N_("Lebih bayar"), ("dilaporkan",), "diperiksa", by="system", notify=""),
        Transition("periksa", N_("Periksa"), ("lunas", "nihil"), "diperiksa", permission=EXAMINE, fields=("officer",), tone="primary"),
        Transition("sesuai", N_("Sesuai"), ("diperiksa",), "sesuai", permission=EXAMINE, note="required", clock="stop", tone="primary"),
        Transition(
            "kurang_bayar",
            N_("Terbitkan SKPDKB"),
            ("diperiksa",),
            "kurang_bayar",
            permission=DECIDE,
            note="required",
            fields=("dasar",),
            required=("dasar",),
            clock="stop",
            tone="error",
            hint=N_("Isi dasar pajak yang benar; kekurangan dan bunganya dihitung sendiri."),
        ),
        Transition(
            "kembalikan",
            N_("Setujui lebih bayar"),
            ("diperiksa",),
            "dikembalikan",
            permission=DECIDE,
            note="required",
            fields=("lebih",),
            clock="stop",
            hint=N_("Yang dibayar untuk masa ini melebihi pajak pembetulannya."),
        ),
    ),
    **HOME,
    icon="receipt-text",
    offers=sptpd_offers,
    rateable=False,
    move_form=DecisionForm,
)

BPHTB_KIND = BerkasKind(
    slug="pajak_bphtb",
    title=N_("BPHTB"),
    initial="diajukan",
    states=(
        State("diajukan", N_("Diajukan"), "info", public=N_("SSPD-BPHTB sudah masuk dan menunggu penelitian."), icon="inbox"),
        State("perbaikan", N_("Perlu diperbaiki"), "warn", public=N_("Perbaiki yang diminta petugas. Waktu berhenti sementara."), icon="circle-alert"),
        State("menunggu_bayar", N_("Menunggu pembayaran"), "warn", public=N_("Penelitian selesai. Bayar dengan kode bayar di bawah."), icon="wallet"),
        State("lunas", N_("Lunas dan tervalidasi"), "ok", False, N_("BPHTB lunas. Bukti bayar dapat dibawa ke PPAT dan kantor pertanahan."), "badge-check"),
        State("nihil", N_("Nihil dan tervalidasi"), "ok", False, N_("BPHTB nihil. Lembar ini dapat dibawa ke PPAT dan kantor pertanahan."), "badge-check"),
        State("ditolak", N_("Ditolak"), "error", False, N_("SSPD-BPHTB ditolak; alasannya tertulis di bawah."), "ban"),
        State("dicabut", N_("Dicabut pemohon"), "muted", False, N_("Anda mencabut SSPD-BPHTB ini."), "undo-2"),
    ),
    transitions=(
        Transition(
            "setujui",
            N_("Setujui hitungan"),
            ("diajukan",),
            "menunggu_bayar",
            permission=EXAMINE,
            fields=("harga",),
            clock="stop",
            tone="primary",
            hint=N_("Isi nilai perolehan hanya bila penelitian menemukan nilai lain; pajaknya dihitung kembali."),
        ),
        Transition("validasi_nihil", N_("Validasi nihil"), ("diajukan",), "nihil", permission=EXAMINE, clock="stop", tone="primary"),
        ask_step("minta_perbaiki", N_("Minta diperbaiki"), ("diajukan",), "perbaikan", EXAMINE),
        repair_step("perbaiki", N_("Kirim perbaikan"), ("perbaikan",), "diajukan"),
        Transition("bayar", N_("Dibayar"), ("menunggu_bayar",), "lunas", by="system", clock="stop"),
        refuse_step("tolak", N_("Tolak"), ("diajukan", "perbaikan"), "ditolak", DECIDE),
        withdraw_step("cabut", N_("Cabut"), ("diajukan", "perbaikan"), "dicabut"),
    ),
    **HOME,
    deadline=Deadline(3, "pajak.bphtb_hk"),
    escalate=(EXAMINE, DECIDE),
    icon="file-signature",
    move_form=DecisionForm,
)

DAFTAR = BerkasKind(
    slug="pajak_daftar",
    title=N_("Pendaftaran wajib pajak daerah"),
    initial="diajukan",
    states=(
        State("diajukan", N_("Diajukan"), "info", public=N_("Pendaftaran sudah masuk dan menunggu diperiksa."), icon="inbox"),
        State("perbaikan", N_("Perlu dilengkapi"), "warn", public=N_("Lengkapi yang diminta petugas. Waktu berhenti sementara."), icon="circle-alert"),
        State("terdaftar", N_("Terdaftar"), "ok", False, N_("Usaha terdaftar. NPWPD dan surat pengukuhannya tertulis di bawah."), "badge-check"),
        State("ditolak", N_("Ditolak"), "error", False, N_("Pendaftaran ditolak; alasannya tertulis di bawah."), "ban"),
        State("dicabut", N_("Dicabut pemohon"), "muted", False, N_("Anda mencabut pendaftaran ini."), "undo-2"),
    ),
    transitions=(
        Transition("daftarkan", N_("Daftarkan"), ("diajukan",), "terdaftar", permission=EXAMINE, note="optional", clock="stop", tone="primary",
                   hint=N_("NPWPD terbit, usaha tercatat, dan surat pengukuhan masuk ke dompet dokumen pemohon.")),
        ask_step("minta_lengkapi", N_("Minta dilengkapi"), ("diajukan",), "perbaikan", EXAMINE),
        repair_step("lengkapi", N_("Kirim kelengkapan"), ("perbaikan",), "diajukan"),
        refuse_step("tolak", N_("Tolak"), ("diajukan", "perbaikan"), "ditolak", EXAMINE),
        withdraw_step("cabut", N_("Cabut pendaftaran"), ("diajukan", "perbaikan"), "dicabut"),
    ),
    **HOME,
    deadline=Deadline(3, "pajak.daftar_hk"),
    escalate=(EXAMINE, DECIDE),
    icon="store",
)  # fmt: skip

REQUESTS = {"objek": OBJEK, "mutasi": MUTASI, "keberatan": KEBERATAN, "pengurangan": PENGURANGAN}
ALL_KINDS = [OBJEK, MUTASI, KEBERATAN, PENGURANGAN, SPTPD_KIND, BPHTB_KIND, DAFTAR]
