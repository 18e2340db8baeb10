"""The real program with `compose`, saying when one can type into its composer; ends with its process."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> int:
    """Run `absender compose`; print the moment (CLOCK_MONOTONIC) at which a letter typed into it can be seen."""
    from ui import entry

    import_qt = entry._import_qt

    def watch() -> None:
        # Not before: what the program does ahead of its imports would come too late for those of this.
        import_qt()
        from ui.desk import Desk

        show = Desk._show

        def watched(desk: Desk, window: QWidget) -> QWidget:
            from tests.bench.typed import Typist
            from ui.composer.window import ComposerWindow

            assert isinstance(window, ComposerWindow)
            Typist(window, window.header.subject)
            return show(desk, window)

        from PySide6.QtWidgets import QWidget

        # The one place through which every window goes.
        setattr(Desk, "_show", watched)

    setattr(entry, "_import_qt", watch)
    sys.argv[1:] = ["compose"]
    return entry.main()


if __name__ == "__main__":
    sys.exit(main())
