"""Pages and addresses of this room."""

from __future__ import annotations

routes: list = []
staff_routes: list = []
