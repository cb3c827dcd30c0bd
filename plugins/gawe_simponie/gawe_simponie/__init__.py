"""Simponie."""
