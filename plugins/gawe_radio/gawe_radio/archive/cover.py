"""The square picture that podcast directories ask for (1400 px), drawn with the station's name."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).parent
SIDE_PX = 1400


@lru_cache(maxsize=4)
def picture(station_name: str) -> bytes:
    """PNG. Drawn once for each process."""
    import typst

    return typst.compile(str(HERE / "cover.typ"), root=str(HERE), sys_inputs={"data": json.dumps({"station": station_name})}, format="png", ppi=144.0)
