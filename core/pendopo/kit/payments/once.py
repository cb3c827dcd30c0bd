"""Write a row unless it is there: `pendopo.db.insert_once`."""

from ...db import insert_once as insert_once
