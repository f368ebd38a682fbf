"""Lists of names that a person knows: read from text files or given as they are, and kept for learners to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from fathom.data.dialect import codec_of, encoding_of
from fathom.errors import DataError
from fathom.messages import phrase
from fathom.names import check_name

REMARK = "#"  # first on a line that is no name; a name may begin with it after a blank
SUFFIX = ".txt"

Lists = Mapping[str, str | Path | Iterable[str]]  # names, or a file with one on each line, by what they are


def names_in(path: str | Path) -> list[str]:
    """The names in a text file, one on each line; a DataError where there is none or it cannot be read."""
    place = Path(path).expanduser()
    try:
        text = place.read_bytes().decode(*codec_of(encoding_of(place)))
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise DataError(
            phrase("The list of names cannot be read: {error}.", error=reason),
            where=str(path),
            remedy=phrase("Give a text file in UTF-8 with one name on each line."),
        ) from error
    lines = (line for line in text.removeprefix("\ufeff").splitlines() if not line.startswith(REMARK))
    return _some(lines, str(path))


def name_lists(given: Lists) -> dict[str, list[str]]:
    """The names by list; a FathomError for a list that cannot be called so, cannot be read or has no name.

    >>> name_lists({"city": ["Seoul", "New  York", ""]})
    {'city': ['Seoul', 'New York']}
    """
    return {
        check_name(label): names_in(names) if isinstance(names, str | Path) else _some(names, label)
        for label, names in given.items()
    }


def write(lists: Mapping[str, Iterable[str]], folder: Path) -> list[str]:
    """Keep lists for `names_in` to read again, each in a file that is called like it; gives their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for label, names in lists.items():
        path = folder / f"{label}{SUFFIX}"
        path.write_text("".join(f" {name}\n" for name in names), "utf-8")
        paths.append(str(path))
    return paths


def _some(names: Iterable[str], where: str) -> list[str]:
    """The names without blanks too many; a DataError where none is left."""
    if found := [name for name in (" ".join(each.split()) for each in names) if name]:
        return found
    raise DataError(
        phrase("The list has no name in it."),
        where=where,
        remedy=phrase("Give a text file in UTF-8 with one name on each line."),
    )
