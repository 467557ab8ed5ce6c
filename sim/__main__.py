"""``python -m sim`` is ``dgisim``."""

from sim.cli import main

main()
