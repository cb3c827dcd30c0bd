"""What the radio adds to the house."""

from __future__ import annotations

from datetime import UTC, datetime

from pendopo import (
    N_,
    CalendarEntry,
    DashboardCard,
    Fixture,
    Health,
    Job,
    MenuEntry,
    Permission,
    PersonalData,
    PluginCard,
    RoleSpec,
    SearchResult,
    Service,
    SettingSpec,
    Statistic,
    Topic,
    _,
    hookimpl,
)

READ = ("radio.studio",)
SPEAK = ("radio.studio", "radio.announce", "radio.warnings")
EDIT = (*SPEAK, "radio.readouts", "radio.board", "radio.programme", "radio.archive", "radio.media", "radio.producer")


@hookimpl
def plugin_card():
    return PluginCard(
        "radio", N_("Radio"), "gawe", N_("Siaran langsung, jadwal acara, dan pengumuman untuk warga."), "radio", owner_opd="diskominfo",
    )


@hookimpl
def plugin_hookspecs():
    from . import hookspecs

    return [hookspecs]


@hookimpl
def routes():
    from .archive.routes import routes as archive
    from .board.routes import routes as board
    from .listening.routes import routes as listening
    from .live.routes import routes as live
    from .planning.routes import routes as planning
    from .push.routes import routes as push
    from .putting_away import routes as putting_away
    from .routes import routes
    from .warnings.routes import routes as warnings

    return [*putting_away, *push, *routes, *listening, *board, *planning, *archive, *warnings, *live]


@hookimpl
def staff_routes():
    from .archive.routes import staff_routes as archive
    from .board.routes import staff_routes as board
    from .listening.routes import staff_routes as listening
    from .live.routes import staff_routes as live
    from .planning.routes import staff_routes as planning
    from .studio import staff_routes
    from .warnings.routes import staff_routes as warnings
    from .writing import routes as writing

    return [*writing, *staff_routes, *live, *planning, *board, *warnings, *archive, *listening]


@hookimpl
def menu_entries(actor):
    return [
        MenuEntry(_("Radio"), "/radio/", "gawe", "radio", _("Dengarkan siaran, lihat jadwal dan pengumuman"), rank=80, group=_("Informasi")),
        MenuEntry(
            _("Studio radio"), "/kerja/radio/", "kerja", "radio-tower", _("Siaran, pengumuman, dan permintaan bacaan"), permission="radio.studio",
            badge="radio", rank=60, group=_("Komunikasi"),
        ),
    ]


@hookimpl
def permissions():
    return [
        Permission("radio.studio", N_("Melihat studio dan melewati lagu")),
        Permission("radio.announce", N_("Menulis dan menerbitkan pengumuman")),
        Permission("radio.approve", N_("Menyetujui pengumuman darurat")),
        Permission("radio.readouts", N_("Menerima atau menolak permintaan bacaan")),
        Permission("radio.programme", N_("Mengatur jadwal acara")),
        Permission("radio.board", N_("Memeriksa permintaan lagu, salam, dan pertanyaan pendengar")),
        Permission("radio.warnings", N_("Menerima alarm peringatan dini")),
        Permission("radio.archive", N_("Membuka arsip siaran, bukti siar, dan siaran ulang")),
        Permission("radio.live", N_("Berbicara di udara")),
        Permission("radio.producer", N_("Menyaring penelepon, memberi dan mengambil mikrofon")),
        Permission("radio.media", N_("Mengelola pustaka lagu dan daftar putar")),
    ]


@hookimpl
def roles():
    return [
        RoleSpec("radio_penyiar", N_("Penyiar radio"), (*SPEAK, "radio.board", "radio.live"), "regency"),
        RoleSpec("radio_editor", N_("Redaktur siaran"), EDIT, "regency"),
        RoleSpec("radio_pejabat", N_("Pejabat peringatan"), (*SPEAK, "radio.approve"), "regency"),
    ]


@hookimpl
def topics():
    return [
        Topic("radio.pengumuman", N_("Pengumuman radio dan portal"), channels=("inbox",)),
        Topic("radio.darurat", N_("Pengumuman darurat"), urgent=True, mandatory=True),
        Topic("radio.persetujuan", N_("Pengumuman darurat menunggu persetujuan Anda"), audience="pegawai", urgent=True, mandatory=True),
        Topic("radio.peringatan", N_("Alarm peringatan dini"), audience="pegawai", urgent=True, mandatory=True),
        Topic("radio.papan", N_("Kabar kiriman Anda ke radio"), channels=("inbox",)),
        Topic("radio.gangguan", N_("Gangguan siaran: hening, cadangan terakhir, perekam, mesin"), audience="pegawai", urgent=True),
        Topic("radio.bacaan", N_("Permintaan bacaan dari layanan lain"), channels=("inbox",), audience="pegawai"),
    ]


