"""The values that plugins give to the house. Plain frozen data; `hookspecs.py` says when each is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

Face = Literal["gawe", "kerja"]
Scope = Literal["opd", "regency"]


@dataclass(frozen=True)
class PluginCard:
    """Who a plugin is.

    `authority`: `utama` when we are the record, `cermin` when we mirror a national system.
    `core`: the version of `pendopo` it needs, as a specifier (`>=0.1,<1`).
    `requires`: plugins whose tables or hooks it can't do without; it is switched off when one is missing.
    """

    slug: str
    title: str
    face: Face
    summary: str
    icon: str = "layout-grid"
    owner_opd: str = ""
    core: str = ">=0.1,<1"
    authority: Literal["utama", "cermin"] = "utama"
    requires: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True)
class MenuEntry:
    """One way in. `permission`: who sees it ("" is everyone). `badge`: name of a count given by `badge_counts`."""

    label: str
    href: str
    face: Face = "gawe"
    icon: str = ""
    summary: str = ""
    permission: str = ""
    signed_in: bool = False
    badge: str = ""
    rank: int = 100
    group: str = ""


@dataclass(frozen=True)
class Permission:
    name: str  # "pelaporan.verify"
    title: str


@dataclass(frozen=True)
class RoleSpec:
    """A usual role. Held through a position (jabatan). `scope`: in the position's OPD and below, or everywhere."""

    slug: str
    title: str
    permissions: tuple[str, ...]
    scope: Scope = "opd"


@dataclass(frozen=True)
class Topic:
    """Something people can be told of. `channels`: what is on unless the person chose otherwise."""

    slug: str
    title: str
    channels: tuple[str, ...] = ("inbox", "email")
    audience: Literal["warga", "pegawai", "all"] = "all"
    urgent: bool = False  # passes quiet hours
    mandatory: bool = False  # the inbox copy can't be switched off


@dataclass(frozen=True)
class Job:
    """Work outside a request. `run(portal, now)` opens its own session. `cron`: five fields, regency time; "" is on demand."""

    slug: str
    title: str
    run: Callable[..., Any]
    cron: str = ""
    retries: int = 3


@dataclass(frozen=True)
class SettingSpec:
    """A value that an operator may change, with an effective date.

    `kind`: "int", "decimal", "text", "bool", "date", "json", "rupiah", "days", "hours", "months", "percent".
    `source`: regulation or "contoh" when nobody confirmed it yet; shown beside the value.
    """

    name: str  # "pelaporan.sla_biasa_hk"
    title: str
    kind: str
    default: Any
    help: str = ""
    source: str = ""
    choices: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True)
class DashboardCard:
    """A piece of a home page, rendered from `template` with `context`. `size`: columns of three."""

    slug: str
    title: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    face: Face = "gawe"
    rank: int = 100
    size: int = 1
    live: str = ""  # topic whose change makes the card stale


@dataclass(frozen=True)
class SearchResult:
    title: str
    href: str
    kind: str
    summary: str = ""
    score: float = 0.0
    date: datetime | None = None


@dataclass(frozen=True)
class CalendarEntry:
    title: str
    start: datetime
    end: datetime
    href: str = ""
    place: str = ""


@dataclass(frozen=True)
class MapLayer:
    slug: str
    title: str
    href: str  # GeoJSON
    source: str = ""
    dated: date | None = None


@dataclass(frozen=True)
class OpenDataset:
    slug: str
    title: str
    description: str
    csv: str  # address of the CSV
    licence: str = "CC BY 4.0"
    rhythm: str = "harian"


@dataclass(frozen=True)
class Statistic:
    """One figure of the home page. `unit`: a word, "%", or "rupiah", which is shown short (Rp117,8 miliar)."""

    slug: str
    title: str
    value: int | float
    unit: str = ""
    href: str = ""


@dataclass(frozen=True)
class StatisticView:
    """A table of figures with a page of its own, drawn by `pendopo.kit.statistics`, whose names are used below.

    `query(db, filters)` gives a `Table`; `filters` holds what was chosen (`filters.year`, `filters["jenis"]`) of the view's
    `filters` (`by_year`, `by_kecamatan`, `by_choice`). `permission`: who may see it; "" is everyone, and then figures of
    1 to 4 are hidden. `drill(db, filters, key)` gives a `Table` of the rows that the row with `key` counts, each with its
    own `href`, at most `MOST_ROWS`; for holders of `drill_permission` (else `permission`), who also see small figures.
    `source`: where the figures come from, for a person.
    """

    slug: str
    title: str
    query: Callable[..., Any]
    summary: str = ""
    permission: str = ""
    chart: Literal["bar", "line", "stacked", "none"] = "bar"
    filters: Sequence[Any] = ()
    drill: Callable[..., Any] | None = None
    drill_permission: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if self.drill is not None and not (self.drill_permission or self.permission):
            raise ValueError(f"statistic {self.slug!r}: rows behind figures need a permission")


