"""A believable year of letters, equal for equal seed."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo.identity import Account, Jabatan, Opd, Penugasan
from pendopo.kit.calendar import calendar_for

from .intake import head_of
from .models import Acara, AcaraPejabat, Counter, Disposisi, KonsepVersion, Paraf, Pemesanan, Ruang, SuratKeluar, SuratMasuk

SENDERS = ("Kementerian Dalam Negeri", "Pemerintah Provinsi Banten", "BPKP Perwakilan Banten", "Camat Anyar", "Camat Ciruas", "Kepala Desa Cikoneng",
           "PT Contoh Baja Nusantara", "Yayasan Contoh Bahari", "Universitas Contoh", "Forum Contoh Pemuda", "BMKG Wilayah II", "Polres Contoh")
SUBJECTS = (
    "Undangan rapat koordinasi percepatan perbaikan jalan", "Permohonan data penduduk per desa", "Penyampaian hasil evaluasi pelayanan publik",
    "Permohonan audiensi pengelola wisata pantai", "Usulan perbaikan saluran irigasi", "Edaran kesiapsiagaan musim hujan", "Permohonan narasumber pelatihan UMKM",
    "Laporan kerusakan jembatan desa", "Permintaan tindak lanjut temuan pemeriksaan", "Penyampaian jadwal verifikasi lapangan", "Permohonan izin penelitian lapangan",
    "Undangan peringatan hari jadi", "Permohonan bantuan air bersih", "Penawaran kerja sama pelatihan digital", "Pemberitahuan pemadaman listrik terjadwal",
)
OUT = (
    ("undangan", "Undangan rapat evaluasi triwulan"), ("surat_dinas", "Jawaban permohonan data"), ("nota_dinas", "Laporan tindak lanjut pengaduan jalan"),
    ("surat_tugas", "Penugasan survei lapangan"), ("surat_edaran", "Jam pelayanan selama bulan puasa"), ("surat_dinas", "Penyampaian hasil survei jalan"),
)
NOTES = ("Mohon ditelaah dan laporkan.", "Koordinasikan dengan camat setempat.", "Siapkan bahan rapat.", "Segera cek lapangan, laporkan dengan foto.", "Untuk diketahui dan dipedomani.")
ROOMS = (("Ruang Rapat Pendopo", "Pendopo Kabupaten", 120, "proyektor, pengeras suara"), ("Ruang Rapat Sekda", "Setda lantai 2", 30, "layar, konferensi video"),
         ("Aula Tb. Suwandi", "Setda lantai dasar", 200, "panggung, pengeras suara"), ("Ruang Rapat Bappeda", "Bapperida lantai 1", 40, "proyektor"), ("Ruang Diskusi Diskominfo", "Diskominfosatik", 16, "layar"))
EVENTS = (("Rapat pimpinan mingguan", "Pendopo Kabupaten"), ("Peninjauan perbaikan jalan", "Kecamatan Pontang"), ("Musyawarah pembangunan kecamatan", "Kecamatan Anyar"),
          ("Penyerahan kartu pencari kerja", "Mal Pelayanan Publik"), ("Siaran bincang Gawe FM", "Studio Gawe FM"), ("Rapat kesiapsiagaan bencana", "Kantor BPBD"))


def fill(db: Session, *, seed: int, now: datetime, scale: float) -> None:
    rng = random.Random(f"surat-{seed}")
    calendar = calendar_for(db)
    opd_list = db.scalars(select(Opd).order_by(Opd.id)).all()
    led = [(opd, head) for opd in opd_list if (head := head_of(db, opd.id)) is not None]
    if not led:
        return
    numbers: dict[tuple[int, str, int], int] = {}
    _incoming(db, rng, calendar, led, numbers, now, int(300 * scale))
    _outgoing(db, rng, calendar, led, numbers, now, int(120 * scale))
    db.add_all(Counter(opd_id=opd, book=book, year=year, last=last) for (opd, book, year), last in numbers.items())
    _agenda(db, rng, calendar, now)
    db.flush()


def _next(numbers: dict, opd_id: int, book: str, year: int) -> int:
    numbers[opd_id, book, year] = numbers.get((opd_id, book, year), 0) + 1
    return numbers[opd_id, book, year]


def _incoming(db, rng, calendar, led, numbers, now, count) -> None:
    children: dict[int, list[Jabatan]] = {}
    for jabatan in db.scalars(select(Jabatan)):
        if jabatan.atasan_id:
            children.setdefault(jabatan.atasan_id, []).append(jabatan)
    moments = sorted(now - timedelta(days=rng.uniform(0.1, 330), hours=rng.uniform(0, 6)) for _ in range(count))
    for moment in moments:
        opd, head = rng.choice(led)
        derajat = rng.choices(("biasa", "penting", "segera", "amat_segera"), (60, 25, 12, 3))[0]
        old = moment < now - timedelta(days=9)
        local = calendar.local(moment)
        letter = SuratMasuk(
            opd_id=opd.id, year=local.year, agenda_number=_next(numbers, opd.id, "masuk", local.year), nomor_surat=f"{rng.choice((100, 400, 600, 800))}.{rng.randint(1, 9)}/{rng.randint(1, 900):04d}/{local.year}",
            tanggal_surat=(local - timedelta(days=rng.randint(1, 5))).date(), received_at=moment, pengirim=rng.choice(SENDERS), perihal=rng.choice(SUBJECTS), ringkasan="",
            sifat=rng.choices(("biasa", "terbatas", "rahasia"), (90, 8, 2))[0], derajat=derajat, klasifikasi=rng.choice(("000.8", "100.2.1", "400.3.5", "600.1.10", "800.1.11")),
            source="loket", status="dicatat", due_at=moment + timedelta(days={"biasa": 7, "penting": 4, "segera": 2, "amat_segera": 1}[derajat]), closed_at=None,
        )
        db.add(letter)
        db.flush()
        if not old and rng.random() < 0.25:
            continue
        letter.status = "selesai" if old and rng.random() < 0.93 else "didisposisi"
        done = letter.status == "selesai"
        letter.closed_at = moment + timedelta(days=rng.uniform(1, 6)) if done else None
        first = _disposisi(rng, letter, None, None, head.id, moment + timedelta(hours=2), done)
        db.add(first)
        db.flush()
        below = children.get(head.id, [])
        if below and rng.random() < 0.7:
            first.status = "selesai" if done else "diteruskan"
            first.read_at = first.read_at or first.sent_at + timedelta(minutes=30)
            db.add(_disposisi(rng, letter, first.id, head.id, rng.choice(below).id, moment + timedelta(hours=5), done))


def _disposisi(rng, letter, parent_id, sender, target, sent, done) -> Disposisi:
    status = "selesai" if done else rng.choice(("dikirim", "dibaca", "diproses"))
    return Disposisi(
        surat_id=letter.id, parent_id=parent_id, from_jabatan_id=sender, to_jabatan_id=target, instruksi=[rng.choice(("tindak_lanjuti", "pelajari", "koordinasikan", "laporkan"))],
        catatan=rng.choice(NOTES), due_at=letter.due_at, status=status, sent_at=sent, read_at=sent + timedelta(hours=1) if status != "dikirim" else None,
        started_at=sent + timedelta(hours=3) if status in ("diproses", "selesai") else None, closed_at=letter.closed_at if done else None,
        result="Sudah ditindaklanjuti dan dilaporkan." if done else "",
    )


def _outgoing(db, rng, calendar, led, numbers, now, count) -> None:
    holders = dict(db.execute(select(Penugasan.jabatan_id, Penugasan.account_id)).all())
    names = dict(db.execute(select(Account.id, Account.name)).all())
    moments = sorted(now - timedelta(days=rng.uniform(0.2, 330)) for _ in range(count))
    for n, moment in enumerate(moments):
        opd, head = rng.choice(led)
        signer = holders.get(head.id)
        if signer is None:
            continue
        jenis, perihal = rng.choice(OUT)
        local = calendar.local(moment)
        sealed = n < count - 8
        body = "Dengan hormat,\n\nMenindaklanjuti surat yang kami terima, bersama ini kami sampaikan hal-hal sebagaimana terlampir.\n\nDemikian, atas perhatian Saudara kami ucapkan terima kasih."
        letter = SuratKeluar(
            opd_id=opd.id, jenis=jenis, perihal=perihal, sifat="biasa", klasifikasi=rng.choice(("000.8", "600.1.10", "800.1.11")), tujuan=rng.choice(SENDERS), tembusan="", body=body,
            status="disegel" if sealed else rng.choice(("konsep", "paraf")), drafted_by=signer, drafted_at=moment, signer_jabatan_id=head.id, suffix="", nomor="", signer_name="", signer_post="", sha256="", version=1,
        )
        if sealed:
            urut = _next(numbers, opd.id, "keluar", local.year)
            letter.urut, letter.year, letter.letter_date = urut, local.year, local.date()
            letter.nomor = f"{letter.klasifikasi}/{urut:04d}/{opd.short_name}/{local.year}"
            letter.sealed_at, letter.sealed_by, letter.signer_name, letter.signer_post = moment, signer, names.get(signer, ""), head.name
            letter.token = f"contoh{rng.getrandbits(80):020x}"
        letter.paraf_list = [Paraf(position=1, jabatan_id=head.id, status="disetujui" if sealed else "giliran" if letter.status == "paraf" else "menunggu", acted_by=signer if sealed else None, acted_at=moment if sealed else None, note="")]
        letter.versions = [KonsepVersion(number=1, perihal=perihal, body=body, written_by=signer, written_at=moment)]
        db.add(letter)
    db.flush()


def _agenda(db, rng, calendar, now) -> None:
    rooms = [Ruang(name=name, place=place, seats=seats, facilities=facilities) for name, place, seats, facilities in ROOMS]
    db.add_all(rooms)
    leaders = db.scalars(select(Jabatan).where(Jabatan.eselon.in_(("kepala_daerah", "II.a", "II.b"))).order_by(Jabatan.id).limit(12)).all()
    holders = dict(db.execute(select(Penugasan.jabatan_id, Penugasan.account_id)).all())
    db.flush()
    day0 = calendar.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    for day in range(-5, 12):
        morning = day0 + timedelta(days=day)
        if morning.weekday() > 4 or not leaders:
            continue
        for hour, (title, place) in zip((9, 13), rng.sample(EVENTS, 2), strict=True):
            start = morning + timedelta(hours=hour)
            acara = Acara(title=title, start_at=start, end_at=start + timedelta(hours=2), place=place, note="")
            acara.officials = [AcaraPejabat(jabatan_id=j.id, status=rng.choice(("diundang", "hadir")), note="") for j in rng.sample(list(leaders), min(2, len(leaders)))]
            db.add(acara)
        host = rng.choice(leaders)
        if host.id in holders:
            start = morning + timedelta(hours=10)
            db.add(Pemesanan(ruang_id=rng.choice(rooms).id, title="Rapat koordinasi", start_at=start, end_at=start + timedelta(hours=2), jabatan_id=host.id, eselon=host.eselon or "", booked_by=holders[host.id], status="dipesan"))
