"""The SLA as a library: plans, calendar, allowances and the promise. It knows no simulation.

``promise`` is the text to read, one order at a time; ``split`` does the same for columns.
``sim.sla.quote`` says it in words, and is not loaded here because it needs pandas.

A shop in Copenhagen sends 250 images on a Tuesday morning. The plan guarantees 200 a day by 09:00
of the next morning:

>>> from sim.clock import isoformat, parse_instant, zone
>>> from sim.sla import PROFESSIONAL, Allowance, Order, promise
>>> copenhagen = zone("Europe/Copenhagen")
>>> at = parse_instant("2025-06-03T10:00:00+02:00")
>>> order = Order("1", "shop", copenhagen, at, "standard", 250)
>>> guaranteed, over = promise(order, PROFESSIONAL, Allowance())
>>> guaranteed.images, guaranteed.commitment, isoformat(guaranteed.due_at, copenhagen)
(200, 'guaranteed', '2025-06-04T09:00:00+02:00')
>>> over.images, over.commitment, over.due_at
(50, 'to_be_confirmed', None)
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
