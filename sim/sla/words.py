"""The words of the SLA and their codes in columns; a code is the word's position."""

from __future__ import annotations

SERVICES = ("standard", "expedite", "rejection", "flow")
STANDARD, EXPEDITE, REJECTION, FLOW = range(len(SERVICES))

COMMITMENTS = ("guaranteed", "additional", "to_be_confirmed", "delivery_plan")
GUARANTEED, ADDITIONAL, TO_BE_CONFIRMED, DELIVERY_PLAN = range(len(COMMITMENTS))

# The rule that sets a tranche's deadline, or says that there is none yet.
BASES = ("STD-1", "DGI-2", "EXP-1", "EXP-4", "EXP-7", "REJ-1")
# The rule by which a weekend or holiday moves that deadline.
MOVES = {"STD-1": "WKD-1", "EXP-1": "WKD-2", "EXP-4": "WKD-2", "REJ-1": "WKD-2"}
OUTSIDE = "EXP-8"


def rule_text(base: str, *, moved: bool = False, outside: bool = False) -> str:
    """Return the ids of the rules that made a tranche, in the order in which they were applied.

    Parameters
    ----------
    base
        One of ``BASES``.
    moved
        The weekend rule changed the deadline.
    outside
        The order is an expedite from outside the window.

    Returns
    -------
    str
        For example ``EXP-8 STD-1 WKD-1``.
    """
    move = [MOVES[base]] if moved and base in MOVES else []
    return " ".join([OUTSIDE] * outside + [base] + move)


# The code of a rule text is 4 * base + 2 * moved + outside.
RULES = tuple(
    rule_text(base, moved=moved, outside=outside)
    for base in BASES
    for moved in (False, True)
    for outside in (False, True)
)
