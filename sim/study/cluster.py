"""A Dask cluster: its workers run the same parcels as processes here."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sim.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 30
"""Seconds until a scheduler has to answer, and to have a worker."""


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """Give a client of a running cluster, a ``distributed.Client``.

    Parameters
    ----------
    address
        Of its scheduler, such as ``tcp://10.0.0.5:8786``.

    Raises
    ------
    InputError
        Where Dask is not installed, nothing answers there, or no worker is there.
    """
    try:
        from distributed import Client
    except ImportError:
        fault = Fault("--cluster", address, "needs the package distributed", "install dgisim[cluster]")
        raise InputError(fault) from None
    client: Any = None
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
        client.wait_for_workers(1, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        if client:
            client.close()
        remedy = "start a scheduler and workers as docs/scale.md says, and name its address"
        raise InputError(Fault("--cluster", address, f"cannot be used: {error}", remedy)) from None
    with client:
        yield client
