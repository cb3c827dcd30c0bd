"""Announcements on devices whose pages are closed: Web Push (RFC 8030, 8291, 8292)."""
