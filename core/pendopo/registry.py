"""What enabled plugins gave once: permissions, roles, topics, settings, kinds of berkas and of papers, jobs, channels, services.

Read at start and after each switch; rooms look things up here and never walk over plugins themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .contract import Job, Permission, RoleSpec, Service, SettingSpec, Topic
from .i18n import words_of

if TYPE_CHECKING:
    from .app import Portal


@dataclass
class Registry:
    permissions: dict[str, Permission] = field(default_factory=dict)
    roles: dict[str, RoleSpec] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    settings: dict[str, SettingSpec] = field(default_factory=dict)
    berkas_kinds: dict[str, Any] = field(default_factory=dict)
    bill_kinds: dict[str, Any] = field(default_factory=dict)
    document_kinds: dict[str, Any] = field(default_factory=dict)  # "plugin.slug" -> kind
    jobs: dict[str, tuple[str, Job]] = field(default_factory=dict)  # slug -> (plugin, job)
    services: dict[str, tuple[str, Service]] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)  # permission, topic, setting, role, channel or kind -> plugin

    def said(self, what: str, slug: str, message: str) -> str:
        """A title that a plugin gave (`topics`, "surat.paraf"), in the present language with that plugin's words."""
        return words_of(self.owners.get(f"{what}:{slug}", ""), message)


_current = Registry()


def current() -> Registry:
    return _current


def register_all(portal: Portal) -> Registry:
    """Ask every enabled plugin again. Settings, roles and kinds of disabled plugins are left out too."""
    global _current
    host, new = portal.host, Registry()
    for hook, table in (("permissions", new.permissions), ("topics", new.topics), ("settings", new.settings)):
        for plugin, items in host.each(hook):
            for item in items:
                key = getattr(item, "name", None) or item.slug
                table[key] = item
                new.owners[f"{hook}:{key}"] = plugin.name
    for plugin, kinds in host.each("berkas_kinds"):
        for kind in kinds:
            new.berkas_kinds[kind.slug] = kind
            new.owners[f"berkas:{kind.slug}"] = plugin.name
    for _plugin, kinds in host.each("document_kinds"):
        new.document_kinds.update({kind.owner: kind for kind in kinds})
    for plugin, kinds in host.each("bill_kinds"):
        for kind in kinds:
            new.bill_kinds[kind.slug] = kind
            new.owners[f"bill:{kind.slug}"] = plugin.name
    for plugin, roles in host.each("roles"):
        for role in roles:
            new.owners.setdefault(f"roles:{role.slug}", plugin.name)
            known = new.roles.get(role.slug)
            joined = tuple(dict.fromkeys([*(known.permissions if known else ()), *role.permissions]))
            scope = "regency" if "regency" in (role.scope, known.scope if known else "") else "opd"
            new.roles[role.slug] = RoleSpec(role.slug, known.title if known else role.title, joined, scope)
    for plugin, jobs in host.each("jobs"):
        new.jobs.update({job.slug: (plugin.name, job) for job in jobs})
    for plugin, services in host.each("services"):
        new.services.update({service.slug: (plugin.name, service) for service in services})
    for plugin, channels in host.each("message_channels"):
        new.channels.update(dict(channels))
        new.owners.update({f"channels:{slug}": plugin.name for slug, _title in channels})
    _current = new
    return new
