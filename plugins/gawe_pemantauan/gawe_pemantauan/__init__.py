"""Pemantauan masyarakat."""
