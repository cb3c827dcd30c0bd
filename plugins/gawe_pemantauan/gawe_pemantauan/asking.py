"""The steps of a proposal: those of a body, and those of a person."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from pendopo import N_
from pendopo.kit.forms import Step, Wizard
from pendopo.kit.places import place_name
from pendopo.kit.profile import known
from pendopo.kit.requirements import requirements_form

from .forms import BudgetForm, ChooseBodyForm, IdeaForm, PersonForm, SendForm, SumForm
from .models import Lembaga, Program
from .proposals import NewProposal, Person, requirements


def proposal_wizard(request: Request, program: Program, bodies: list[Lembaga]) -> Wizard:
    """The draft is each applicant's own, also where one officer helps several of them."""
    citizen = request.user.citizen_id
    prefill = {**known(request.state.db, citizen), "lembaga": bodies[0].id if len(bodies) == 1 else None}
    first = bodies[0] if bodies else None
    if program.for_lembaga and first is not None:
        prefill |= {"desa": first.desa_code, "address": first.address}
    elif "desa_code" in prefill:
        prefill |= {"desa": prefill["desa_code"], "address": prefill.get("alamat", "")}
    papers = Step("syarat", N_("Persyaratan"), requirements_form(requirements(program)))
    send = Step("kirim", N_("Periksa dan kirim"), SendForm)
    if program.for_lembaga:
        steps = (
            Step("lembaga", N_("Lembaga"), _choose(bodies)),
            Step("usulan", N_("Usulan"), IdeaForm),
            Step("rab", N_("Biaya"), BudgetForm),
            papers,
            send,
        )
    else:
        steps = (Step("diri", N_("Penerima"), PersonForm), Step("usulan", N_("Usulan"), IdeaForm), Step("biaya", N_("Biaya"), SumForm), papers, send)
    return Wizard(request, f"pemantauan.{program.id}.{citizen}", steps, title=program.title, prefill=prefill)


def _choose(bodies: list[Lembaga]) -> type[ChooseBodyForm]:
    choices = [(one.id, f"{one.name} ({place_name(one.desa_code)})") for one in bodies]

    class OwnBodiesForm(ChooseBodyForm):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self.lembaga.choices = choices

    return OwnBodiesForm


def new_proposal(program: Program, values: dict[str, Any]) -> NewProposal:
    lat, lon = values.get("point") or (None, None)
    person = None if program.for_lembaga else Person(values["nama"], values["nik"], values["no_kk"])
    return NewProposal(
        title=values["title"],
        purpose=values["purpose"],
        asked=values["asked"],
        desa_code=values["desa"],
        beneficiaries=values["beneficiaries"],
        lembaga_id=values.get("lembaga"),
        person=person,
        rab=values.get("rab") or (),
        address=values.get("address") or "",
        lat=lat,
        lon=lon,
        bank=values.get("bank") or "",
        rekening=values.get("rekening") or "",
        rekening_name=values.get("rekening_name") or "",
        papers={slug: values.get(slug) or [] for slug in program.papers},
        accept_cap=bool(values.get("accept_cap")),
    )
