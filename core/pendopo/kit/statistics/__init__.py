"""Figures that plugins show: a `StatisticView` gives a `Table`, the room draws its page, chart, files and rows behind it."""

from ...contract import StatisticView
from .counting import count_by, monthly, share
from .filters import Filter, Filters, by_choice, by_kecamatan, by_year
from .tables import MOST_ROWS, Column, Row, Table
from .views import StatisticFailed

__all__ = [
    "MOST_ROWS",
    "Column",
    "Filter",
    "Filters",
    "Row",
    "StatisticFailed",
    "StatisticView",
    "Table",
    "by_choice",
    "by_kecamatan",
    "by_year",
    "count_by",
    "monthly",
    "share",
]
