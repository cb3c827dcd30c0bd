"""Live voices: microphones into the engine, and what a monitor or a caller hears, with little delay."""

from .line import Channel, Held, Line

__all__ = ["Channel", "Held", "Line"]
