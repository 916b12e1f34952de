"""Let ``python -m qa_lib.cli`` be the ``qa`` command."""

from qa_lib.cli import main

if __name__ == "__main__":
    main()
