"""How sound and news reach listeners: one connection to the engine in each web process, many ears on it."""

from .client import Engine, EngineAway
from .http import AudioResponse, playlist_m3u, playlist_pls, status_json
from .hub import Hub

__all__ = ["AudioResponse", "Engine", "EngineAway", "Hub", "playlist_m3u", "playlist_pls", "status_json"]