@hookimpl
def settings():
    return [
        SettingSpec("radio.darurat_dua_orang", N_("Pengumuman darurat perlu orang kedua"), "bool", True,
                    N_("Ya: penulis dan penyetuju harus orang yang berbeda."), "contoh"),
        SettingSpec("radio.arsip_hari", N_("Lama rekaman siaran disimpan (hari)"), "int", 400,
                    N_("Paling sedikit setahun menurut aturan penyiaran; baris log dan sidiknya tidak pernah dihapus."), "contoh", minimum=30, maximum=20_000),
        SettingSpec("radio.ulang_hari", N_("Lama siaran ulang dapat didengar (hari)"), "int", 365, "", "contoh", minimum=1, maximum=20_000),
        SettingSpec("radio.unggah_mb", N_("Ukuran terbesar berkas pustaka (MB)"), "int", 55, "", "contoh", minimum=1, maximum=2_000),
        SettingSpec("radio.papan_buka", N_("Papan pendengar dibuka"), "bool", True,
                    N_("Tidak: permintaan lagu, salam, dan pertanyaan tidak diterima."), "contoh"),
        SettingSpec("radio.papan_tanpa_akun", N_("Pendengar tanpa akun boleh mengirim"), "bool", True,
                    N_("Dibatasi menurut alamat jaringan, yang disimpan teracak dan dilupakan tiap hari."), "contoh"),
        SettingSpec("radio.papan_jeda_lagu", N_("Jeda antara dua permintaan lagu seorang pendengar (menit)"), "int", 30, "", "contoh", minimum=0, maximum=1440),
        SettingSpec("radio.papan_jeda_salam", N_("Jeda antara dua salam seorang pendengar (menit)"), "int", 30, "", "contoh", minimum=0, maximum=1440),
        SettingSpec("radio.papan_jeda_tanya", N_("Jeda antara dua pertanyaan seorang pendengar (menit)"), "int", 5, "", "contoh", minimum=0, maximum=1440),
        SettingSpec("radio.papan_kata", N_("Kata yang tidak dibacakan"), "text", "", N_("Dipisahkan koma. Kiriman yang memuatnya tidak diterima."), "contoh"),
        SettingSpec("radio.papan_simpan_hari", N_("Lama kiriman pendengar disimpan (hari)"), "int", 90, "", "contoh", minimum=1, maximum=3650),
        SettingSpec("radio.nomor_studio", N_("Nomor telepon studio"), "text", "", N_("Ditampilkan di halaman radio; kosong berarti tidak ada."), "contoh"),
        SettingSpec("radio.pendengar_hari", N_("Lama hitungan pendengar disimpan (hari)"), "int", 400, "", "contoh", minimum=1, maximum=3650),
        SettingSpec("radio.telepon", N_("Warga boleh menelepon siaran"), "bool", True, N_("Tidak: halaman telepon menyatakan sedang ditutup."), "contoh"),
        SettingSpec("radio.whep_batas", N_("Pendengar tanpa jeda (WebRTC) tiap proses"), "int", 50,
                    N_("Tiap pendengar seperti ini memakai CPU puluhan kali pendengar biasa; 0 menutupnya."), "contoh", minimum=0, maximum=1000),
        SettingSpec("radio.ice", N_("Server STUN dan TURN"), "text", "",
                    N_("Dipisahkan spasi, misalnya stun:stun.contoh.go.id:3478 turn:nama:sandi@turn.contoh.go.id:3478. Kosong: jaringan sendiri."), "contoh"),
        SettingSpec("radio.ulang_menit", N_("Sejauh mana siaran dapat diputar mundur (menit)"), "int", 120, "", "contoh", minimum=1, maximum=10_080),
        SettingSpec("radio.pendengar_url", N_("Alamat gerbang pendengar"), "text", "",
                    N_("Alamat umum gerbang tersendiri, misalnya https://siaran.contoh.go.id. Kosong: pendengar dilayani portal ini."), "contoh"),
        SettingSpec("radio.push_layanan", N_("Layanan pemberitahuan perangkat yang dipercaya"), "text",
                    "fcm.googleapis.com updates.push.services.mozilla.com *.push.apple.com *.notify.windows.com",
                    N_("Nama host dipisahkan spasi. Kosong: pengumuman tidak dikirim ke perangkat."), "contoh"),
        SettingSpec("radio.peringatan_aktif", N_("Ambil peringatan dini dari BMKG"), "bool", False,
                    N_("Alamatnya ada di bawah ini; BMKG disebut sebagai sumber di layar dan di udara."), "contoh"),
        SettingSpec("radio.peringatan_cap", N_("Alamat indeks CAP 1.2"), "text", "https://www.bmkg.go.id/alerts/nowcast/id",
                    N_("RSS atau Atom; beberapa alamat dipisahkan spasi."), "contoh"),
        SettingSpec("radio.peringatan_gempa", N_("Alamat data gempa BMKG (JSON)"), "text", " ".join(
            f"https://data.bmkg.go.id/DataMKG/TEWS/{name}.json" for name in ("autogempa", "gempaterkini", "gempadirasakan")
        ), N_("Dipisahkan spasi."), "contoh"),
        SettingSpec("radio.peringatan_simulator", N_("Alamat simulator peringatan"), "text", "",
                    N_("Untuk latihan: pengumuman yang lahir darinya selalu bertanda LATIHAN. Kosong: tidak dipakai."), "contoh"),
        SettingSpec("radio.peringatan_langsung", N_("Peringatan ekstrem disiarkan langsung"), "bool", True,
                    N_("Ya: peringatan ekstrem dan potensi tsunami mengudara tanpa menunggu orang. Tidak: studio dibunyikan alarmnya."), "contoh"),
        SettingSpec("radio.spanduk_info_menit", N_("Lama spanduk pengumuman biasa (menit)"), "int", 120, "", "contoh", minimum=1, maximum=10_080),
    ]


