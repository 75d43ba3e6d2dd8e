"""`python -m huying` is the command line."""

from huying.cli import main

if __name__ == "__main__":  # processes that it starts import it too
    main()
