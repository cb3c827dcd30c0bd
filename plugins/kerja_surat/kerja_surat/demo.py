"""A believable year of letters, equal for equal seed."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo.identity import Account, Actor, Jabatan, Opd, Penugasan
from pendopo.kit.calendar import calendar_for

from .chain import head_of
from .models import Acara, AcaraPejabat, Counter, Disposisi, KonsepVersion, Paraf, Pemesanan, Ruang, SuratKeluar, SuratMasuk
from .rules import INSTRUKSI
from .sealing import seal

SENDERS = (
    "Kementerian Dalam Negeri",
    "Pemerintah Provinsi Banten",
    "BPKP Perwakilan Banten",
    "Camat Anyar",
    "Camat Ciruas",
    "Kepala Desa Cikoneng",
    "PT Contoh Baja Nusantara",
    "Yayasan Contoh Bahari",
    "Universitas Contoh",
    "Forum Contoh Pemuda",
    "BMKG Wilayah II",
    "Polres Contoh",
)
SUBJECTS = (
    "Undangan rapat koordinasi percepatan perbaikan jalan",
    "Permohonan data penduduk per desa",
    "Penyampaian hasil evaluasi pelayanan publik",
    "Permohonan audiensi pengelola wisata pantai",
    "Usulan perbaikan saluran irigasi",
    "Edaran kesiapsiagaan musim hujan",
    "Permohonan narasumber pelatihan UMKM",
    "Laporan kerusakan jembatan desa",
    "Permintaan tindak lanjut temuan pemeriksaan",
    "Penyampaian jadwal verifikasi lapangan",
    "Permohonan izin penelitian lapangan",
    "Undangan peringatan hari jadi",
    "Permohonan bantuan air bersih",
    "Penawaran kerja sama pelatihan digital",
    "Pemberitahuan pemadaman listrik terjadwal",
)
OUT = (
    ("undangan", "Undangan rapat evaluasi triwulan"),
    ("surat_dinas", "Jawaban permohonan data"),
    ("nota_dinas", "Laporan tindak lanjut pengaduan jalan"),
    ("surat_tugas", "Penugasan survei lapangan"),
    ("surat_edaran", "Jam pelayanan selama bulan puasa"),
    ("surat_dinas", "Penyampaian hasil survei jalan"),
)
NOTES = (
    "Mohon ditelaah dan laporkan.",
    "Koordinasikan dengan camat setempat.",
    "Siapkan bahan rapat.",
    "Segera cek lapangan, laporkan dengan foto.",
    "Untuk diketahui dan dipedomani.",
)
ROOMS = (
    ("Ruang Rapat Pendopo", "Pendopo Kabupaten", 120, "proyektor, pengeras suara"),
    ("Ruang Rapat Sekda", "Setda lantai 2", 30, "layar, konferensi video"),
    ("Aula Tb. Suwandi", "Setda lantai dasar", 200, "panggung, pengeras suara"),
    ("Ruang Rapat Bappeda", "Bapperida lantai 1", 40, "proyektor"),
    ("Ruang Diskusi Diskominfo", "Diskominfosatik", 16, "layar"),
)
EVENTS = (
    ("Rapat pimpinan mingguan", "Pendopo Kabupaten"),
    ("Peninjauan perbaikan jalan", "Kecamatan Pontang"),
    ("Musyawarah pembangunan kecamatan", "Kecamatan Anyar"),
    ("Penyerahan kartu pencari kerja", "Mal Pelayanan Publik"),
    ("Siaran bincang Gawe FM", "Studio Gawe FM"),
    ("Rapat kesiapsiagaan bencana", "Kantor BPBD"),
)

BODY = (
    "Dengan hormat,\n\nMenindaklanjuti surat yang kami terima, bersama ini kami sampaikan hal-hal sebagaimana terlampir.\n\n"
    "Demikian, atas perhatian Saudara kami ucapkan terima kasih."
)
MEETINGS = ("Rapat koordinasi", "Rapat persiapan musrenbang", "Evaluasi triwulan", "Paparan rencana kerja")
DESKS = (  # hours ago, sender, subject, derajat, how far down it went (2: from DPUPR's own book to the kabid); oldest first
    (74, "Camat Kramatwatu", "Survei titik genangan di Kramatwatu", "biasa", 5),
    (50, "Camat Ciruas", "Keluhan lubang di ruas Ciruas-Pontang", "penting", 5),
    (30, "Kepala Desa Cikoneng", "Permohonan perbaikan jalan lingkungan", "biasa", 3),
    (28, "Pemerintah Provinsi Banten", "Permintaan data kondisi jalan kabupaten", "penting", 2),
    (26, "Camat Pontang", "Laporan jembatan rusak di Pontang", "amat_segera", 3),
    (5, "Forum Contoh Pemuda", "Permohonan audiensi Forum Contoh Pemuda", "biasa", 1),
    (2, "Pemerintah Provinsi Banten", "Undangan rapat koordinasi banjir tingkat provinsi", "segera", 1),
)
FOR_PARAF = (
    ("surat_dinas", "Jawaban permohonan perbaikan jalan lingkungan", "Kepala Desa Cikoneng"),
    ("nota_dinas", "Laporan survei jalan berlubang ruas Ciruas-Pontang", "Kepala Dinas"),
    ("surat_tugas", "Penugasan survei titik genangan", "Petugas Survei Jalan"),
)


def fill(db: Session, *, seed: int, now: datetime, scale: float) -> None:
    rng = random.Random(f"surat-{seed}")  # noqa: S311  invented letters
    calendar = calendar_for(db)
    offices = _Offices(db)
    if not offices.led:
        return
    numbers: dict[tuple[int, str, int], int] = {}
    _incoming(db, rng, calendar, offices, numbers, now, max(20, int(300 * scale)))
    _outgoing(db, rng, calendar, offices, now, max(12, int(120 * scale)))
    _desks(db, calendar, offices, numbers, now)
    db.add_all(Counter(opd_id=opd, book=book, year=year, last=last) for (opd, book, year), last in sorted(numbers.items()))
    _agenda(db, rng, calendar, offices, now)
    db.flush()


class _Offices:
    """Who sits where."""

    def __init__(self, db: Session) -> None:
        self.opd = {opd.id: opd for opd in db.scalars(select(Opd).order_by(Opd.id))}
        self.jabatan = {j.id: j for j in db.scalars(select(Jabatan).order_by(Jabatan.id))}
        self.holder = {row.jabatan_id: row.account_id for row in db.execute(select(Penugasan.jabatan_id, Penugasan.account_id))}
        self.account = {account.id: account for account in db.scalars(select(Account).where(Account.nip.is_not(None)))}
        heads = [(opd, head_of(db, opd.id)) for opd in self.opd.values()]
        self.led = [(opd, head) for opd, head in heads if head is not None]
        self.below: dict[int, list[Jabatan]] = {}
        for jabatan in self.jabatan.values():
            if jabatan.atasan_id:
                self.below.setdefault(jabatan.atasan_id, []).append(jabatan)

    def of(self, handle: str) -> Jabatan | None:
        """The chair of a demo account."""
        account = next((one for one in self.account.values() if one.handle == handle), None)
        return next((self.jabatan[j] for j, holder in self.holder.items() if account and holder == account.id), None)

    def up(self, jabatan: Jabatan) -> Jabatan | None:
        return self.jabatan.get(jabatan.atasan_id) if jabatan.atasan_id else None


def _next(numbers: dict[tuple[int, str, int], int], opd_id: int, book: str, year: int) -> int:
    numbers[opd_id, book, year] = numbers.get((opd_id, book, year), 0) + 1
    return numbers[opd_id, book, year]


def _letter(rng, calendar, numbers, opd: Opd, moment: datetime, **more) -> SuratMasuk:
    local = calendar.local(moment)
    derajat = more.pop("derajat", None) or rng.choices(("biasa", "penting", "segera", "amat_segera"), (60, 25, 12, 3))[0]
    values = {
        "pengirim": rng.choice(SENDERS),
        "perihal": rng.choice(SUBJECTS),
        "ringkasan": "",
        "sifat": rng.choices(("biasa", "terbatas", "rahasia"), (90, 8, 2))[0],
        "klasifikasi": rng.choice(("000.8", "100.2.1", "400.3.5", "600.1.10", "800.1.11")),
        "status": "didisposisi",
        "closed_at": None,
        **more,
    }
    due = {
        "biasa": calendar.add_working_days(moment, 5),
        "penting": calendar.add_working_days(moment, 3, same_time=True),
        "segera": calendar.add_working_days(moment, 2, same_time=True),
        "amat_segera": calendar.add_clock_hours(moment, 24),
    }[derajat]
    return SuratMasuk(
        opd_id=opd.id,
        year=local.year,
        agenda_number=_next(numbers, opd.id, "masuk", local.year),
        tanggal_surat=(local - timedelta(days=rng.randint(1, 5))).date(),
        nomor_surat=f"{rng.choice((100, 400, 600, 800))}.{rng.randint(1, 9)}/{rng.randint(1, 900):04d}/{local.year}",
        received_at=moment,
        derajat=derajat,
        source="loket",
        due_at=due,
        **values,
    )


def _incoming(db, rng, calendar, offices: _Offices, numbers, now, count) -> None:
    """A year of letters: the old ones are nearly all done, the newest lie on desks."""
    first = max(now - timedelta(days=330), datetime(min(calendar.years), 1, 8, tzinfo=now.tzinfo))
    days = (now - first).total_seconds() / 86400
    moments = sorted(_office_hours(rng, calendar, now - timedelta(days=rng.uniform(0.1, days))) for _ in range(count))
    for moment in (m for m in moments if m < now):
        opd, head = rng.choice(offices.led)
        old = moment < now - timedelta(days=9)
        if not old and rng.random() < 0.25:
            db.add(_letter(rng, calendar, numbers, opd, moment, status="dicatat"))
            continue
        done = old and rng.random() < 0.93
        letter = _letter(rng, calendar, numbers, opd, moment, status="selesai" if done else "didisposisi")
        letter.closed_at = min(moment + timedelta(days=rng.uniform(1, 6)), now) if done else None
        db.add(letter)
        db.flush()
        laid = _disposisi(offices, letter, None, None, head.id, moment, done=done, status="selesai" if done else "dibaca")
        db.add(laid)
        db.flush()
        below = [j for j in offices.below.get(head.id, []) if j.opd_id == opd.id] or offices.below.get(head.id, [])
        if below and rng.random() < 0.8 and letter.sifat != "rahasia":
            laid.status = "selesai" if done else "diteruskan"
            status = "selesai" if done else rng.choice(("dikirim", "dibaca", "diproses"))
            sent = min(moment + timedelta(hours=5), now)
            db.add(
                _disposisi(
                    offices,
                    letter,
                    laid,
                    head.id,
                    rng.choice(below).id,
                    sent,
                    done=done,
                    status=status,
                    instruksi=rng.choice(list(INSTRUKSI)),
                    catatan=rng.choice(NOTES),
                )
            )
    db.flush()


def _office_hours(rng, calendar, moment: datetime) -> datetime:
    """That day, or the Friday before, between 08.00 and 15.00."""
    day = calendar.local(moment).date()
    day -= timedelta(days=max(0, day.weekday() - 4))
    return calendar.at(day, time(rng.randint(8, 14), rng.randrange(60)))


def _disposisi(offices: _Offices, letter: SuratMasuk, parent, sender, target, sent, *, done=False, status="dikirim", instruksi="", catatan="") -> Disposisi:
    return Disposisi(
        surat_id=letter.id,
        parent_id=parent.id if parent else None,
        from_jabatan_id=sender,
        to_jabatan_id=target,
        instruksi=[instruksi] if instruksi else [],
        catatan=catatan,
        due_at=letter.due_at,
        status=status,
        sent_at=sent,
        sent_by=offices.holder.get(sender) if sender else None,
        sent_as="",
        read_at=sent + timedelta(minutes=40) if status != "dikirim" else None,
        started_at=sent + timedelta(hours=2) if status in ("diproses", "selesai") else None,
        closed_at=letter.closed_at if done else None,
        result="Sudah ditindaklanjuti dan dilaporkan." if done and sender else "Selesai sesuai disposisi." if done else "",
    )


def _outgoing(db, rng, calendar, offices: _Offices, now, count) -> None:
    """Letters that went out, signed one by one as they would have been; the newest are drafts."""
    moments = sorted(_office_hours(rng, calendar, now - timedelta(days=rng.uniform(1.2, 330))) for _ in range(count))
    for n, moment in enumerate(moments):
        opd, head = rng.choice(offices.led)
        jenis, perihal = rng.choice(OUT)
        letter = _draft(offices, opd, jenis, perihal, rng.choice(SENDERS), moment, head, [])
        db.add(letter)
        db.flush()
        if n < count - 6:
            _seal(db, offices, letter, head, moment)


def _draft(
    offices: _Offices,
    opd: Opd,
    jenis: str,
    perihal: str,
    tujuan: str,
    moment: datetime,
    signer: Jabatan,
    reviewers: list[Jabatan],
    *,
    writer: Jabatan | None = None,
) -> SuratKeluar:
    by = offices.holder[(writer or signer).id]
    letter = SuratKeluar(
        opd_id=opd.id,
        jenis=jenis,
        perihal=perihal,
        sifat="biasa",
        klasifikasi="600.1.10",
        tujuan=tujuan,
        tembusan="",
        body=BODY,
        status="konsep",
        drafted_by=by,
        drafted_at=moment,
        signer_jabatan_id=signer.id,
        suffix="",
        nomor="",
        version=1,
    )
    letter.paraf_list = [Paraf(position=n, jabatan_id=j.id, status="menunggu", acted_as="", note="") for n, j in enumerate([*reviewers, signer], 1)]
    letter.versions = [KonsepVersion(number=1, perihal=perihal, body=BODY, written_by=by, written_at=moment)]
    return letter


def _seal(db: Session, offices: _Offices, letter: SuratKeluar, head: Jabatan, moment: datetime) -> None:
    """The letter as it would have gone out then: number, paper and test signature."""
    account = offices.account[offices.holder[head.id]]
    for paraf in letter.paraf_list:
        paraf.status, paraf.acted_by, paraf.acted_at = "disetujui", account.id, moment
    seal(db, Actor(account.id, account.name, "pegawai"), letter, moment)


def _desks(db, calendar, offices: _Offices, numbers, now) -> None:
    """What waits for the demo accounts: letters from the Sekda down to the officer, and drafts for the kabid's paraf."""
    sekda, kabid, petugas = offices.of("pimpinan"), offices.of("kabid"), offices.of("petugas")
    kadis = offices.up(kabid) if kabid else None
    if not (sekda and kabid and petugas and kadis):
        return
    rng = random.Random("meja")  # noqa: S311
    setda, dpupr = offices.opd[sekda.opd_id], offices.opd[kabid.opd_id]
    for hours, pengirim, perihal, derajat, depth in DESKS:
        moment = _office_hours(rng, calendar, now - timedelta(hours=hours))
        letter = _letter(
            rng,
            calendar,
            numbers,
            setda if depth != 2 else dpupr,
            min(moment, now - timedelta(minutes=20)),
            pengirim=pengirim,
            perihal=perihal,
            derajat=derajat,
            sifat="biasa",
        )
        db.add(letter)
        db.flush()
        chain = [sekda, kadis, kabid, offices.up(petugas), petugas][: depth if depth != 2 else 3]
        if depth == 2:
            chain = [kadis, kabid]
        parent, sender = None, None
        for n, target in enumerate(chain):
            last = n == len(chain) - 1
            sent = min(letter.received_at + timedelta(minutes=25 * n), now)
            words = {} if sender is None else {"instruksi": "tindak_lanjuti" if n < 3 else "laporkan", "catatan": NOTES[n % len(NOTES)]}
            one = _disposisi(offices, letter, parent, sender.id if sender else None, target.id, sent, status="dikirim" if last else "diteruskan", **words)
            db.add(one)
            db.flush()
            parent, sender = one, target
    for n, (jenis, perihal, tujuan) in enumerate(FOR_PARAF):
        draft = _draft(offices, dpupr, jenis, perihal, tujuan, now - timedelta(hours=4 + 7 * n), kadis, [offices.up(petugas), kabid], writer=petugas)
        draft.status = "paraf"
        first, second, _last = draft.paraf_list
        first.status, first.acted_by, first.acted_at = "disetujui", offices.holder[first.jabatan_id], draft.drafted_at + timedelta(hours=1)
        second.status = "giliran"
        db.add(draft)
    for_sekda = _draft(
        offices,
        setda,
        "surat_edaran",
        "Kesiapsiagaan menghadapi musim hujan",
        "Para Kepala Perangkat Daerah",
        now - timedelta(hours=6),
        sekda,
        [],
        writer=sekda,
    )
    for_sekda.status = "paraf"
    for_sekda.paraf_list[0].status = "giliran"
    db.add(for_sekda)
    db.flush()


