"""Analyses of documents: seconds and memory by step, near-duplicates and topics against what was planted.

    FATHOM_DATA=FOLDER python benchmarks/analytics.py [--documents 1000 20000] [--only made|nsmc|found|terms]

Documents are made from an invented vocabulary, so that it is known what is in them: every document is drawn from one
topic's words and the words of all, and some are sent again with a share of their words changed. `nsmc` (Korean film
reviews, from FATHOM_DATA) is text as people write it. Each size runs in a process of its own, for its peak
memory; times are of the processor, because other work runs beside.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

from common import data_folder, heading, print_table

SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in ("a", "e", "i", "o", "u")]
TOPICS, TOPIC_WORDS, COMMON_WORDS = 12, 60, 800
COPIES = 0.05  # of the documents
CHANGES = (0.02, 0.05, 0.10, 0.20)  # share of a copy's words that differ
TERMS = 100
HARDNESS = ((0.35, 3, 14), (0.1, 3, 14), (0.35, 1, 1), (0.2, 1, 1))  # share of topic words; sentences from, to


def invented(count, chance):
    """Words that no language has, all different."""
    words = set()
    while len(words) < count:
        words.add("".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) + chance.choice(["", "n", "s", "l"]))
    return sorted(words)


def made(count, seed=0, hardness=HARDNESS[0]):
    """Texts, each one's topic, and pairs (copy, original, share changed)."""
    share_own, fewest, most = hardness
    chance = random.Random(seed)
    words = invented(TOPICS * TOPIC_WORDS + COMMON_WORDS, chance)
    chance.shuffle(words)
    own = [words[TOPIC_WORDS * at : TOPIC_WORDS * (at + 1)] for at in range(TOPICS)]
    common = words[TOPICS * TOPIC_WORDS :]
    weights = [1 / (rank + 5) for rank in range(len(common))]  # as words of languages are spread (Zipf)
    own_weights = [1 / (rank + 5) for rank in range(TOPIC_WORDS)]
    texts, topics, pairs = [], [], []
    for _ in range(round(count * (1 - COPIES))):
        topic = (
            min(int(chance.paretovariate(1.2)) - 1, TOPICS - 1) if chance.random() < 0.5 else chance.randrange(TOPICS)
        )
        said = []
        for _ in range(chance.randint(fewest, most)):
            size = chance.randint(6, 16)
            mine = round(share_own * size)
            spoken = chance.choices(own[topic], own_weights, k=mine) + chance.choices(common, weights, k=size - mine)
            chance.shuffle(spoken)
            said.append(" ".join(spoken).capitalize() + ".")
        texts.append(" ".join(said))
        topics.append(topic)
    originals = chance.sample(range(len(texts)), count - len(texts))
    for place, original in enumerate(originals):
        share = CHANGES[place % len(CHANGES)]
        spoken = texts[original].split(" ")
        for at in chance.sample(range(len(spoken)), max(1, round(share * len(spoken)))):
            spoken[at] = chance.choice(common)
        pairs.append((len(texts), original, share))
        texts.append(" ".join(spoken))
        topics.append(topics[original])
    return texts, topics, pairs


def nsmc(count):
    """The first reviews of the training rows, as a table is read."""
    import polars as pl

    path = next(data_folder("nsmc").glob("train*"))
    frame = pl.read_csv(path, separator="\t" if path.suffix != ".csv" else ",", quote_char='"', infer_schema=False)
    return [text for text in frame["document"].to_list() if text and text.strip()][:count]


def timed(kind, count):
    """One analysis in this process: documents, seconds of each step, peak memory, what was found."""
    from threadpoolctl import threadpool_limits

    from fathom.analytics import analyse as room

    room.clock.perf_counter = time.process_time  # other work on the machine is not ours to count

    texts = made(count)[0] if kind == "made" else nsmc(count)
    words = sorted({word.strip(".") for text in texts[:500] for word in text.split() if len(word) > 4})
    terms = random.Random(1).sample(words, min(TERMS, len(words)))
    begun = time.process_time()
    with threadpool_limits(1):
        found = room.analyse(texts, terms=terms)
    seconds = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "kind": kind, "documents": found.documents, "words": found.words, "seconds": seconds, "peak": peak,
        "steps": found.seconds, "topics": len(found.topics), "groups": len(found.duplicates),
        "hits": len(found.reviews), "coherence": found.coherence,
    }  # fmt: skip


