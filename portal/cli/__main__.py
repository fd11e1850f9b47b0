"""`python -m portal.cli`, the same as `oproep`."""

from portal.cli import main

main()
