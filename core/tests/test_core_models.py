"""Models of plugins whose authors never heard of each other."""

import pytest
from sqlalchemy import ForeignKey, inspect
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pendopo import db
from pendopo.db import Base
from pendopo.identity import Account

pytestmark = pytest.mark.once


@pytest.fixture
def model():
    """A model in the package of an invented plugin; its table is forgotten afterwards."""
    made = []

    def make(package, name, *, points_to="", **columns):
        table = f"{package}_{name.lower()}"
        fields = {"__module__": f"{package}.models", "__tablename__": table, "id": mapped_column(primary_key=True), "__annotations__": {"id": Mapped[int]}}
        if points_to:
            fields["to_id"] = mapped_column(ForeignKey(columns.get("column", f"{package}_{points_to.lower()}.id")))
            fields["to"] = relationship(points_to)
            fields["__annotations__"] |= {"to_id": Mapped[int]}
        made.append(table)
        return type(name, (Base,), fields)

    yield make
    for table in reversed(made):
        Base.metadata.remove(Base.metadata.tables[table])
    for package in [name for name in db._registries if name.startswith("uji_")]:
        db._registries.pop(package)[0].dispose()


def test_two_plugins_may_name_their_models_alike_and_each_means_its_own(model):
    for package in ("uji_satu", "uji_dua"):
        program = model(package, "Program")
        slot = model(package, "Jadwal", points_to="Program")
        assert inspect(slot).relationships["to"].mapper.class_ is program


def test_a_plugin_may_name_a_model_as_the_core_does_and_still_point_to_the_others_of_the_core(model):
    draft = model("uji_tiga", "Draft")
    assert inspect(model("uji_tiga", "Kartu", points_to="Draft")).relationships["to"].mapper.class_ is draft
    assert inspect(model("uji_tiga", "Warga", points_to="Account", column="core_account.id")).relationships["to"].mapper.class_ is Account


def test_models_that_point_nowhere_fail_alone(model):
    wrong = model("uji_empat", "Salah", points_to="TidakAda", column="core_account.id")
    right = model("uji_lima", "Benar")
    with pytest.raises(InvalidRequestError, match="TidakAda"):
        _ = inspect(wrong).relationships["to"].mapper
    assert inspect(right).attrs.keys() == ["id"]
    assert right(id=1).id == 1
    assert Account(name="x").name == "x"
