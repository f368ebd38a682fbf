"""Why something stands out, in a person's words."""

from __future__ import annotations

from fathom.analytics.outliers import Outlier
from fathom.messages import phrase, plural

UNLIKE = 0.05  # mean cosine of the nearest documents below which nothing is like it


def told(found: Outlier) -> str:
    """The reason.

    >>> told(Outlier(0, None, 9.0, ("whisk", "egg"), 12, 0.0))
    'unusual words (whisk, egg); 12 words that no other document has; nothing else is like it'
    """
    reason: str = phrase("unusual words ({words})", words=", ".join(found.words))
    if found.alone:
        alone = plural(
            found.alone, "{count} word that no other document has", "{count} words that no other document has"
        )
        reason = phrase("{before}; {after}", before=reason, after=alone)
    if found.nearest is not None:
        like = (
            phrase("nothing else is like it")
            if found.nearest < UNLIKE
            else phrase("little is like it (nearest {nearest:.0%})", nearest=found.nearest)
        )
        reason = phrase("{before}; {after}", before=reason, after=like)
    return reason
