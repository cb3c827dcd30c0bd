"""Pendopo: the open hall of a regency, in software. What plugins import."""

from .contract import (
    CalendarEntry,
    DashboardCard,
    Fixture,
    Health,
    Job,
    MapLayer,
    MenuEntry,
    OpenDataset,
    OutgoingMessage,
    Permission,
    PersonalData,
    PluginCard,
    RoleSpec,
    SearchResult,
    Service,
    SettingSpec,
    Statistic,
    Topic,
)
from .errors import Conflict, DomainError, InvalidInput, NotFound, PermissionRefused, SignInNeeded, TooMany, Unavailable
from .hookspecs import hookimpl, hookspec
from .i18n import N_, _, ngettext

__version__ = "0.1.0"

__all__ = [
    "CalendarEntry",
    "Conflict",
    "DashboardCard",
    "DomainError",
    "Fixture",
    "Health",
    "InvalidInput",
    "Job",
    "MapLayer",
    "MenuEntry",
    "N_",
    "NotFound",
    "OpenDataset",
    "OutgoingMessage",
    "Permission",
    "PermissionRefused",
    "PersonalData",
    "PluginCard",
    "RoleSpec",
    "SearchResult",
    "Service",
    "SettingSpec",
    "SignInNeeded",
    "Statistic",
    "TooMany",
    "Topic",
    "Unavailable",
    "_",
    "hookimpl",
    "hookspec",
    "ngettext",
]