def _agenda(db, rng, calendar, offices: _Offices, now) -> None:
    rooms = [Ruang(name=name, place=place, seats=seats, facilities=facilities) for name, place, seats, facilities in ROOMS]
    db.add_all(rooms)
    db.flush()
    ranks = ("kepala_daerah", "II.a", "II.b")
    leaders = sorted((j for j in offices.jabatan.values() if j.eselon in ranks), key=lambda j: (ranks.index(j.eselon), j.id))[:10]
    today = calendar.local(now).date()
    for n in range(-5, 12):
        day = today + timedelta(days=n)
        if day.weekday() > 4 or not leaders:
            continue
        morning, noon = rng.sample(leaders, min(2, len(leaders))), rng.sample(leaders, min(2, len(leaders)))
        for hour, officials, (title, place) in zip((9, 13), (morning, noon), rng.sample(EVENTS, 2), strict=True):
            acara = Acara(title=title, start_at=calendar.at(day, time(hour)), end_at=calendar.at(day, time(hour + 2)), place=place, note="")
            acara.officials = [AcaraPejabat(jabatan_id=j.id, status=rng.choice(("diundang", "hadir")), note="") for j in officials]
            db.add(acara)
        for host, room in zip(rng.sample(leaders, min(2, len(leaders))), rng.sample(rooms, 2), strict=False):
            start = rng.choice((8, 10, 13))
            db.add(
                Pemesanan(
                    ruang_id=room.id,
                    title=rng.choice(MEETINGS),
                    people=min(room.seats, rng.randint(6, 30)),
                    start_at=calendar.at(day, time(start)),
                    end_at=calendar.at(day, time(start + 2)),
                    jabatan_id=host.id,
                    eselon=host.eselon or "",
                    booked_by=offices.holder[host.id],
                    status="dipesan",
                )
            )
