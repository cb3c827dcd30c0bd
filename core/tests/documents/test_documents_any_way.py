"""Whatever happens to papers, in whatever order: numbers have no gap, what is sealed or ended never changes, nobody signs twice."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pendopo.errors import DomainError
from pendopo.kit.documents import Document, Party, parties, replace, revoke, signing

STEPS = ("issue", "sign", "sign", "agree", "refuse", "replace", "revoke")
LAWFUL = {"menunggu": {"berlaku", "diganti", "dicabut"}, "berlaku": {"diganti", "dicabut"}, "diganti": set(), "dicabut": set()}


class Office:
    """An office, its head, a party, and the papers of one kind between them."""

    def __init__(self, db, give, kind, head, chair, resident, now):
        self.db, self.give, self.kind, self.head, self.chair, self.resident, self.now = db, give, kind, head, chair, resident, now
        self.ids = []

    def issue(self, draw):
        signers = [Party(self.resident.name, "Penerima", self.resident.account_id), self.chair] if draw(st.booleans()) else [self.chair]
        self.ids.append(self.give(self.kind, signer=None, signers=signers).id)

    def _one(self, draw):
        return self.db.get_one(Document, draw(st.sampled_from(self.ids)))

    def sign(self, draw):
        one = self._one(draw)
        turn = signing.next_signature(one) or one.signatures[-1]
        work = signing.prepare(self.db, turn, now=self.now) if not turn.is_party else None
        if work is not None:
            signing.keep(self.db, work, *signing.have_signed(work), now=self.now)

    def agree(self, draw):
        parties.agree(self.db, self.resident, self._one(draw).id, now=self.now)

    def refuse(self, draw):
        parties.refuse(self.db, self.resident, self._one(draw).id, reason="keliru", now=self.now)

    def replace(self, draw):
        one = self._one(draw)
        self.ids.append(replace(self.db, self.head, one, self.kind, data=one.data, reason="salah ketik", now=self.now).id)

    def revoke(self, draw):
        revoke(self.db, self.head, self._one(draw), reason="batal", now=self.now)

    def seen(self):
        """What of each paper must not change once it is so."""
        return {
            one.id: (one.status, one.number, one.sha256, tuple((s.name, s.signed_at, s.sha256) for s in one.signatures if s.signed_at))
            for one in self.db.scalars(select(Document).where(Document.id.in_(self.ids)))
        }


@pytest.fixture
def kinds_in_turn(kinds):
    return (kinds.make(f"acak{number}", signed="desk", number=f"A{number}/{{seq}}") for number in range(10_000))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.sampled_from(STEPS), min_size=3, max_size=10), st.data())
def test_papers_only_go_forward(db, give, kinds_in_turn, head, chair, resident, now, steps, data):
    office = Office(db, give, next(kinds_in_turn), head, chair, resident, now)
    office.issue(data.draw)
    before = office.seen()
    for step in steps:
        try:
            with db.begin_nested():
                getattr(office, step)(data.draw)
        except DomainError:
            pass  # refused: what follows finds that nothing of it stayed
        db.expire_all()
        after = office.seen()
        for paper, (status, number, sha256, signed) in before.items():
            assert after[paper][0] == status or after[paper][0] in LAWFUL[status]
            assert after[paper][1] == number
            assert not sha256 or after[paper][2] == sha256
            assert after[paper][3][: len(signed)] == signed
        before = after
    numbers = sorted(int(number.partition("/")[2]) for _status, number, *_rest in before.values())
    assert numbers == list(range(1, len(office.ids) + 1))
    for paper in db.scalars(select(Document).where(Document.id.in_(office.ids))):
        assert bool(paper.sha256) == all(one.signed_at for one in paper.signatures), "a paper has a file exactly when everyone signed"
        assert paper.status != "berlaku" or paper.sha256
