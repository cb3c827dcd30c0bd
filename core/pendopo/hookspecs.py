"""The whole contract between Pendopo and its plugins, on one page.

A plugin is a distribution with an entry point in the group `pendopo.plugins` that names a module with hook
implementations (`from pendopo import hookimpl`). Every hook is optional; arguments are passed by name, and an
implementation lists only those it needs.

Three kinds, told apart by name:

- **collect** (plural noun): each plugin returns a list; the lists are joined in the plugins' order (faces, then names).
  A plugin that raises loses its own entries for that call; the fault is logged and shown at /admin/plugins.
- **fact** (past tense): told after commit through the outbox, at least once, in a transaction of its own per plugin
  (`db`). `key` is the same at each retry: use it to do the work once. A plugin that raises is retried with back-off, alone.
- **question** (verb): the first answer that is not None wins; a *veto* (`..._objections`) joins all reasons.
  A plugin that raises counts as silent for a question and as an objection for a veto.

Hooks run with the caller's language and the plugin's own words, so text may be translated on the spot with `_()`.
`actor` is a `pendopo.Actor`, also for anonymous visitors. `db` is a session of the caller's transaction: read freely,
write only in facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pluggy

from . import contract as c

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
    from starlette.routing import BaseRoute

    from .identity import Actor

hookspec = pluggy.HookspecMarker("pendopo")
hookimpl = pluggy.HookimplMarker("pendopo")

# ---------------------------------------------------------------- collected once, at start and when a plugin is switched


@hookspec
def plugin_card() -> c.PluginCard:
    """Return the plugin's card. Required. Called once at start; without a card the plugin is listed as broken."""


@hookspec
def routes() -> list[BaseRoute]:
    """Return Starlette routes for citizens, mounted under `/<slug>/`. Names are `<slug>:<name>`.

    Called once at start. A plain `def` endpoint runs in the thread pool in one transaction (`request.state.db`);
    an `async def` endpoint runs on the loop without one.
    """


@hookspec
def staff_routes() -> list[BaseRoute]:
    """Return routes for staff, mounted under `/kerja/<slug>/`. Only people with a NIP reach them. Called once at start."""


@hookspec
def plugin_hookspecs() -> list[Any]:
    """Return modules with hookspecs of this plugin's own, for others to answer. Called once, before hooks are checked.

    Names must start with the plugin's slug, so that two plugins never declare the same hook.
    """


@hookspec
def permissions() -> list[c.Permission]:
    """Return what may be done in this plugin. Called once at start. Names start with the slug and a dot."""


@hookspec
def roles() -> list[c.RoleSpec]:
    """Return the usual roles. Called once at start. A role may be given by several plugins: permissions are joined."""


@hookspec
def berkas_kinds() -> list[Any]:
    """Return `pendopo.kit.berkas.BerkasKind` values: states, transitions, deadlines. Called once at start.

    Raise `version` with each change of states or transitions: a running berkas keeps the version it began with.
    """


@hookspec
def document_kinds() -> list[Any]:
    """Return `pendopo.kit.documents.DocumentKind` values: the papers that this plugin issues. Called once at start."""


@hookspec
def bill_kinds() -> list[Any]:
    """Return `pendopo.kit.payments.BillKind` values: what this plugin bills for. Called once at start."""


@hookspec
def topics() -> list[c.Topic]:
    """Return what people can be notified of. Called once at start."""


@hookspec
def jobs() -> list[c.Job]:
    """Return background and scheduled work. Called once at start."""


@hookspec
def settings() -> list[c.SettingSpec]:
    """Return what an operator may set. Called once at start. Legal figures and tariffs belong here, never in code."""


@hookspec
def services() -> list[c.Service]:
    """Return processes that `pendopo serve` keeps running beside the web workers. Called once at start."""


@hookspec
def companions() -> list[c.Companion]:
    """Return what runs on the loop of every web process beside requests (one connection upstream, many listeners).

    Called when the process starts and when a plugin is switched on. One that fails to start is a fault of its plugin.
    """


@hookspec
def commands() -> list[Any]:
    """Return `typer.Typer` groups (with `info.name`) for the command line. Called once per command."""


# ---------------------------------------------------------------------------------------------- collected for a page


@hookspec
def menu_entries(actor: Actor) -> list[c.MenuEntry]:
    """Return the menu entries for `actor`. Called when a page is first drawn for a set of permissions and a language,
    then kept: do not query, do not look at anything but what the actor is and may do.
    """


@hookspec
def badge_counts(db: Session, actor: Actor) -> list[tuple[str, int]]:
    """Return `(badge name, count)` for menu badges. Called at each full page of a signed-in actor: one cheap query.

    A kept page lives only until the database changes, so no count on it is stale.
    """


