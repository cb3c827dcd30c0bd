"""A station without a portal: the engine under supervision, its listeners' addresses, announcements, and one page.

Home: what an engine needs, and `station.toml` (made at the first start), `announcements.json`, `token` (who may announce).
"""

from .settings import BadSettings
from .web import make_app

__all__ = ["BadSettings", "make_app"]
