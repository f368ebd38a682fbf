"""An analysis of documents in the terminal."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from fathom.analytics.analysis import WAYS, Analysis, Review
from fathom.cli import output
from fathom.folders import whole_file
from fathom.messages import again, phrase, plural

STEPS = {
    "read": phrase("reading the documents"),
    "words": phrase("finding sentences and words"),
    "phrases": phrase("ranking key phrases"),
    "topics": phrase("finding topics"),
    "duplicates": phrase("looking for near-duplicates"),
    "summaries": phrase("summing up"),
    "outliers": phrase("looking for what stands out"),
    "terms": phrase("looking for terms to review"),
}
MOST_TOPICS, MOST_PHRASES, MOST_OTHERS, MOST_HITS = 12, 12, 5, 12
WORDS = 6
AROUND = 36  # letters on either side of a hit


def steps(step: str) -> None:
    """Tell a step on stderr as it begins."""
    output.say(again(STEPS.get(step, step)))


def told(analysis: Analysis, report: Path | None, table: Path | None) -> str:
    """The documents, their topics and phrases, duplicates, what stands out, the places to review, the files."""
    parts = [
        _head(analysis),
        _topics(analysis),
        _phrases(analysis),
        _duplicates(analysis),
        _unusual(analysis),
        _reviews(analysis),
        _files(report, table),
    ]
    return "\n\n".join(part for part in parts if part)


def saved(analysis: Analysis, path: Path) -> None:
    """Write the row of each document, whole or not at all."""
    with whole_file(path) as beside:
        frame = analysis.frame()
        if path.suffix.lower() == ".csv":
            frame.write_csv(beside)
        else:
            frame.write_parquet(beside)


def _head(analysis: Analysis) -> str:
    lines = analysis.lines()[:1] + [output.printable(notice) for notice in analysis.notices]
    if analysis.first:
        lines.insert(1, phrase("written {first} to {last}", first=analysis.first, last=analysis.last))
    return "\n".join(lines)


def _topics(analysis: Analysis) -> str:
    if not analysis.topics:
        return ""
    rows = [
        (str(place), ", ".join(topic.words[:WORDS]), f"{topic.documents:,}", f"{topic.share:.0%}")
        for place, topic in enumerate(analysis.topics[:MOST_TOPICS], start=1)
    ]
    header = (phrase("topic"), phrase("words"), phrase("documents"), phrase("share"))
    text = output.table(header, rows, right=[0, 2, 3])
    return text + _more(len(analysis.topics) - MOST_TOPICS)


def _phrases(analysis: Analysis) -> str:
    names = ", ".join(each.phrase for each in analysis.phrases[:MOST_PHRASES])
    return output.wrapped(phrase("Key phrases: {names}", names=output.printable(names))) if names else ""


def _duplicates(analysis: Analysis) -> str:
    found = analysis.duplicates
    said = [plural(len(found), "{count:,} group of near-duplicates.", "{count:,} groups of near-duplicates.")]
    for group in found[:MOST_OTHERS]:
        names = ", ".join(each.label for each in group.documents[:MOST_OTHERS])
        if group.count > MOST_OTHERS:
            names += ", ..."
        alike = phrase("{names}: {similarity:.0%} alike", names=names, similarity=group.similarity)
        said.append(f"  {output.printable(alike)}")
    return "\n".join(said) + _more(len(found) - MOST_OTHERS)


def _unusual(analysis: Analysis) -> str:
    if not analysis.unusual:
        return ""
    said = [phrase("Documents that stand out:")]
    said += [f"  {output.printable(each.document.label)}: {each.reason}" for each in analysis.unusual[:MOST_OTHERS]]
    return "\n".join(said) + _more(len(analysis.unusual) - MOST_OTHERS)


def _reviews(analysis: Analysis) -> str:
    if analysis.terms is None:
        return ""
    said = [plural(len(analysis.reviews), "{count:,} place to review.", "{count:,} places to review.")]
    often = Counter(each.category or phrase("no category") for each in analysis.reviews)
    if len(often) > 1:
        said[0] += f" ({', '.join(f'{name} {count:,}' for name, count in often.most_common())})"
    said += [f"  {_place(each)}" for each in analysis.reviews[:MOST_HITS]]
    return "\n".join(said) + _more(len(analysis.reviews) - MOST_HITS)


def _place(review: Review) -> str:
    """A hit in its sentence, and how it was known."""
    before, after = review.sentence[: review.start], review.sentence[review.end :]
    before = f"…{before[-AROUND:]}" if len(before) > AROUND else before
    after = f"{after[:AROUND]}…" if len(after) > AROUND else after
    hit = output.bold(f"[{output.printable(review.form)}]")
    known = f"{review.term}, {WAYS[review.how]()}"
    if review.similarity < 1:
        known += f" {review.similarity:.0%}"
    line = f"{review.document.label}: {output.printable(before)}"
    return f"{output.printable(line)}{hit}{output.printable(after)} ({output.printable(known)})"


def _files(report: Path | None, table: Path | None) -> str:
    lines = []
    if report:
        lines.append(phrase("read more:   {report}", report=report))
    if table:
        lines.append(phrase("each document: {table}", table=table))
    return "\n".join(lines)


def _more(count: int) -> str:
    return "\n  " + phrase("... and {count:,} more (--json shows all)", count=count) if count > 0 else ""