@hookimpl
def services():
    from .listening.port import port_services

    command = ("{python}", "-m", "pendopo_stream.engine", "--home", "{home}/radio", "--mounts", "mp3,opus,hls")
    return [Service("radio", N_("Mesin siaran"), command, {"OMP_NUM_THREADS": "1"}), *port_services()]


@hookimpl
def commands():
    from .commands import radio_commands

    return [radio_commands]


@hookimpl
def companions():
    from .companion import companion
    from .live.desk import live_companion

    return [companion(), live_companion()]


@hookimpl
def jobs():
    from . import work
    from .archive import work as archive
    from .listening import work as listening
    from .warnings import work as warnings

    return [
        Job("radio_peringatan", N_("Ambil peringatan dini dari BMKG"), warnings.poll, cron="* * * * *", retries=0),
        Job("radio_peringatan_rapi", N_("Lupakan peringatan lama dan rekaman suara yang tidak dipakai"), warnings.forget, cron="37 2 * * *"),
        Job("radio_pendengar", N_("Catat jumlah pendengar"), listening.sample, cron="* * * * *", retries=0),
        Job("radio_lupakan", N_("Hapus kiriman pendengar dan hitungan yang lewat masa simpan"), listening.forget, cron="17 2 * * *"),
        Job("radio_rencana", N_("Tulis jadwal acara untuk mesin siaran"), work.write_programme, cron="*/10 * * * *"),
        Job("radio_rawat", N_("Turunkan pengumuman yang lewat waktu dan salin log siar"), work.tend, cron="* * * * *"),
        Job("radio_arsip", N_("Potong siaran ulang, salin jam rekaman, hapus yang lewat masa simpan"), archive.tend, cron="*/5 * * * *"),
    ]


@hookimpl
def page_fixtures():
    return [Fixture("radio", "gawe_radio/_player.html")]


@hookimpl
def page_notice(db, actor):
    from .banners import notice

    return notice(db, actor, datetime.now(UTC))


@hookimpl
def may_join(db, topic, actor):
    asked = {"radio-studio": "radio.studio", "radio-papan": "radio.board"}.get(topic)
    return actor.can(asked) if asked else None


@hookimpl
def badge_counts(db, actor):
    if not any(actor.can(permission) for permission in ("radio.readouts", "radio.approve", "radio.board", "radio.warnings")):
        return []
    from .announcements import waiting_for_release
    from .board.wishes import count_waiting as wishes_waiting
    from .readouts import count_waiting
    from .warnings.services import ringing

    releases = len(waiting_for_release(db)) if actor.can("radio.approve") else 0
    releases += len(ringing(db, datetime.now(UTC))) if actor.can("radio.warnings") else 0
    wishes = wishes_waiting(db) if actor.can("radio.board") else 0
    return [("radio", releases + wishes + (count_waiting(db) if actor.can("radio.readouts") else 0))]


