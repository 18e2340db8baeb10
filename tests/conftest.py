"""What every test shares: a Qt without a display, and the tests that need a server of the system's."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
