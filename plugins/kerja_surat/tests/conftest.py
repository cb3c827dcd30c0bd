"""An office with a line of command: Sekda over two dinas; DPUPR has a kadis, a kabid and an officer."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from kerja_surat import disposisi, outgoing, registers
from pendopo.identity import Account, Actor, Jabatan, Opd, Penugasan
from pendopo.testing.people import _actor, settle
from pendopo.testing.reading import words_of

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # Tuesday, 10.00 WIB
HEAD = ("pejabat",)


SEATS = (  # key, office, whose position is above, eselon, roles
    ("sekda", "setda", None, "II.a", ("pimpinan", "pejabat")),
    ("kadis", "dpupr", "sekda", "II.b", HEAD),
    ("kadinkes", "dinkes", "sekda", "II.b", HEAD),
    ("kabid", "dpupr", "kadis", "III.b", HEAD),
    ("kabid_sda", "dpupr", "kadis", "III.b", HEAD),
    ("petugas", "dpupr", "kabid", None, ("pelaksana",)),
    ("tu", "dpupr", "kadis", None, ("tata_usaha",)),
    ("tu_setda", "setda", "sekda", None, ("tata_usaha",)),
)


def _added(db, row) -> int:
    db.add(row)
    db.flush()
    return row.id


class Office:
    """Positions by name, and the Actor that holds each."""

    def __init__(self, portal):
        self.portal = portal
        self.posts: dict[str, int] = {}
        self.opd: dict[str, int] = {}
        self.actors: dict[str, Actor] = {}
        settle()
        with portal.db.session() as db:
            offices = (("setda", "Sekretariat Daerah"), ("dpupr", "Dinas Pekerjaan Umum"), ("dinkes", "Dinas Kesehatan"))
            for code, name in offices:
                self.opd[code] = _added(db, Opd(code=code, name=name, short_name=code.upper(), kind="dinas"))
            for key, opd, above, eselon, roles in SEATS:
                self._seat(db, key, opd, above, eselon, roles)

    def _seat(self, db, key, opd, above, eselon, roles):
        number = len(self.posts) + 1
        person = {"kind": "pegawai", "name": f"Contoh {key}", "email": f"{key}@contoh.invalid", "nip": f"199002022016031{number:03d}"}
        account_id = _added(db, Account(created_at=NOW, email_confirmed_at=NOW, **person))
        post_id = _added(db, Jabatan(opd_id=self.opd[opd], name=key.title(), eselon=eselon, roles=list(roles), atasan_id=self.posts.get(above)))
        db.add(Penugasan(account_id=account_id, jabatan_id=post_id, kind="definitif", starts_on=date(2020, 1, 1)))
        self.posts[key] = post_id
        setattr(self, f"_{key}", account_id)

    def __getattr__(self, key):
        """The Actor that holds a seat, signed in when first asked for."""
        if key not in self.actors:
            self.actors[key] = _actor(self.portal, self.__dict__[f"_{key}"])
        return self.actors[key]

    def stand_in(self, key, account_key, kind="plh"):
        """Let the holder of `account_key` stand in for `key` these days."""
        self.actors.pop(account_key, None)
        settle()
        with self.portal.db.session() as db:
            account = db.get(Account, self.__dict__[f"_{account_key}"])
            account.page_version += 1
            db.add(Penugasan(account_id=account.id, jabatan_id=self.posts[key], kind=kind, starts_on=date(2026, 1, 1), ends_on=date(2030, 1, 1)))


@pytest.fixture
def office(portal):
    return Office(portal)


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def a_letter(db, office):
    """Registers a letter of DPUPR and lays it before its kadis, unless told otherwise."""

    def register(actor=None, *, opd="dpupr", before="kadis", **more):
        values = {
            "nomor_surat": "600/1/2026",
            "tanggal_surat": date(2026, 11, 20),
            "pengirim": "Camat Contoh",
            "perihal": "Jalan rusak",
            "klasifikasi": "600.1",
            **more,
        }
        return registers.register_letter(db, actor or office.tu, opd_id=office.opd[opd], before=office.posts[before] if before else None, now=NOW, **values)

    return register


@pytest.fixture
def send(db, office):
    """`send(letter, "kadis", "kabid")`: a disposisi from one to others."""

    def send(letter, sender, *targets, **more):
        values = {"instruksi": ["tindak_lanjuti"], **more}
        made = disposisi.send_disposisi(
            db,
            getattr(office, sender),
            letter.id,
            from_jabatan_id=office.posts[sender],
            to_jabatan_ids=[office.posts[t] for t in targets],
            now=NOW + timedelta(minutes=5),
            **values,
        )
        return made[0]

    return send


@pytest.fixture
def a_draft(db, office):
    """A draft of DPUPR by the officer, for paraf of the kabid and signature of the kadis."""

    def draft(actor=None, *, reviewers=("kabid",), signer="kadis", **more):
        values = {
            "jenis": "surat_dinas",
            "perihal": "Jawaban perbaikan jalan",
            "body": "Dengan hormat, jalan diperbaiki.",
            "tujuan": "Camat Contoh",
            "klasifikasi": "600.1",
            **more,
        }
        return outgoing.draft_letter(
            db,
            actor or office.petugas,
            opd_id=office.opd["dpupr"],
            signer_jabatan_id=office.posts[signer],
            reviewers=[office.posts[r] for r in reviewers],
            now=NOW,
            **values,
        )

    return draft


@pytest.fixture
def sealed(db, office, a_draft):
    """A draft taken through its whole chain."""

    def seal(**more):
        letter = a_draft(**more)
        outgoing.submit(db, office.petugas, letter.id, now=NOW)
        for paraf in list(letter.paraf_list):
            who = next(key for key, post in office.posts.items() if post == paraf.jabatan_id)
            outgoing.approve(db, getattr(office, who), letter.id, now=NOW)
        return letter

    return seal


@pytest.fixture
def text_of():
    """`text_of(pdf)`: its words in the order in which they were drawn, read by poppler."""
    return partial(words_of, way="-raw")