@hookspec
def dashboard_cards(db: Session, actor: Actor, face: str) -> list[c.DashboardCard]:
    """Return cards for the home page of `face` ("gawe" or "kerja"), and work for no others.

    Called when that page is drawn. One or two indexed queries at most. Cards of the other face are left out.
    """


@hookspec
def page_fixtures() -> list[c.Fixture]:
    """Return what stays on every page outside the changing part. Called once per language and theme, then kept."""


@hookspec
def search_results(db: Session, query: str, actor: Actor, limit: int) -> list[c.SearchResult]:
    """Return at most `limit` results that `actor` may see. Called for each search."""


@hookspec
def calendar_entries(db: Session, actor: Actor, start: datetime, end: datetime) -> list[c.CalendarEntry]:
    """Return what happens in `[start, end)` for `actor`. Called when their home page is drawn: one indexed query."""


@hookspec
def map_layers(actor: Actor) -> list[c.MapLayer]:
    """Return public GeoJSON layers of points. Called when a page offers them beside its own on a map: do not query."""


@hookspec
def open_datasets() -> list[c.OpenDataset]:
    """Return public datasets without personal data. Called for the catalogue at /data-terbuka: do not query."""


@hookspec
def statistics(db: Session) -> list[c.Statistic]:
    """Return public figures. Called for dashboards, at most once a minute."""


@hookspec
def statistic_views() -> list[c.StatisticView]:
    """Return tables of figures that get a page with chart, filters, files and rows behind them at /statistik/ or
    /kerja/statistik/ (`pendopo.kit.statistics`). Called when such a page is drawn: do not query here, the views do.
    """


@hookspec
def health(db: Session) -> list[c.Health]:
    """Return whether this service is well. Called by /readyz and `pendopo doctor`."""


@hookspec
def personal_data(db: Session, account_id: int) -> list[c.PersonalData]:
    """Return what the plugin holds of a person (UU 27/2022, access). Required of every plugin with tables.

    Called when a person asks for their data.
    """


# ------------------------------------------------------------------------------------------------------------- facts


@hookspec
def berkas_moved(
    db: Session,
    key: str,
    berkas_id: int,
    kind: str,
    plugin: str,
    transition: str,
    from_state: str,
    to_state: str,
    actor_id: int | None,
    at: datetime,
) -> None:
    """A matter went from one state to another (at its opening `from_state` and `transition` are ""). Told after each move."""


@hookspec
def document_issued(
    db: Session,
    key: str,
    document_id: int,
    plugin: str,
    kind: str,
    ref: int | None,
    number: str,
    holder_id: int | None,
    replaces_id: int | None,
    at: datetime,
) -> None:
    """A paper holds from now on: it is drawn, and every signature that it needs is on it. Told once for each paper."""


@hookspec
def document_revoked(
    db: Session, key: str, document_id: int, plugin: str, kind: str, ref: int | None, number: str, reason: str, refused_by: str, at: datetime
) -> None:
    """A paper was revoked, or `refused_by` sent it back unsigned. Told once for each paper; not when another paper replaces it."""


@hookspec
def announcement_published(
    db: Session, key: str, announcement_id: int, text: dict[str, str], priority: str, areas: list[str], until: datetime | None
) -> None:
    """A word to the people went out. Told when it is published, by whichever plugin publishes.

    `priority`: info, penting, darurat. `areas`: wilayah codes, [] is everywhere.
    """


@hookspec
def read_out_requested(db: Session, key: str, plugin: str, text: dict[str, str], priority: str, until: datetime | None) -> None:
    """A plugin asks the radio to read `text` (by language) aloud, at most 90 seconds long. An editor may refuse it."""


@hookspec
def surat_requested(
    db: Session, key: str, source: str, berkas_id: int, perihal: str, summary: str, opd_id: int, actor_id: int | None, derajat: str
) -> None:
    """A plugin asks that a matter enters the letter register of `opd_id` and goes down by disposisi.

    Known as `surat_catat` in the domain papers. `derajat`: biasa, penting, segera, amat_segera.
    """


@hookspec
def disposisi_finished(db: Session, key: str, source: str, berkas_id: int, result: str, note: str, actor_id: int | None, at: datetime) -> None:
    """A matter that came by `surat_requested` moved in the office, told to whoever asked: `result` is dicatat, dibaca, diproses, selesai or dikembalikan."""


@hookspec
def bill_paid(
    db: Session, key: str, plugin: str, kind: str, ref: int, bill_id: int, paid_at: datetime, amount: int, ntpd: str
) -> None:
    """A bill was paid, penalty included in `amount`. Told once for each bill, to every plugin: look at `plugin` and `kind`."""


