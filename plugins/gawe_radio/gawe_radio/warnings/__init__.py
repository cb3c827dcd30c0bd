"""Warnings of others brought in: CAP 1.2 and BMKG."""
