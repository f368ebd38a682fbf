"""fathom doctor."""

from __future__ import annotations

from fathom.cli import failures, options, output
from fathom.messages import phrase

HELP = phrase("Check this installation and machine: versions, what is missing and how to get it, device, disk, store.")


def doctor(store: options.StoreFolder = None, as_json: options.Json = False) -> int:
    """Examine, and tell."""
    from fathom.cli.examination import examine

    found = examine(store)
    states = {"ok": phrase("ok"), "note": phrase("note"), "sick": phrase("sick")}
    rows = [(states[line.state], line.what, line.found) for line in found]
    text = output.table(("", phrase("what"), phrase("found")), rows)
    remedies = [f"{line.what}: {line.remedy}" for line in found if line.remedy]
    if remedies:
        text += "\n\n" + "\n".join(remedies)
    well = all(line.state != "sick" for line in found)
    output.show({"well": well, "lines": [line.to_json() for line in found]}, text, as_json)
    return failures.Code.OK if well else failures.Code.FOUND
