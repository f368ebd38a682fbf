"""The form that a word's inflections share: light stemming of English, particles and endings taken off Korean.

Nothing is taken off on suspicion: what is left must stand in the same corpus with other endings too, or be left by an
ending that no noun ends in. After Harman, "How effective is suffixing?", 1991, and Xu and Croft, "Corpus-based
stemming using co-occurrence of word variants", 1998.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection

HANGUL = re.compile(r"^[가-힣]+$")
SYLLABLES, CODAS, RIEUL = 0xAC00, 28, 8  # Hangul is ordered by its last consonant within each vowel; 8 is ㄹ
SHORTEST = 2  # Hangul syllables that must be left
SINGLE = 3  # forms that a word of one syllable must have
LONG = 3  # syllables from which what is left is hardly a word by chance
SHORTEST_LATIN = 3


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Particles that hardly any noun ends in, those that no long one does, and those that many do: these need a witness.
SURE = _words(
    """
    에서는 에서도 에서의 에서만 으로는 으로도 으로만 로는 로도 에게는 에게서 한테서 까지는 까지도 부터는 에서
    으로 에게 한테 께서 까지 부터 처럼 보다 마저 조차 밖에 이라는 라는 이라고 라고 이라도 라도 이나마 입니다
    이었다 였다 이었습니다 였습니다 이에요 예요 인데 이며 이고 을 를 는 에는 에도 과의 와의 들이 들을 들은 들의
    들도 들에게
    """
)
SURE_OF_LONG = _words("이 가 에 와 과 은")
UNSURE = _words("이 가 은 에 와 과 의 로 도 만 나 이나 이란 란 께 야 아 들")
AFTER_CONSONANT = _words(
    """
    이 은 을 과 으로 으로는 으로도 으로만 이라는 이라고 이라도 이나마 이었다 이었습니다 이에요 이며 이고 이나
    이란 과의 아
    """
)
AFTER_VOWEL = _words("가 는 를 와 로 로는 로도 라는 라고 라도 였다 였습니다 예요 나 란 와의 야")
# Verbs made of a noun: 청구했습니다, 청구하는, 청구되어 are 청구.
VERB = re.compile(
    r"(?:하|해|했|한|할|함|합|하였|되|돼|됐|된|될|됨|됩|되었|시키|시켜|시킨)"
    r"(?:습니다|니다|다|는|고|며|면|여|서|지|던|기|게|도|나|니|려고|라고|다고|는데|지만|면서|어서|았다|었다|어|요|세요|십시오|"
    r"여야|야|주세요|드립니다|였습니다|였다|었습니다|었고|기에|기로|지는|지도)?$"
)
PAST = "".join(chr(SYLLABLES + CODAS * vowel + 20) for vowel in range(399))  # 했, 갔, 있: what ends in ㅆ
# What Korean verbs and adjectives end in, and a noun hardly ever.
VERBAL = re.compile(
    r"(?:니다|니까|세요|[어아여해예에네군대지]요|십시오|지만|면서|[는은던]데|려고|도록|[다라자냐]고|[아어해]서|자마자"
    rf"|[{PAST}](?:다|고|던|지|으니|을|음)|는|던|면|하고|되고)$"
)
PARTICLE = re.compile("^[가-힣][이가을를은는에도의]$")  # after a noun of one syllable
SUFFIXES = ("ies", "ied", "ing", "ed", "es", "ly", "s")


def stems(words: Collection[str]) -> dict[str, str]:
    """For each lower-case word of a corpus the form that it shares with its inflections.

    >>> found = stems(["보험", "보험을", "보험이", "고양이", "고양이가", "고양이를", "청구했습니다", "청구서를"])
    >>> [found[word] for word in ("보험을", "보험이", "고양이", "고양이가", "청구했습니다", "청구서를")]
    ['보험', '보험', '고양이', '고양이', '청구', '청구서']
    >>> found = stems(["claim", "claims", "claimed", "policies", "policy", "news", "pass", "stopped", "stop"])
    >>> [found[word] for word in ("claims", "claimed", "policies", "news", "pass", "stopped")]
    ['claim', 'claim', 'policy', 'news', 'pass', 'stop']
    """
    known = set(words)
    korean = [word for word in known if HANGUL.match(word)]
    found = _korean(korean)
    for word in known.difference(korean):
        found[word] = _latin(word, known)
    return found


def _korean(words: list[str]) -> dict[str, str]:
    left = {word: _left(word) for word in words}
    witnesses: dict[str, set[str]] = defaultdict(set)
    for word, candidates in left.items():
        for stem, _ in candidates:
            witnesses[stem].add(word[len(stem) :])
    return {word: _best(word, candidates, witnesses) for word, candidates in left.items()}


def _left(word: str) -> list[tuple[str, bool]]:
    """What may be left of a word, and whether the ending is a sure one; the word itself first."""
    found = [(word, False)]
    for endings, sure in ((SURE, True), (SURE_OF_LONG, True), (UNSURE, False)):
        least = LONG if endings is SURE_OF_LONG else SHORTEST if sure else 1
        for ending in endings:
            stem = word[: len(word) - len(ending)]
            if word.endswith(ending) and len(stem) >= least and agrees(stem, ending):
                found.append((stem, sure))
            elif sure and len(stem) == 1 and word.endswith(ending) and agrees(stem, ending):
                found.append((stem, False))
    verb = VERB.search(word, SHORTEST)
    if verb is not None:
        found.append((word[: verb.start()], len(verb[0]) > 1))
    return found


def nominal(stem: str) -> bool:
    """Whether a stem may be a noun: in Korean, not what a verb's form ends in.

    >>> nominal("보험료"), nominal("연락드립니다"), nominal("claim")
    (True, False, True)
    """
    return not (HANGUL.match(stem) and VERBAL.search(stem, 1))


def bare(form: str, stem: str) -> bool:
    """Whether a noun stands without a particle, so that it may be the first part of a name of several words.

    >>> bare("보험료", "보험료"), bare("보험료가", "보험료"), bare("water", "water")
    (True, False, True)
    """
    return form.isascii() or (form == stem and not PARTICLE.match(form))


def agrees(stem: str, ending: str) -> bool:
    """Whether a Korean particle may follow: some stand after consonants alone, some after vowels alone.

    >>> agrees("보험", "이"), agrees("보험", "가"), agrees("물", "로")
    (True, False, True)
    """
    coda = (ord(stem[-1]) - SYLLABLES) % CODAS
    if ending in AFTER_CONSONANT:
        return coda != 0 and not (coda == RIEUL and ending.startswith("으로"))
    return coda == 0 or ending not in AFTER_VOWEL or (coda == RIEUL and ending.startswith("로"))


def _best(word: str, candidates: list[tuple[str, bool]], witnesses: dict[str, set[str]]) -> str:
    """The stem that most forms share; of equals the longest, but a sure ending always goes."""
    sure = min((stem for stem, certain in candidates if certain), key=len, default=None)  # 병원-에서는, not 병원에서-는
    allowed = [
        stem
        for stem, certain in candidates
        if not certain
        and len(witnesses[stem]) >= (2 if len(stem) >= SHORTEST else SINGLE)
        and (sure is None or len(stem) < len(sure))
    ]
    if sure is not None:
        allowed.append(sure)
    return max(allowed, key=lambda stem: (len(stem) >= SHORTEST, len(witnesses[stem]), len(stem)), default=word)


def _latin(word: str, known: set[str]) -> str:
    """The English word without its suffix, where the corpus has it without one."""
    for suffix in SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= SHORTEST_LATIN:
            for stem in _without(word[: -len(suffix)], suffix):
                if stem in known:
                    return stem
            break
    return _plural(word)


def _without(stem: str, suffix: str) -> list[str]:
    if suffix in ("ies", "ied"):
        return [stem + "y", stem + "ie"]
    if suffix in ("ing", "ed"):
        doubled = [stem[:-1]] if len(stem) > 3 and stem[-1] == stem[-2] else []
        return [stem, stem + "e", *doubled]
    return [stem, stem + "e"] if suffix == "es" else [stem]


def _plural(word: str) -> str:
    """Without the plural's ending where its form is plain (Harman's S stemmer)."""
    if not word.isascii() or len(word) <= SHORTEST_LATIN + 1:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and word[-2] not in "aious'" else word
