"""Serang Gawe: reports of citizens."""
