"""HTML by elements: whatever is not markup already is escaped, so that no section can forget to."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import TypeAlias, Union

VOID = frozenset({"br", "img", "meta", "wbr"})
# What no HTML file may hold: control characters, and halves of surrogate pairs, which UTF-8 cannot write.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child: TypeAlias = Union[str, int, float, Iterable["Child"], None]  # noqa: UP007 - a string cannot be joined by |
Attribute: TypeAlias = str | int | float | bool | None


def escape(text: object) -> Markup:
    """The text with every character that HTML would read as its own made harmless; markup stays as it is.

    >>> escape("</script>"), escape(Markup("<br>"))
    ('&lt;/script&gt;', '<br>')
    """
    if isinstance(text, Markup):
        return text
    return Markup(html.escape(UNPRINTABLE.sub("\ufffd", str(text)), quote=True))


def tag(name: str, /, *children: Child, **attributes: Attribute) -> Markup:
    """An element. `class_` becomes class, `data_tip` data-tip; None and False leave an attribute or a child out.

    >>> tag("td", "5 < 6", class_="number")
    '<td class="number">5 &lt; 6</td>'
    >>> tag("img", src="data:,", alt='a "cat"', hidden=None)
    '<img src="data:," alt="a &quot;cat&quot;">'
    """
    opening = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    return Markup(opening if name in VOID else f"{opening}{join(*children)}</{name}>")


def join(*children: Child) -> Markup:
    """The children one after the other.

    >>> join("a", None, ["&", tag("b", 3)])
    'a&amp;<b>3</b>'
    """
    return Markup("".join(_child(each) for each in children))


def _child(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, str | int | float):
        return escape(child)
    return join(*child)


def _attribute(key: str, value: Attribute) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(value)}"'
