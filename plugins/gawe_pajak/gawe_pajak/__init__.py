"""Pajak daerah."""
