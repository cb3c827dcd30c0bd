"""Operators' pages. Each room brings its own; this one adds the plugins page and joins them in one menu."""
