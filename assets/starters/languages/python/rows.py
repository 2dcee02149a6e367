"""The rows of requests and of training data: 30 measurements each, as numbers."""

import csv
import json

FEATURES = 30


def parse_csv(text, columns, name):
    """The rows of a CSV text without a header; blank lines are skipped."""
    rows = []
    for line, cells in enumerate(csv.reader(text.splitlines()), start=1):
        if cells:
            rows.append(parse_row(cells, columns, f"{name}, line {line}"))
    return rows


def parse_json(text):
    """The rows of `{"instances": [[…], …]}`."""
    document = json.loads(text)
    instances = document.get("instances") if isinstance(document, dict) else None
    if not isinstance(instances, list) or not all(isinstance(cells, list) for cells in instances):
        raise ValueError('body: {"instances": [[...], ...]} expected')
    return [parse_row(cells, FEATURES, f"instances[{index}]") for index, cells in enumerate(instances)]


def parse_row(cells, columns, where):
    if len(cells) != columns:
        raise ValueError(f"{where}: {columns} columns expected, got {len(cells)}")
    return [parse_number(cell, f"{where}, column {column}") for column, cell in enumerate(cells, start=1)]


def parse_number(cell, where):
    try:
        # Text also for JSON, where a number can be too large, and `true` is not a number.
        number = float(str(cell))
    except ValueError:
        number = float("nan")
    # No comparison with NaN is true.
    if not abs(number) < float("inf"):
        raise ValueError(f"{where}: not a number: {str(cell)[:40]!r}")
    return number
