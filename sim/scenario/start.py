"""The scenario that a user starts from: complete, explained line by line, and small."""

from __future__ import annotations

from importlib.resources import files

from sim.errors import Fault, InputError
from sim.scenario.schema import folder_name

SCHEMA_FILE = "dgisim.schema.json"
"""Name of the schema that its first line points to, in the same folder."""


def start_text(name: str) -> str:
    """Return the scenario to start from.

    Parameters
    ----------
    name
        What it is called.

    Returns
    -------
    str
        YAML with comments; valid as it is.

    Raises
    ------
    InputError
        Where a scenario cannot be called so.
    """
    try:
        folder_name(name)
    except ValueError as error:
        raise InputError(
            Fault("name of the file", name, str(error), "choose another name")
        ) from None
    text = files("sim.scenario").joinpath("start.yaml").read_text(encoding="utf-8")
    return text.replace("\nname: start\n", f'\nname: "{name}"\n')
