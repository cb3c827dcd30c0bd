"""The way of a matter as data: states, transitions, deadlines. Kept with each version, since a running matter keeps its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

Tone = Literal["muted", "info", "ok", "warn", "error", "primary"]
By = Literal["officer", "applicant", "system"]
Note = Literal["none", "optional", "required"]
Clock = Literal["run", "pause", "stop"]
FIELDS = ("opd", "officer", "due", "attachments")


@dataclass(frozen=True)
class Deadline:
    """`days` working days, or what the operator set as `setting` (a SettingSpec of kind "days")."""

    days: int
    setting: str = ""


@dataclass(frozen=True)
class State:
    """`open`: the matter still needs somebody. `public`: the sentence that explains the state to the applicant."""

    slug: str
    title: str
    tone: Tone = "muted"
    open: bool = True
    public: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Transition:
    """One step. `by` officers with `permission` in the matter's OPD, by the applicant, or by the portal itself.

    `fields`: inputs of the action form beside the notes: opd, officer, due, attachments, or names that the kind's
    `move_form` has; those in `required` must be filled. `deadline` restarts the clock from now; `clock` says what it does
    in the state that follows (a closed state always stops it). `notify`: whom the step is told to.
    `bulk`: may be done to many at once from the Meja kerja. `hint` explains the step above its form.
    """

    slug: str
    title: str
    frm: tuple[str, ...]
    to: str
    by: By | tuple[By, ...] = "officer"
    permission: str = ""
    note: Note = "optional"
    fields: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    deadline: Deadline | None = None
    clock: Clock = "run"
    notify: Literal["", "applicant", "officer", "both"] = "applicant"
    bulk: bool = False
    tone: Tone = "muted"
    hint: str = ""

    @property
    def actors(self) -> tuple[By, ...]:
        return (self.by,) if isinstance(self.by, str) else self.by


# ------------------------------------------------------------------------------------------ steps that many kinds have


def ask_step(slug: str, title: str, frm: tuple[str, ...], to: str, permission: str, hint: str = "", **more: Any) -> Transition:
    """An officer asks the applicant for what lacks; the clock stands still while the matter is in `to`."""
    return Transition(slug, title, frm, to, permission=permission, note="required", clock="pause", tone="warn", hint=hint, **more)


def repair_step(slug: str, title: str, frm: tuple[str, ...], to: str, hint: str = "", **more: Any) -> Transition:
    """The applicant sends what was asked for, in words and files; the clock runs again."""
    said: dict[str, Any] = {"note": "required", "fields": ("attachments",), **more}
    return Transition(slug, title, frm, to, by="applicant", notify="officer", tone="primary", hint=hint, **said)


def lapse_step(slug: str, title: str, frm: tuple[str, ...], to: str, permission: str = "", **more: Any) -> Transition:
    """The portal ends what nobody completed in time; officers with `permission` may too, and say why."""
    said: dict[str, Any] = {"by": ("officer", "system"), "permission": permission, "note": "required"} if permission else {"by": "system"}
    return Transition(slug, title, frm, to, clock="stop", **said, **more)


def refuse_step(slug: str, title: str, frm: tuple[str, ...], to: str, permission: str, hint: str = "", **more: Any) -> Transition:
    """An officer says no; the applicant reads why."""
    return Transition(slug, title, frm, to, permission=permission, note="required", clock="stop", tone="error", hint=hint, **more)


def withdraw_step(slug: str, title: str, frm: tuple[str, ...], to: str, hint: str = "", **more: Any) -> Transition:
    """The applicant doesn't want it any more."""
    return Transition(slug, title, frm, to, by="applicant", clock="stop", notify="officer", hint=hint, **more)


# ---------------------------------------------------------------------------------------------------------------- kinds


