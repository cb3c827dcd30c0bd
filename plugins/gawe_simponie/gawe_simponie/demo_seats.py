"""Who works on invented applications: roles for chairs that are there, and a second post for the accounts that everyone may try."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo.identity import Account, Jabatan, Opd, Penugasan
from pendopo.kit.dates import regency_day

CHAIRS = (  # office, how the chair's name begins, role
    ("dpmptsp", "Kepala Dinas", "simponie_kepala"),
    ("dpmptsp", "Kepala Bidang", "simponie_verifikator"),
    ("dpmptsp", "Petugas", "simponie_loket"),
    ("dpmptsp", "Sekretaris", "simponie_admin"),
)
TECHNICAL = ("dinkes", "dpupr", "bapperida", "dprkp", "satpolpp", "dishub")
POSTS = (  # accounts that everyone may try: their second post, with its roles
    ("petugas", "Petugas Loket Mal Pelayanan Publik", ("simponie_loket", "simponie_verifikator")),
    ("admin", "Pengelola Jenis Izin", ("simponie_admin",)),
)


def seat(db: Session, now: datetime) -> None:
    """DPMPTSP's chairs and the technical offices get their roles; the accounts that everyone may try sit at DPMPTSP too."""
    offices = {opd.id: opd for opd in db.scalars(select(Opd))}
    for chair in db.scalars(select(Jabatan)):
        code = offices[chair.opd_id].code
        wanted = [role for office, begins, role in CHAIRS if office == code and chair.name.startswith(begins)]
        if code in TECHNICAL and (chair.eselon in (None, "III.b", "IV.a")):
            wanted.append("simponie_teknis")
        if wanted:
            chair.roles = [*chair.roles, *(role for role in wanted if role not in chair.roles)]
    home = next((opd for opd in offices.values() if opd.code == "dpmptsp"), None)
    for handle, title, roles in POSTS if home is not None else ():
        account = db.scalar(select(Account).where(Account.handle == handle))
        if account is None:
            continue
        post = Jabatan(opd_id=home.id, name=title, eselon=None, roles=list(roles), atasan_id=None)
        db.add(post)
        db.flush()
        db.add(Penugasan(account_id=account.id, jabatan_id=post.id, kind="definitif", starts_on=date(now.year - 1, 1, 2)))
    if home is not None:
        _stand_in(db, home, now)
    db.flush()


def _stand_in(db: Session, home: Opd, now: datetime) -> None:
    """The head is away this week: the account `kabid` signs as Plh, and everyone may try the signer's desk."""
    chair = db.scalar(select(Jabatan).where(Jabatan.opd_id == home.id, Jabatan.name.startswith("Kepala Dinas")).limit(1))
    account_id = db.scalar(select(Account.id).where(Account.handle == "kabid"))
    if chair is None or account_id is None:
        return
    today = regency_day(now)
    db.add(Penugasan(account_id=account_id, jabatan_id=chair.id, kind="plh", starts_on=today - timedelta(days=2), ends_on=today + timedelta(days=60)))
