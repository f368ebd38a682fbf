"""Tables with headers that a screen reader can name, and lists of named values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fathom.report.html import Child, Markup, tag


def table(
    caption: Child,
    head: Sequence[Child],
    rows: Iterable[Sequence[Child]],
    *,
    numbers: Sequence[int] = (),
    sortable: bool = False,
    look: str = "",
) -> Markup:
    """A table whose first cell of each row is the row's header; `numbers` are the columns aligned by digit."""
    headings = [
        tag("th", cell, scope="col", class_="number" if position in numbers else None)
        for position, cell in enumerate(head)
    ]
    body = [tag("tr", [_cell(position, cell, numbers) for position, cell in enumerate(row)]) for row in rows]
    return tag(
        "div",
        tag(
            "table",
            tag("caption", tag("span", caption)),  # which stays in sight, however wide the table is
            tag("thead", tag("tr", headings)),
            tag("tbody", body),
            class_=look or None,
            data_sortable=sortable,
        ),
        class_="scroll",
        tabindex=0,  # what scrolls must be reachable by keyboard
    )


def folded(summary: str, content: Child) -> Markup:
    """Detail that opens when asked for, and in print."""
    return tag("details", tag("summary", summary), content)


def listing(pairs: Iterable[tuple[str, Child]]) -> Markup:
    """Names and their values."""
    return tag("dl", [tag("div", tag("dt", name), tag("dd", text)) for name, text in pairs], class_="listing")


def _cell(position: int, cell: Child, numbers: Sequence[int]) -> Markup:
    if position == 0:
        return tag("th", cell, scope="row")
    return tag("td", cell, class_="number" if position in numbers else None)
