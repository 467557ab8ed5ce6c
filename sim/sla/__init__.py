"""The SLA as a library: plans, calendar, allowances and the promise. It knows no simulation.

``promise`` is the text to read, one order at a time; ``split`` does the same for columns. ``sim.sla.quote``
says it in words, and is not loaded here because it needs pandas.
"""

from sim.sla.order import Allowance, Order, Refused, Tranche, promise
from sim.sla.table import OrderTable, TrancheTable, split
from sim.sla.terms import PROFESSIONAL, Plan

__all__ = [
    "PROFESSIONAL",
    "Allowance",
    "Order",
    "OrderTable",
    "Plan",
    "Refused",
    "Tranche",
    "TrancheTable",
    "promise",
    "split",
]
