"""`python -m cli`: the `pencere` command."""

from cli.main import main

if __name__ == "__main__":
    main()
