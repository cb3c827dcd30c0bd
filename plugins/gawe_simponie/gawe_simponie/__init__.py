"""Permits of the regency: found, asked for, examined, paid, issued, watched."""
