"""Reads a spreadsheet in a process of its own, within bounds of memory and time: `python _sheet_reader.py ROWS MEMORY_BYTES SECONDS`.

The file comes on stdin, its rows go to stdout as one JSON list a line. A cell far away makes a small file a huge table,
and a small archive may unpack to gigabytes: what happens here takes nobody else along. Imports nothing of the house.
"""

import json
import sys
from datetime import date, datetime, time, timedelta


def plain(value):
    """A cell as JSON: dates as `{"d": "2026-03-10"}`, so that text which looks like one stays text."""
    if isinstance(value, datetime):
        return {"d": value.date().isoformat()} if value.time() == time() else {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, time | timedelta):
        return str(value)
    return value


def main(most_rows, memory_bytes, seconds):
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    from io import BytesIO

    import python_calamine

    try:
        book = python_calamine.load_workbook(BytesIO(sys.stdin.buffer.read()))
        sheet = book.get_sheet_by_index(0)
    except (python_calamine.CalamineError, IndexError, ValueError) as error:
        sys.exit(f"{type(error).__name__}")
    out = sys.stdout
    for number, row in enumerate(sheet.iter_rows(), sheet.start[0] if sheet.start else 0):
        if number > most_rows:
            break
        out.write(json.dumps([number + 1, [plain(cell) for cell in row]], ensure_ascii=False))
        out.write("\n")


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:4]))
