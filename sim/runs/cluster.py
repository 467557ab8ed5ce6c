"""A Dask cluster: its workers run the same batches as processes here."""

from __future__ import annotations

from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sim.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 30
"""Seconds until a scheduler has to answer, and to have a worker."""


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """Give a ``distributed.Client``; once closed, it takes back what was not begun.

    Parameters
    ----------
    address
        Of its scheduler, such as ``tcp://10.0.0.5:8786``.

    Raises
    ------
    InputError
        Where Dask is not installed, nothing answers there, no worker is there, or the cluster is
        lost meanwhile.
    """
    try:
        from distributed import KilledWorker
    except ImportError:
        fault = Fault(
            "--cluster", address, "needs the package distributed", "install dgisim[cluster]"
        )
        raise InputError(fault) from None
    client = _client(address)
    try:
        with client:
            yield client
    except (CancelledError, KilledWorker) as error:
        reason = (
            "its workers died"
            if isinstance(error, KilledWorker)
            else "its scheduler or its data is gone"
        )
        remedy = "mend it and give the same command: runs in the store are not made again"
        raise InputError(Fault("--cluster", address, f"was lost: {reason}", remedy)) from None


def _client(address: str) -> Any:
    from distributed import Client

    client: Any = None
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
        client.wait_for_workers(1, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        if client:
            client.close()
        remedy = "start a scheduler and workers as docs/scale.md says, and name its address"
        raise InputError(Fault("--cluster", address, f"cannot be used: {error}", remedy)) from None
    return client