@dataclass(frozen=True)
class BerkasKind:
    """A kind of matter. Raise `version` with each change of states or transitions.

    `permission`: who among staff may read every matter of this kind in their OPD; whoever may do one of its steps may too.
    `citizen_url`, `staff_url`: named routes taking `id`. `deadline`: the clock at opening.
    `escalate`: permissions whose holders in the OPD hear at 80 % and at 100 % of the deadline.
    `move_form`: a `pendopo.kit.forms.Form` class with the extra inputs that transitions name.
    `on_move(db, berkas, transition, data, actor, now)`: called inside the move, before anyone is told; `data` holds what
    the step was given and its `note` (reasons go onto papers). A DomainError refuses the step, with `field` beside that input.
    `offers(db, berkas, transition)`: does this matter know the step at all? For kinds whose ways differ by their data;
    a step that is not offered is neither shown nor taken.
    """

    slug: str
    plugin: str
    title: str
    initial: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    version: int = 1
    citizen_url: str = ""
    staff_url: str = ""
    permission: str = ""
    deadline: Deadline | None = None
    escalate: tuple[str, ...] = ()
    icon: str = "folder"
    rateable: bool = True
    move_form: Any = field(default=None, compare=False)
    on_move: Callable[..., None] | None = field(default=None, compare=False)
    offers: Callable[..., bool] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        known = {state.slug for state in self.states}
        if len(known) != len(self.states) or self.initial not in known:
            raise ValueError(f"{self.slug}: states must be unique and hold the initial one")
        if len({t.slug for t in self.transitions}) != len(self.transitions):
            raise ValueError(f"{self.slug}: transitions must have unique slugs")
        for t in self.transitions:
            if unknown := ({*t.frm, t.to} - known):
                raise ValueError(f"{self.slug}.{t.slug}: unknown state {sorted(unknown)}")
            if missing := (set(t.required) - set(t.fields)):
                raise ValueError(f"{self.slug}.{t.slug}: required but not asked {sorted(missing)}")
            extra = set(t.fields) - set(FIELDS)
            absent = [name for name in sorted(extra) if not hasattr(self.move_form, name)]
            if absent and self.on_move is not _unknown:
                raise ValueError(f"{self.slug}.{t.slug}: move_form has no {absent}")
            if "officer" in t.actors and not t.permission:
                raise ValueError(f"{self.slug}.{t.slug}: a step by officers needs a permission")

    def state(self, slug: str) -> State:
        """The state `slug`. Raises LookupError when this version has none."""
        for state in self.states:
            if state.slug == slug:
                return state
        raise LookupError(f"{self.slug} v{self.version} has no state {slug!r}")

    def transition(self, slug: str) -> Transition | None:
        return next((t for t in self.transitions if t.slug == slug), None)

    @property
    def staff_permissions(self) -> tuple[str, ...]:
        """Any of these lets an officer read the matter."""
        return tuple(dict.fromkeys(p for p in (self.permission, *(t.permission for t in self.transitions)) if p))


def _unknown(*_: Any, **__: Any) -> None:
    """Stands for code that a stored workflow can't hold."""


def as_data(kind: BerkasKind) -> dict[str, Any]:
    """The kind as JSON, without its code."""
    data = {f.name: getattr(kind, f.name) for f in fields(kind) if f.name not in ("move_form", "on_move", "offers", "states", "transitions", "deadline")}
    data["deadline"] = asdict(kind.deadline) if kind.deadline else None
    data["states"] = [asdict(state) for state in kind.states]
    data["transitions"] = [asdict(t) for t in kind.transitions]
    return data


def from_data(data: dict[str, Any], living: BerkasKind | None = None) -> BerkasKind:
    """A stored workflow again. Code and addresses are those of the `living` version of the same kind."""

    def deadline(raw: dict[str, Any] | None) -> Deadline | None:
        return Deadline(**raw) if raw else None

    def transition(raw: dict[str, Any]) -> Transition:
        by = raw["by"] if isinstance(raw["by"], str) else tuple(raw["by"])
        more = {"frm": tuple(raw["frm"]), "by": by, "deadline": deadline(raw["deadline"])}
        return Transition(**{**raw, **more, "fields": tuple(raw["fields"]), "required": tuple(raw["required"])})

    values = {
        **data,
        "states": tuple(State(**raw) for raw in data["states"]),
        "transitions": tuple(transition(raw) for raw in data["transitions"]),
        "deadline": deadline(data["deadline"]),
        "escalate": tuple(data["escalate"]),
    }
    if living is None:
        return BerkasKind(**values, on_move=_unknown)
    values.update(citizen_url=living.citizen_url, staff_url=living.staff_url, escalate=living.escalate, permission=living.permission)
    try:
        return BerkasKind(**values, move_form=living.move_form, on_move=living.on_move, offers=living.offers)
    except ValueError:  # an input that this old version asked for is gone from the living form
        return BerkasKind(**values, on_move=_unknown)
