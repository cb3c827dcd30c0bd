"""A radio station: decisions (`rundown`, `announcements`, `on_air`), engine, relay, speech. Knows no portal."""

__version__ = "0.1.0"

__all__ = ["__version__"]
