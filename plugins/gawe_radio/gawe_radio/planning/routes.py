"""Addresses of this room."""

from __future__ import annotations

from . import library_pages, list_pages, prayer_pages, week_pages

routes: list = [*week_pages.routes, *prayer_pages.routes]
staff_routes: list = [*list_pages.staff_routes, *library_pages.staff_routes, *week_pages.staff_routes, *prayer_pages.staff_routes]
