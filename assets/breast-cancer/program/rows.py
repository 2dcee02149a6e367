"""The CSV parser of training and inference."""

import csv

FEATURES = 30


def parse_row(cells, where):
    """The numbers of one row; raises ValueError with the position of an invalid cell."""
    try:
        return [float(cell) for cell in cells]
    except ValueError:
        column, cell = next((column, cell) for column, cell in enumerate(cells, start=1) if not is_number(cell))
        raise ValueError(f"{where}, column {column}: not a number: {cell[:40]!r}") from None


def is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


def parse_rows(lines, columns, name):
    """All rows of a CSV text without a header; blank lines are skipped."""
    rows = []
    for line, cells in enumerate(csv.reader(lines), start=1):
        if not cells:
            continue
        where = f"{name}, line {line}"
        if len(cells) != columns:
            raise ValueError(f"{where}: {columns} columns expected, got {len(cells)}")
        rows.append(parse_row(cells, where))
    return rows
