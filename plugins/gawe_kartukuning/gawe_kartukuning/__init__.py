"""Kartu kuning."""
