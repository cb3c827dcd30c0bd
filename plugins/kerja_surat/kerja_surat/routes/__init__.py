"""Addresses of the office, by subject."""

from . import agenda, disposisi, incoming, outgoing, rooms

staff_routes = [*incoming.routes, *disposisi.routes, *outgoing.routes, *agenda.routes, *rooms.routes]
