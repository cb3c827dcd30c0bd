"""`pendopo user`, `pendopo audit` and `pendopo doctor`, as an operator types them."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text

from pendopo.identity import Account, Jabatan, Opd, Penugasan, as_system, load_actor, open_session, record
from pendopo.identity.models import AuditEntry
from pendopo.identity.people import sign_in
from pendopo.testing.people import settle

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # each command is a process of its own


@pytest.fixture
def pendopo(portal, tmp_path):
    """Run the command on this test's database; gives (exit code, what it said)."""
    environment = {
        **os.environ, "PENDOPO_HOME": str(tmp_path), "PENDOPO_DATABASE_URL": portal.db.engine.url.render_as_string(hide_password=False),
        "PENDOPO_SECRET_KEY": portal.settings.secret_key, "PENDOPO_DEMO": "false", "PENDOPO_SMTP_URL": "",
    }

    def run(*arguments, stdin=""):
        settle()
        command = [sys.executable, "-m", "pendopo.cli", *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, env=environment, timeout=250, check=False)
        return done.returncode, done.stdout + done.stderr

    return run


def test_an_account_is_made_listed_given_a_position_and_closed(pendopo, db):
    opd = Opd(code="dinas", name="Dinas", short_name="D", kind="dinas")
    db.add(opd)
    db.flush()
    chair = Jabatan(opd_id=opd.id, name="Kepala Uji", roles=["admin"])
    db.add(chair)
    db.flush()
    made = pendopo("user", "create", "Rini Contoh", "rini@contoh.invalid", "--nip", "199001012015032001", "--password", "kopi pahit di pagi hari")
    assert made[0] == 0, made[1]
    account = db.scalars(select(Account)).one()

    assert "rini@contoh.invalid" in pendopo("user", "list")[1]
    assert "Kepala Uji" in pendopo("user", "jabatan", "--opd", "dinas")[1]
    assert pendopo("user", "grant", "rini@contoh.invalid", str(chair.id))[0] == 0
    assert db.scalars(select(Penugasan)).one().account_id == account.id
    assert pendopo("user", "password", "rini@contoh.invalid", "--new", "sandi lain yang panjang")[0] == 0
    db.refresh(account)
    assert sign_in(db, "rini@contoh.invalid", "sandi lain yang panjang", address="", now=datetime.now(UTC)).id == account.id
    assert pendopo("user", "disable", "rini@contoh.invalid")[0] == 0
    db.refresh(account)
    assert account.disabled_at is not None
    assert db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == [
        "account.created", "people.assigned", "account.password_set", "people.disabled",
    ]


def test_a_new_house_gets_its_first_administrator(pendopo, db, portal):
    code, said = pendopo("user", "create", "Rini", "rini@contoh.invalid", "--nip", "199001012015032001", "--admin", "--password", "kopi pahit di pagi hari")
    account = sign_in(db, "rini@contoh.invalid", "kopi pahit di pagi hari", address="", now=datetime.now(UTC))
    actor = load_actor(db, open_session(db, account.id, now=datetime.now(UTC)), now=datetime.now(UTC), roles=portal.roles())

    assert code == 0, said
    assert actor.can("core.manage_people")
    assert actor.opd_scope("core.manage_people") is None
    citizen = pendopo("user", "create", "Ani", "ani@contoh.invalid", "--admin", "--password", "kopi pahit di pagi hari")
    assert citizen[0] == 1
    assert "Hanya pegawai aktif dengan NIP" in citizen[1]
    assert len(db.scalars(select(Account)).all()) == 1


def test_what_can_not_be_done_is_said_in_a_sentence(pendopo, db):
    for arguments, sentence in (
        (("user", "create", "Rini", "rini@contoh.invalid", "--password", "pendek"), "Kata sandi paling sedikit 10 huruf."),
        (("user", "create", "Rini", "rini@contoh.invalid", "--nip", "123", "--password", "kopi pahit di pagi hari"), "NIP terdiri dari 18 angka"),
        (("user", "disable", "tidak@ada.invalid"), "Tidak ada akun dengan nama itu."),
    ):
        code, said = pendopo(*arguments)
        assert code == 1
        assert sentence in said
        assert "Traceback" not in said


def test_the_trail_is_checked_from_the_command_line(pendopo, db):
    for n in range(3):
        record(db, as_system("uji"), "uji", f"hal:{n}", {})
    db.commit()
    second = db.scalars(select(AuditEntry.id).order_by(AuditEntry.id)).all()[1]
    assert pendopo("audit", "verify") == (0, "Jejak audit utuh.\n")
    assert "hal:2" in pendopo("audit", "tail")[1]
    trigger = "DROP TRIGGER core_audit_no_update" if db.get_bind().dialect.name == "sqlite" else "ALTER TABLE core_audit DISABLE TRIGGER USER"
    db.execute(text(trigger))
    db.execute(text("UPDATE core_audit SET subject = 'lain' WHERE id = :id"), {"id": second})

    code, said = pendopo("audit", "verify")
    assert code == 1
    assert f"baris {second} diubah" in said


def test_the_doctor_looks_at_every_part(pendopo):
    _code, said = pendopo("doctor")

    for part in ("disk", "basis data", "migrasi core", "layanan outbox", "surel"):
        assert part in said
    assert "Traceback" not in said
