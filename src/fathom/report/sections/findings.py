"""What the data check found, and what it could not check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fathom.messages import phrase, plural, words
from fathom.report import parts, wording
from fathom.report.evidence import Evidence
from fathom.report.html import Markup, join, tag
from fathom.report.tables import folded

if TYPE_CHECKING:
    from fathom.data.finding import Finding

ORDER = ("error", "warning", "note", "unchecked", "ok")
SIGNS = {"error": "✕", "warning": "!", "note": "·", "unchecked": "?", "ok": "✓"}
MOST_ROWS = 12


def body(evidence: Evidence) -> Markup:
    """The findings, the gravest first; what is fine is folded away."""
    findings = sorted(evidence.study.findings, key=lambda each: ORDER.index(each.level) if each.level in ORDER else 0)
    if not findings:
        return parts.absent(phrase("No finding of a data check is stored with this study."))
    open_, fine = [each for each in findings if each.level != "ok"], [each for each in findings if each.level == "ok"]
    counts = {level: sum(each.level == level for each in findings) for level in ORDER}
    said = ", ".join(f"{words.level(level)}: {counts[level]}" for level in ORDER if counts[level])
    return join(
        tag("p", said[0].upper() + said[1:] + "."),
        tag("ul", [_finding(each) for each in open_], class_="findings") if open_ else None,
        folded(
            plural(len(fine), "{count:,} check without trouble", "{count:,} checks without trouble"),
            tag("ul", map(_finding, fine), class_="findings"),
        )
        if fine
        else None,
    )


def _finding(finding: Finding) -> Markup:
    about = []
    if finding.columns:
        about.append(join(plural(len(finding.columns), "column: ", "columns: "), parts.names(finding.columns)))
    if finding.rows:
        shown = ", ".join(f"{row + 1:,}" for row in finding.rows[:MOST_ROWS])
        if len(finding.rows) > MOST_ROWS:
            shown = phrase("{shown} and {more} more", shown=shown, more=len(finding.rows) - MOST_ROWS)
        about.append(join(phrase("rows: {shown}", shown=shown)))
    return tag(
        "li",
        tag("span", f"{SIGNS.get(finding.level, '')} {words.level(finding.level)}", class_=f"level {finding.level}"),
        tag("p", wording.short(finding.what, 600)),
        [tag("p", each, class_="about") for each in about],
        folded(
            phrase("{count:,} by name", count=len(finding.named)),
            tag("ul", [tag("li", wording.short(each, 300)) for each in finding.named], class_="plain"),
        )
        if finding.unsaid
        else None,
        tag("p", phrase("What to do: "), wording.short(finding.remedy, 400), class_="about")
        if finding.remedy
        else None,
    )
