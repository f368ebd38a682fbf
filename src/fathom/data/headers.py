"""Column names made usable: trimmed, none empty, no two alike."""

from __future__ import annotations

from collections.abc import Sequence

from fathom.messages import phrase


def usable(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Names to use, and a notice for each that had to change.

    >>> usable(["a", "", "a "])
    (['a', 'column 2', 'a (2)'], ['Column 2 has no name; it is called column 2.', "The name 'a' stands twice; the column at 3 is called 'a (2)'."])
    """  # noqa: E501
    used: dict[str, None] = {}
    notices = []
    for place, raw in enumerate(names, start=1):
        name = raw.strip().replace("\n", " ").replace("\r", "")
        if not name:
            name = f"column {place}"
            notices.append(phrase("Column {place} has no name; it is called {name}.", place=place, name=name))
        if name in used:
            other = next(f"{name} ({count})" for count in range(2, len(names) + 3) if f"{name} ({count})" not in used)
            twice = phrase(
                "The name '{name}' stands twice; the column at {place} is called '{other}'.",
                name=name,
                place=place,
                other=other,
            )
            notices.append(twice)
            name = other
        used[name] = None
    return list(used), notices


def no_header(cells: Sequence[str]) -> bool:
    """Whether a first row is data: all numbers, and not the running numbers that some programs use as names.

    >>> no_header(["5.1", "3.5", "0.2"]), no_header(["0", "1", "2"]), no_header(["age", "2019"])
    (True, False, False)
    """
    values = []
    for cell in cells:
        try:
            values.append(float(cell))
        except ValueError:
            return False
    whole = all(value.is_integer() for value in values)
    return len(values) > 1 and not (whole and len(set(values)) == len(values))