@hookimpl
def dashboard_cards(db, face):
    if face != "gawe":
        return []
    from . import companion
    from .announcements import active_announcements
    from .programmes import slots_between

    now = datetime.now(UTC)
    slots = slots_between(db, now, now)
    context = {"playing": companion.now_playing(companion.hub), "slot": slots[0] if slots else None, "words": active_announcements(db, now)[:3]}
    return [DashboardCard("radio", _("Di udara sekarang"), "gawe_radio/_card.html", context, rank=60)]


@hookimpl
def search_results(db, query, actor, limit):
    from .announcements import public_announcements

    return [
        SearchResult(word.title, f"/radio/pengumuman/{word.id}", _("Pengumuman"), word.words("id")[:160], 0.5, word.published_at)
        for word in public_announcements(db, text=query, limit=limit)
    ]


@hookimpl
def calendar_entries(db, actor, start, end):
    from .programmes import presented_by, slots_between

    if not actor.can("radio.studio"):
        return []
    own = presented_by(db, actor)
    theirs = [slot for slot in slots_between(db, start, end) if slot.program in own or slot.presenter == actor.name]
    return [CalendarEntry(slot.title, slot.start, slot.end, "/radio/jadwal/") for slot in theirs]


@hookimpl
def statistics(db):
    from sqlalchemy import func, select

    from .models import Announcement

    count = db.scalar(select(func.count()).select_from(Announcement).where(Announcement.state.in_(("terbit", "batal"))))
    return [Statistic("radio_pengumuman", _("Pengumuman yang disiarkan"), count, _("pengumuman"), "/radio/pengumuman/")]


@hookimpl
def health(db):
    from . import station

    state = station.state()
    if state is None:
        return [Health("radio", False, _("Mesin siaran belum menjawab."))]
    rung = state["now"]["rung"]
    if rung in ("ident", "tone"):
        return [Health("radio", False, _("Tidak ada musik yang dapat diputar."))]
    detail = state["now"]["track"]["label"] + ("" if state["voice"] else " · " + _("tanpa suara pembaca"))
    return [Health("radio", not state["log_fault"], state["log_fault"] or detail)]


@hookimpl
def personal_data(db, account_id):
    from sqlalchemy import select

    from .board.wishes import personal_data as sent
    from .live.calls import personal_data as called
    from .models import Announcement

    others = [*sent(db, account_id), *called(db, account_id)]
    rows = [
        {"judul": word.title, "ditulis": word.created_at.isoformat()}
        for word in db.scalars(select(Announcement).where((Announcement.created_by == account_id) | (Announcement.decided_by == account_id)))
    ]
    if not rows:
        return others
    title, purpose = _("Pengumuman yang Anda tulis atau setujui"), _("Bukti siar dan pertanggungjawaban")
    return [PersonalData(title, purpose, "UU 32/2002", rows, _("Selama arsip siaran disimpan")), *others]


@hookimpl
def person_erased(db, key, account_id):
    from sqlalchemy import update

    from .board.wishes import erase
    from .live.calls import erase as erase_calls
    from .models import Announcement

    erase(db, account_id)
    erase_calls(db, account_id)
    db.execute(update(Announcement).where(Announcement.created_by == account_id).values(author=""))


@hookimpl
def read_out_requested(db, key, plugin, text, priority, until):
    from .readouts import receive_request

    receive_request(db, key=key, plugin=plugin, text=text, priority=priority, until=until, now=datetime.now(UTC))


@hookimpl
def radio_air_wanted(db, key, announcement_id):
    from .station import bring_to_air

    bring_to_air(db, announcement_id, datetime.now(UTC))


@hookimpl
def radio_song_wanted(db, key, wish_id):
    from .board.desk import bring_song

    bring_song(db, wish_id, datetime.now(UTC))


@hookimpl
def radio_inbox_wanted(db, key, announcement_id, version, kind, after):
    from .inbox import fill_lot

    fill_lot(db, announcement_id=announcement_id, version=version, kind=kind, after=after)


@hookimpl
def demo_data(db, seed, now, scale):
    from .demo import fill

    fill(db, seed=seed, now=now, scale=scale)
