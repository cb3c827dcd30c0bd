"""Who is asking: a frozen picture of a person for one request."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ..errors import PermissionRefused, SignInNeeded

Kind = Literal["publik", "warga", "pegawai", "sistem"]


@dataclass(frozen=True)
class Post:
    """A position that the person holds today."""

    jabatan_id: int
    jabatan: str
    opd_id: int
    opd: str
    kind: Literal["definitif", "plt", "plh"] = "definitif"
    roles: tuple[str, ...] = ()
    atasan_id: int | None = None  # jabatan above


@dataclass(frozen=True)
class Actor:
    """`permissions` maps a permission to the OPD where it holds; None means the whole regency.

    `on_behalf_of` is the account of the citizen for whom a petugas acts, with that citizen's knowledge.
    """

    account_id: int | None = None
    name: str = ""
    kind: Kind = "publik"
    has_nik: bool = False
    nip: str | None = None
    email: str = ""
    language: str = "id"
    posts: tuple[Post, ...] = ()
    permissions: dict[str, frozenset[int] | None] = field(default_factory=dict)
    on_behalf_of: int | None = None
    on_behalf_name: str = ""
    session_id: int | None = None
    page_version: int = 0
    last_seen_at: datetime | None = None

    def __hash__(self) -> int:
        return hash((self.account_id, self.session_id, self.on_behalf_of))

    @property
    def is_signed_in(self) -> bool:
        return self.account_id is not None

    @property
    def is_staff(self) -> bool:
        return self.nip is not None

    @property
    def is_authenticated(self) -> bool:  # Starlette's name
        return self.is_signed_in

    @property
    def citizen_id(self) -> int | None:
        """The account whose matter this is: the citizen acted for, else the person themselves."""
        return self.on_behalf_of or self.account_id

    @property
    def opd_ids(self) -> frozenset[int]:
        return frozenset(post.opd_id for post in self.posts)

    def can(self, permission: str, opd: int | None = None) -> bool:
        """May do `permission`: anywhere at all, or in the OPD with id `opd`."""
        if self.kind == "sistem":
            return True
        if permission not in self.permissions:
            return False
        where = self.permissions[permission]
        return where is None or opd is None or opd in where

    def opd_scope(self, *permissions: str) -> frozenset[int] | None:
        """OPD ids in which one of `permissions` holds; None is the whole regency; an empty set is nowhere."""
        if self.kind == "sistem":
            return None
        found: frozenset[int] = frozenset()
        for permission in permissions:
            where = self.permissions.get(permission, frozenset())
            if where is None:
                return None
            found |= where
        return found

    def require(self, permission: str, opd: int | None = None) -> None:
        """Raise SignInNeeded or PermissionRefused unless `can`."""
        if self.can(permission, opd):
            return
        raise PermissionRefused() if self.is_signed_in else SignInNeeded()

    def require_signed_in(self) -> int:
        """The account id; raises SignInNeeded for an anonymous visitor."""
        if self.account_id is None:
            raise SignInNeeded()
        return self.account_id


ANONYMOUS = Actor()


def as_system(reason: str) -> Actor:
    """The portal itself, for jobs and hooks; `reason` stands in the timeline and the audit trail."""
    return Actor(name=reason, kind="sistem")
