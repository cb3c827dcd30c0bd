"""The engine's own log of what was on the air."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from pendopo_stream.engine.log import OnAirLog, broken_links, last_hash, read_since

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def all_lines(folder):
    return [line for _day, _offset, lines in read_since(folder, "", 0) for line in lines]


@pytest.fixture
def folder(tmp_path):
    log = OnAirLog(tmp_path, "satu")
    for number in range(5):
        log.write({"event": "track", "at": NOON.isoformat(), "track": {"label": f"Lagu {number}"}}, NOON + timedelta(hours=4 * number))
    return tmp_path


def rewrite(folder, change):
    for path in sorted(folder.glob("*.jsonl")):
        lines = change([json.loads(line) for line in path.read_text().splitlines()])
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_a_log_over_two_days_and_two_engines_is_one_chain(folder):
    OnAirLog(folder, "dua").write({"event": "began", "at": NOON.isoformat()}, NOON + timedelta(days=2))
    lines = all_lines(folder)
    assert len({path.stem for path in folder.glob("*.jsonl")}) == 3
    assert [line["line"] for line in lines[-2:]] == ["satu-000005", "dua-000001"]
    assert broken_links(lines, "") == []
    assert last_hash(folder) == lines[-1]["hash"]


def test_a_changed_line_is_named(folder):
    rewrite(folder, lambda lines: [{**line, "track": {"label": "Lain"}} if line["line"] == "satu-000002" else line for line in lines])
    assert broken_links(all_lines(folder), "") == ["satu-000002"]


def test_a_line_taken_out_is_noticed_at_the_next(folder):
    rewrite(folder, lambda lines: [line for line in lines if line["line"] != "satu-000003"])
    assert broken_links(all_lines(folder), "") == ["satu-000004"]


def test_a_missing_beginning_is_noticed(folder):
    assert broken_links(all_lines(folder)[1:], "") == ["satu-000002"]


def test_half_a_line_of_a_power_cut_spoils_nothing_after_it(folder):
    with (folder / "2026-03-02.jsonl").open("a") as file:
        file.write('{"line":"satu-000006","ev')
    OnAirLog(folder, "dua").write({"event": "began", "at": NOON.isoformat()}, NOON + timedelta(days=1))
    assert [line["line"] for line in all_lines(folder)][-1] == "dua-000001"
    assert broken_links(all_lines(folder), "") == []


def test_what_is_not_for_the_record_is_not_written(folder):
    OnAirLog(folder, "dua").write({"event": "levels"}, NOON)
    assert len(all_lines(folder)) == 5