@dataclass(frozen=True)
class PersonalData:
    """What a plugin holds of a person: `rows` for the export, `purpose` and `basis` (dasar pemrosesan, UU 27/2022)."""

    title: str
    purpose: str
    basis: str
    rows: Sequence[dict[str, Any]] = ()
    keep_for: str = ""


@dataclass(frozen=True)
class Service:
    """A long-running process beside the web workers, supervised and restarted by `pendopo serve`."""

    slug: str
    title: str
    command: tuple[str, ...]  # "{python}" and "{home}" are filled in
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Companion:
    """Work on the loop of every web process, beside requests. `start(portal)` and `stop()` are coroutine functions.

    `stop` is called at the end of the process and when the plugin is switched off.
    """

    slug: str
    start: Callable[..., Any]
    stop: Callable[[], Any]


@dataclass(frozen=True)
class Health:
    slug: str
    ok: bool
    detail: str = ""


@dataclass(frozen=True)
class Fixture:
    """Something that stays on every full page while one walks, outside the changing part (a player)."""

    slug: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    face: Face | None = None


@dataclass(frozen=True)
class Notice:
    """What stands above every page of a person, and the live topic on which it is renewed (`#siaran`)."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    topic: str = "public:siaran"


@dataclass(frozen=True)
class VerifiedSigner:
    """A signature on a paper, as anyone may know it. `at` is None while it is missing. `test`: by the test authority.

    `how`: in words, how somebody outside the offices agreed, who has no certificate.
    """

    name: str
    post: str = ""
    at: datetime | None = None
    certificate: str = ""
    test: bool = False
    how: str = ""


@dataclass(frozen=True)
class VerifiedDocument:
    """What anyone may know of a paper that the regency issued, from the token in its QR code.

    `status`: berlaku, diganti, dicabut, kedaluwarsa or menunggu (not signed yet), with `status_note` for a person. A secret
    paper shows only that it exists: leave the other fields empty and say so in `note`. `signed`: does the file itself carry
    an electronic signature? `test`: only one of the test authority. `fields`: `(label, value)`, personal data masked.
    `replaced_by`, `replaces`: `(number, address)` of the other paper.
    """

    kind: str
    status: Literal["berlaku", "diganti", "dicabut", "kedaluwarsa", "menunggu"] = "berlaku"
    status_note: str = ""
    number: str = ""
    dated: date | None = None
    issuer: str = ""
    signer: str = ""
    signed: bool = False
    sha256: str = ""
    note: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    test: bool = False
    signers: Sequence[VerifiedSigner] = ()
    fields: Sequence[tuple[str, str]] = ()
    replaced_by: tuple[str, str] | None = None
    replaces: tuple[str, str] | None = None


@dataclass(frozen=True)
class Signer:
    """Who signs a paper: the holder of a position that day, or an office as such (`account_id` None)."""

    name: str
    post: str = ""  # "Plh. Kepala Dinas"
    nip: str = ""
    issuer: str = ""
    jabatan_id: int | None = None
    account_id: int | None = None
    nik: str = field(default="", repr=False)


@dataclass(frozen=True)
class SignRequest:
    """A PDF to be signed by PAdES as an incremental update, in the signature field `field_name`.

    `link`: the page that verifies the paper. `passphrase`: what the signer typed at their desk; never kept anywhere.
    """

    pdf: bytes = field(repr=False)
    field_name: str
    signer: Signer
    reason: str
    link: str
    at: datetime
    passphrase: str = field(default="", repr=False)


@dataclass(frozen=True)
class OutgoingMessage:
    """One message to one person through one channel."""

    account_id: int
    address: str
    subject: str
    body: str
    url: str = ""
    channel: str = "email"
    language: str = "id"


@dataclass(frozen=True)
class PaymentWay:
    """A way to pay that a provider offers for any bill: a QR code (`qris`) or a virtual account (`va`)."""

    way: Literal["qris", "va"]
    provider: str


@dataclass(frozen=True)
class PaymentOrder:
    """A bill that somebody wants to pay in a way, for its provider to prepare or to look up. `number`: ours, the same at each try.

    `reference`: what the provider calls it, once prepared. `merchant`: who is paid, as the operator set it (`tagihan.qris`).
    `va`: the virtual account of the bill under the operator's prefix (`tagihan.va_prefix`).
    """

    provider: str
    way: Literal["qris", "va"]
    number: str
    kode_bayar: str
    amount: int
    title: str
    expires_at: datetime
    reference: str = ""
    va: str = ""
    merchant: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PaymentCode:
    """What a provider prepared. `content`: the payload of the QR code, or the number of the virtual account."""

    content: str
    reference: str = ""


@dataclass(frozen=True)
class PaymentFound:
    """A payment that a provider knows of."""

    kode_bayar: str
    ref_bank: str
    amount: int
    paid_at: datetime
