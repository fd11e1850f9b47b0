"""`python -m oproep`, the same as `oproep`."""

from oproep import main

main()
