"""A real portal and a real simulator bank: payments at the same moment, a power cut between payment and receipt, two people in their browsers."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from sqlalchemy import func, select, update

from pendopo.app import Portal
from pendopo.identity import Jabatan
from pendopo.kit.documents import Document
from pendopo.kit.payments import Bill, bill, books, va_number
from pendopo.kit.payments.models import Excess, Payment
from pendopo.kit.payments.options import PREFIX
from pendopo.kit.payments.receiving import Arrival, receive_payment
from pendopo.kit.payments.snap_keys import FOLDER, simulator_keys
from pendopo.registry import current
from pendopo.settings import Settings
from pendopo.testing.people import People
from pendopo.testing.served import House
from pendopo.testing.server import free_port, until

from .conftest import KIND


def at_once(portal, count, arrival_of, now):
    """`count` threads tell of a payment in the same moment; what each was told became of it."""

    def tell(number):
        with portal.db.session() as db:
            return receive_payment(db, arrival_of(number), now=now).outcome

    with ThreadPoolExecutor(count) as pool:
        return sorted(pool.map(tell, range(count)))


def test_of_many_payments_at_once_one_pays_the_bill(db, portal, make_bill, now):
    one = make_bill(amount=50_000)
    code = one.kode_bayar
    db.commit()
    outcomes = at_once(portal, 8, lambda number: Arrival(code, f"B{number}", 50_000, now, "va", "snap"), now)

    assert outcomes == ["ganda"] * 7 + ["lunas"]
    assert db.scalar(select(func.sum(Excess.amount))) == 350_000
    assert books.proof(db).holds


def test_the_same_payment_told_many_times_at_once_is_counted_once(db, portal, make_bill, now):
    code = make_bill(amount=50_000).kode_bayar
    db.commit()
    outcomes = at_once(portal, 8, lambda _number: Arrival(code, "B1", 50_000, now, "va", "snap"), now)

    assert outcomes == ["lunas"] * 8
    assert db.scalar(select(func.count()).select_from(Payment)) == 1


# ------------------------------------------------------------------------------------------------- served, with its bank


class SimulatorBank:
    """`pendopo bank-simulator` as a process of its own, telling the portal of `house`."""

    def __init__(self, house):
        self.house, self.port = house, free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        house.environment.update(simulator_keys(house.home).as_environment(self.base))
        command = [sys.executable, "-m", "pendopo.cli", "bank-simulator", "--port", str(self.port), "--portal", house.base]
        with (house.home / "bank.log").open("wb") as log:
            self.process = subprocess.Popen(command, env=house.environment, cwd=house.home, stdout=log, stderr=log)
        until(lambda: (house.home / FOLDER / "address").exists(), 60)

    def pay(self, target, *faults, amount=""):
        form = {"tujuan": target, "jumlah": str(amount), "gangguan": list(faults)}
        answer = httpx2.post(f"{self.base}/bayar", data=form, headers={"Accept": "application/json"}, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def resend(self):
        httpx2.post(f"{self.base}/kirim-ulang", timeout=60)

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture
def served(database_template, tmp_path):
    """A portal that is not serving yet, its bank, and the same installation seen from here."""
    with database_template.copy() as url:
        house = House(tmp_path, url)
        house.run("migrate", "--quiet")
        bank = SimulatorBank(house)
        inside = Portal(Settings(home=tmp_path, database_url=url, secret_key="uji-coba-bukan-rahasia"))
        current().bill_kinds[KIND.slug] = KIND
        yield house, bank, inside
        bank.stop()
        house.kill()
        inside.answering.close()
        inside.db.dispose()


def bills_in(inside, count, **more):
    with inside.db.session() as db:
        now = datetime.now(UTC)
        made = [
            bill(db, KIND, ref=n, amount=50_000, payer_name="Siti Aminah", desc=f"PBB 2026 nomor {n}", key=f"uji:{n}", now=now, **more) for n in range(1, count + 1)
        ]
        return [(one.id, one.kode_bayar) for one in made]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_power_cut_between_payment_and_receipt_leaves_both_or_neither_and_then_both(served):
    house, bank, inside = served
    bills = bills_in(inside, 6)
    for round_, (_id, code) in enumerate(bills):
        house.start()
        with ThreadPoolExecutor(1) as pool:
            paying = pool.submit(bank.pay, va_number(PREFIX, code))
            if round_ % 2:
                paying.result(60)
            else:
                until(lambda: house.rows("SELECT id FROM core_payment WHERE kode_bayar = :code", code=code), 60)  # noqa: B023
            house.kill()
            paying.result(60)
        both_or_neither(house, code)
    house.start()
    bank.resend()

    until(lambda: len(receipts(inside)) == len(bills), 60)
    with inside.db.session(write=False) as db:
        assert list(db.scalars(select(Bill.status).where(Bill.kind == KIND.slug))) == ["lunas"] * len(bills)
        assert db.scalar(select(func.count()).select_from(Payment)) == len(bills)
        assert db.scalar(select(func.count()).select_from(Excess)) == 0
        assert books.proof(db).holds
    numbers = [int(number.rpartition("/")[2]) for number, _ref in receipts(inside)]
    assert sorted(numbers) == list(range(1, len(bills) + 1))
    assert house.faults() == []


def both_or_neither(house, code):
    """A payment that was kept has its signed receipt, or the promise of one."""
    paid = house.rows("SELECT b.id FROM core_payment p JOIN core_bill b ON b.id = p.bill_id WHERE p.kode_bayar = :code", code=code)
    promised = house.rows("SELECT id FROM core_outbox WHERE kind = 'payment_receipt' AND key = :key", key=f"bill-paid:{paid[0].id if paid else 0}")
    assert len(paid) == len(promised)


def receipts(inside):
    with inside.db.session(write=False) as db:
        signed = (Document.kind == "bukti_bayar") & Document.sealed_at.is_not(None) & (Document.signing == "uji")
        return db.execute(select(Document.number, Document.ref).where(signed)).all()


# ------------------------------------------------------------------------------------------------------ in their browsers


@pytest.fixture
def visit(served):
    from pendopo.testing.browser import launched, visitors

    house, _bank, _inside = served
    house.start()
    with launched() as browser, visitors(browser, house) as visit:
        yield visit


def treasurer_of(inside, *roles):
    """Somebody with the usual role: one that was made for a test is not known to the server."""
    made = People(inside).officer(opd="bapenda", name="Bu Bendahara")
    with inside.db.session() as db:
        db.execute(update(Jabatan).where(Jabatan.id == made.posts[0].jabatan_id).values(roles=["bendahara", *roles]))
    return made


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_citizen_pays_by_qris_and_a_treasurer_takes_cash_side_by_side(served, visit):
    _house, bank, inside = served
    citizen = People(inside).resident("Siti Aminah")
    treasurer = treasurer_of(inside)
    (_first, by_qris), (_second, by_cash) = bills_in(inside, 2, payer_id=citizen.account_id, due=datetime.now(UTC).date() + timedelta(days=9))
    phone = visit(citizen.account_id, size="phone").page("/tagihan/")

    phone.get_by_role("link", name="PBB 2026 nomor 1").click()
    phone.get_by_role("button", name="QRIS").click()
    phone.get_by_role("img", name=re.compile("Kode QRIS")).wait_for()
    phone.get_by_text("Isi kode sebagai teks").click()
    payload = phone.locator("#isi-qris").inner_text().strip()
    bank.pay(payload)
    phone.get_by_text("Lunas", exact=True).wait_for()  # by itself
    phone.get_by_role("link", name="Bukti bayar").wait_for()
    assert by_qris in payload

    phone.goto(f"/tagihan/{by_cash}")
    desk = visit(treasurer.account_id).page("/kerja/kas/")
    desk.get_by_label("Kode bayar").fill(by_cash)
    desk.get_by_role("button", name="Cari tagihan").click()
    desk.get_by_label("Uang yang diterima").fill("100.000")
    desk.get_by_role("button", name=re.compile("Terima Rp")).click()
    desk.get_by_text("Kembalikan Rp").wait_for()
    phone.get_by_text("Lunas", exact=True).wait_for()
    phone.goto("/tagihan/")
    phone.get_by_text("Tidak ada yang perlu dibayar.").wait_for()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_stranger_pays_for_somebody_without_javascript(served, visit):
    _house, bank, inside = served
    ((_id, code),) = bills_in(inside, 1)
    page = visit(javascript=False, size="phone").page("/tagihan/cari")

    page.get_by_label("Kode bayar").fill(f"{code[:4]} {code[4:8]} {code[8:]}")
    page.get_by_role("button", name="Lihat tagihan").click()
    assert page.get_by_text("S••• A•••••").is_visible()
    page.get_by_role("button", name="Virtual account").click()
    until(lambda: page.reload() and page.locator("#nomor-va").count(), 60)
    bank.pay(page.locator("#nomor-va").inner_text())
    until(lambda: page.reload() and page.get_by_role("link", name="Periksa bukti bayar").count(), 60)
    page.get_by_role("link", name="Periksa bukti bayar").click()
    assert page.get_by_text("Bukti bayar").first.is_visible()
