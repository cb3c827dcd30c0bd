"""Who you are: accounts, sessions, roles by position, OPD, the audit trail."""

from .actor import ANONYMOUS, Actor, Post, as_system

__all__ = ["ANONYMOUS", "Actor", "Post", "as_system"]
