"""The real program with `compose`, saying when its composer could be used; ends with its process."""

from __future__ import annotations

import sys
import time

__all__ = ["main"]


def main() -> int:
    """Run `absender compose`; print the moment (CLOCK_MONOTONIC) at which its window is painted and takes input."""
    from ui import entry

    read_no_sources = entry._read_no_sources

    def watch() -> None:
        # Not before: what the program does ahead of its imports would come too late for those of this.
        read_no_sources()
        from ui.desk import Desk

        start_work = Desk.start_work

        def say_so(desk: Desk) -> None:
            print(time.monotonic(), flush=True)
            start_work(desk)

        # The one place that knows that the first window is painted and slow work may begin.
        setattr(Desk, "start_work", say_so)

    setattr(entry, "_read_no_sources", watch)
    sys.argv[1:] = ["compose"]
    return entry.main()


if __name__ == "__main__":
    sys.exit(main())
