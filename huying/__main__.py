"""`python -m huying` is the command line."""

from huying.cli import main

main()
