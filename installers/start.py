"""Where the frozen program begins; the installed one begins at its console script, which does the same."""

import sys

from ui.entry import main

if __name__ == "__main__":
    sys.exit(main())
