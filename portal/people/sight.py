"""Who sees what of results, training, partners, posts and careers: one table, which every outlet asks. Pure.

An outlet (page, fragment, export, search, feed, mail) asks `extent`, or `opens` where only yes or no is wanted. Which of
the seven a reader is, the outlet knows: nobody is told here who somebody is.
"""

from __future__ import annotations

from enum import IntEnum

VIEWERS = ("self", "leader", "colleague", "steward", "verifier", "auditor", "open")
"""The person themselves, a leader of their unit, any employee, the steward of their unit, a verifier, an auditor, and
everybody by open data."""


class Extent(IntEnum):
    """How much of something is seen; the greater, the more."""

    NOTHING = 0
    COUNTS = 1
    """Numbers and outcomes, small cells hidden (`shares`)."""
    CODES = 2
    """Single entries under codes, without names."""
    LATER = 3
    """The thing itself, once it is final, ruled on or decreed; without contacts and links to evidence."""
    PART = 4
    """The part that the reader keeps, works on, or may know by the voice that was chosen."""
    WHOLE = 5


_N, _C, _K, _L, _P, _W = Extent

_TABLE: dict[str, tuple[Extent, ...]] = {
    #                self leader colleague steward verifier auditor open
    "result": (_W, _W, _W, _W, _W, _W, _L),
    "objection": (_W, _P, _P, _P, _P, _P, _C),
    "hours": (_W, _P, _N, _W, _N, _W, _C),
    "enrolment": (_W, _P, _K, _W, _N, _W, _C),
    "feedback": (_P, _C, _C, _C, _N, _C, _C),
    "offer": (_W, _W, _L, _W, _W, _W, _L),
    "post": (_W, _W, _W, _W, _W, _W, _C),
    "self_check": (_W, _N, _N, _N, _N, _N, _N),
    "application": (_P, _N, _N, _W, _N, _W, _C),
    "career": (_W, _N, _N, _P, _N, _N, _N),
}  # fmt: skip
"""Result: realisation, evidence, verdict, E.81 (open when final, without links to evidence). Objection: others read the text,
with the voice as chosen. Hours: a leader the hours and titles of the own unit. Enrolment (for a seat, with points): a leader for the
endorsement, colleagues codes. Feedback and uptake: oneself the own uptake. Offer (with partner and agreement): colleagues and open data once
ruled on. Application (for a post, with scores): oneself the own scores and reasons, panelists what they score. Career record: the
steward those parts that the steward keeps, by a request for correction."""

SIGHT: dict[str, dict[str, Extent]] = {
    subject: dict(zip(VIEWERS, row, strict=True)) for subject, row in _TABLE.items()
}


def extent(subject: str, *viewers: str) -> Extent:
    """How much somebody sees who is all of these; an unknown word is an error, never a permission."""
    return max(SIGHT[subject][viewer] for viewer in viewers)


def opens(subject: str, *viewers: str, least: Extent = Extent.PART) -> bool:
    """Whether somebody who is all of these sees at least so much."""
    return extent(subject, *viewers) >= least
