"""`python -m chatcli`: the same program as the console script."""

from chatcli.cli import main

if __name__ == "__main__":
    main()
