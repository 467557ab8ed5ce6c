"""The base of every class that is read from a scenario: frozen, and closed to unknown keys."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A model that cannot change after it was made and accepts no key that it does not know.

    The docstring below each attribute is the help of a validation error and the text of the JSON
    Schema.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False
    )
