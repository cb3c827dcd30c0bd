"""How sound and news reach listeners: one connection to the engine in each web process, many ears on it."""

from . import hls
from .client import Engine, EngineAway, Refused
from .formats import playlist_m3u, playlist_pls, status_json
from .http import AudioResponse, ReplayResponse
from .hub import Hub

__all__ = ["AudioResponse", "Engine", "EngineAway", "Hub", "Refused", "ReplayResponse", "hls", "playlist_m3u", "playlist_pls", "status_json"]