@hookspec
def bill_cancelled(db: Session, key: str, plugin: str, kind: str, ref: int, bill_id: int, at: datetime, reason: str) -> None:
    """A bill can't be paid any more: its plugin cancelled it, or its time ran out (`reason` is then `kedaluwarsa`). Told after that."""


@hookspec
def person_erased(db: Session, key: str, account_id: int) -> None:
    """A person's data are to be erased or made anonymous (UU 27/2022). Told when an erasure was granted."""


# --------------------------------------------------------------------------------------------------------- questions


@hookspec(firstresult=True)
def may_join(db: Session, topic: str, actor: Actor) -> bool | None:
    """May `actor` hear the live topic? Asked at joining. None when the topic is not this plugin's; nobody's is refused."""


@hookspec(firstresult=True)
def may_read_attachment(db: Session, owner: str, ref: int, actor: Actor) -> bool | None:
    """May `actor` see the files of row `ref` of `owner` (`gawe_pelaporan.laporan`)? None when it is not yours; nobody's yes is no.

    Asked at each download.
    """


@hookspec(firstresult=True)
def verify_document(db: Session, token: str) -> c.VerifiedDocument | None:
    """What is known of the paper whose QR code holds `token`? Asked by /v/{token}, by anyone; None when it is not ours.

    Tokens must be too long to guess. Personal data of third persons don't belong in the answer.
    """


@hookspec(firstresult=True)
def sign_document(request: c.SignRequest) -> bytes | None:
    """Return `request.pdf` with a PAdES signature of `request.signer` appended to it; None when you don't sign for that one.

    Asked for each signature while a provider is set; the answer must begin with the very bytes of `request.pdf`. It may
    take seconds: papers of kinds that are signed "later" or "desk" hold no transaction meanwhile. Raise to have it tried
    again: nobody else is asked then, and the test authority never steps in for a provider that fails.
    """


@hookspec(firstresult=True)
def page_notice(db: Session, actor: Actor) -> c.Notice | None:
    """Return what stands above the page of `actor` now. Called at each full page: one cheap query. None when there is nothing."""


@hookspec(firstresult=True)
def send_message(message: c.OutgoingMessage) -> bool | None:
    """Send one message through `message.channel`. True when handed over; raise to be retried; None when not ours.

    Asked by the outbox, outside of any transaction, for channels beside the inbox and e-mail.
    """


@hookspec
def message_channels() -> list[tuple[str, str]]:
    """Return `(channel, title)` that `send_message` of this plugin serves. Called once at start."""


@hookspec
def payment_providers() -> list[c.PaymentWay]:
    """Return the ways to pay that this plugin prepares. Called when the page of a bill is drawn: do not query."""


@hookspec(firstresult=True)
def start_payment(order: c.PaymentOrder) -> c.PaymentCode | None:
    """Have the bank prepare a QR code or a virtual account. None when `order.provider` is not yours; raise to be retried.

    Asked by the outbox, outside of any transaction, after the payer chose the way.
    """


@hookspec(firstresult=True)
def find_payment(order: c.PaymentOrder) -> list[c.PaymentFound] | None:
    """What does the bank know of payments of `order.kode_bayar`? None when `order.provider` is not yours; raise to be retried.

    Asked by the outbox, outside of any transaction, when a bank statement shows money that nobody told of.
    """


@hookspec
def berkas_objections(db: Session, berkas_id: int, kind: str, transition: str, actor: Actor) -> list[str]:
    """Veto: return reasons why the matter may not move now. Asked inside the transaction, before the move."""


@hookspec
def absences(db: Session, account_id: int, start: date, end: date) -> list[c.CalendarEntry]:
    """Return lawful absences of an employee; leave and travel answer, agenda and attendance ask. Asked when a calendar is drawn."""


@hookspec(firstresult=True)
def road_owner(db: Session, lat: float, lon: float) -> dict[str, Any] | None:
    """Return `{"authority", "name", "number"}` of the road within 30 m: nasional, provinsi, kabupaten or desa.

    Asked when a place on a road is chosen, and when a report about one is received.
    """


# ---------------------------------------------------------------------------------------------------------------- demo


@hookspec
def demo_data(db: Session, seed: int, now: datetime, scale: float) -> None:
    """Fill this plugin's tables with a believable regency; equal for equal `seed`. `scale` 1.0 is the full amount.

    Called by `pendopo demo` in the plugins' order after the core made its OPD, staff and citizens.
    """


def collected(results: Sequence[list[Any]]) -> list[Any]:
    """Join the lists of a collect hook."""
    return [item for result in results for item in result or ()]