def in_process(kind, count):
    command = [sys.executable, __file__, "--one", kind, str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    return json.loads(done.stdout.splitlines()[-1])


def show_times(kinds, sizes):
    heading("Analyses of documents: processor seconds by step, one thread, 100 terms to review")
    rows = []
    for kind in kinds:
        for count in sizes:
            found = in_process(kind, count)
            steps = found["steps"]
            rows.append([kind, f"{found['documents']:,}", f"{found['words']:,}", round(found["seconds"], 1),
                         *(round(steps.get(step, 0.0), 1) for step in STEPS), round(found["peak"]), found["topics"],
                         found["groups"]])  # fmt: skip
    print_table(["documents", "number", "words", "seconds", *STEPS, "peak MB", "topics", "groups"], rows)


STEPS = ("read", "words", "phrases", "topics", "duplicates", "summaries", "outliers", "terms")


def resemblance(one, other):
    """The share of runs of five letters that two texts have in common, counted one by one."""
    runs = [{text.lower()[at : at + 5] for at in range(len(text) - 4)} for text in (one, other)]
    return len(runs[0] & runs[1]) / len(runs[0] | runs[1])


def show_found(sizes):
    """Near-duplicates and topics against what was planted."""
    from sklearn.metrics import normalized_mutual_info_score

    from fathom.analytics.corpus import Corpus
    from fathom.analytics.duplicates import LEAST, duplicates
    from fathom.analytics.topics import topics

    heading("What was planted, and what was found")
    rows = []
    for count in sizes:
        texts, truth, pairs = made(count)
        group = [-1] * len(texts)
        for number, found in enumerate(duplicates(texts)):
            for at in found.documents:
                group[at] = number
        recalls = []
        for share in CHANGES:
            asked = [(one, other) for one, other, changed in pairs if changed == share]
            hit = sum(group[one] == group[other] >= 0 for one, other in asked)
            recalls.append(f"{hit / len(asked):.1%}")
        planted = {one for pair in pairs for one in pair[:2]}
        told = [at for at, number in enumerate(group) if number >= 0]
        precision = sum(at in planted for at in told) / max(len(told), 1)
        near = [pair for pair in pairs if resemblance(texts[pair[0]], texts[pair[1]]) >= LEAST]
        hit = sum(group[one] == group[other] >= 0 for one, other, _ in near)
        rows.append([f"{count:,}", *recalls, f"{hit / len(near):.1%} of {len(near)}", f"{precision:.1%}"])
    print_table(
        [
            "documents",
            *(f"recall, {share:.0%} of words changed" for share in CHANGES),
            f"recall, {LEAST:.0%} alike",
            "precision",
        ],
        rows,
    )
    print()
    rows = []
    for count in sizes:
        for own, fewest, most in HARDNESS:
            texts, truth, _ = made(count, hardness=(own, fewest, most))
            corpus = Corpus.of(texts)
            chosen, asked = topics(corpus), topics(corpus, TOPICS)
            scores = [normalized_mutual_info_score(truth, each.of) if each else 0.0 for each in (chosen, asked)]
            found = len(chosen) if chosen else 0
            rows.append(
                [
                    f"{count:,}",
                    f"{own:.0%}",
                    f"{fewest} to {most}" if most > 1 else "1",
                    TOPICS,
                    found,
                    *(round(score, 3) for score in scores),
                ]
            )
    head = ["documents", "words of the topic", "sentences", "topics planted", "topics found", "NMI", "NMI, number told"]
    print_table(head, rows)


def slipped(word, chance):
    """The word with one slip of the hand: a letter lost, doubled, wrong, or changed with the next."""
    at = chance.randrange(len(word) - 1)
    kind = chance.choice(("lost", "doubled", "wrong", "changed"))
    if kind == "lost":
        return word[:at] + word[at + 1 :]
    if kind == "doubled":
        return word[:at] + word[at] + word[at:]
    if kind == "wrong":
        return word[:at] + chance.choice("abdefghiklmnoprstuvz") + word[at + 1 :]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def show_terms(count=1_000, terms=200, each=5):
    """Terms that were planted as written and with one slip, against what is found."""
    from fathom.analytics.corpus import Corpus
    from fathom.analytics.patterns import hits
    from fathom.analytics.terms import terms as listed

    heading(f"Terms to review: {terms} terms, each in {each} of {count:,} documents as written, in {each} with a slip")
    chance = random.Random(2)
    texts = made(count)[0]
    known = {word.strip(".").lower() for text in texts for word in text.split()}
    asked = [word for word in invented(4 * terms, random.Random(3)) if word not in known and len(word) >= 6][:terms]
    planted = {"as written": set(), "one slip": set(), "one slip, not in the first letter": set()}
    for term in asked:
        for place, at in enumerate(chance.sample(range(count), 2 * each)):
            form = term if place < each else slipped(term, chance)
            while form in known:
                form = slipped(term, chance)
            texts[at] += f" {form}."
            kind = "as written" if form == term else "one slip"
            planted[kind].add((term, at))
            if form != term and form[0] == term[0]:
                planted["one slip, not in the first letter"].add((term, at))
    found = {(hit.term, hit.document) for hit in hits(Corpus.of(texts), listed(asked))}
    rows = [[kind, len(places), f"{len(places & found) / len(places):.1%}"] for kind, places in planted.items()]
    print_table(["planted", "places", "recall"], rows)
    right = len(found & set.union(*planted.values()))
    print(f"\n{len(found):,} places were told, {right / len(found):.1%} of them planted.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, nargs="+", default=[1_000, 20_000])
    parser.add_argument("--only", choices=("made", "nsmc", "found", "terms"))
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(timed(given.one[0], int(given.one[1]))))
        return
    if given.only not in ("found", "terms"):
        kinds = [given.only] if given.only else ["made", *(["nsmc"] if _has_nsmc() else [])]
        show_times(kinds, given.documents)
    if given.only in (None, "found"):
        show_found(given.documents)
    if given.only in (None, "terms"):
        show_terms()


def _has_nsmc():
    return (Path(os.environ.get("FATHOM_DATA") or "nowhere") / "nsmc").is_dir()


if __name__ == "__main__":
    main()
