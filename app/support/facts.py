"""What the program runs on: its version and those of everything it is made of, and the kind of system."""

from __future__ import annotations

import os
import platform
import sqlite3
import ssl
import sys
from collections.abc import Mapping
from datetime import datetime
from importlib import metadata

from app import __version__

__all__ = ["DEPENDENCIES", "system_facts", "version_facts"]

DEPENDENCIES = (
    "PySide6-Essentials",
    "shiboken6",
    "qasync",
    "aiosmtplib",
    "keyring",
    "httpx2",
    "msgspec",
    "idna",
    "nh3",
    "platformdirs",
    "joserfc",
    "cryptography",
    "dnspython",
    "publicsuffixlist",
    "google-auth",
    "aiosmtpd",
    "trustme",
)
"""The packages the program declares."""
_BELOW = ("SecretStorage", "jeepney", "h11", "httpcore2", "certifi", "truststore")
"""Packages those are built on that have been at fault before, where they are installed."""
_ENVIRONMENT = (
    "LANG",
    "LC_ALL",
    "XDG_SESSION_TYPE",
    "XDG_CURRENT_DESKTOP",
    "QT_QPA_PLATFORM",
    "QT_QPA_PLATFORMTHEME",
    "QT_SCALE_FACTOR",
)
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


def version_facts() -> dict[str, str]:
    """Return name and version of the program and of all it is made of."""
    found = {
        "Absender": __version__,
        "Python": f"{platform.python_version()} ({platform.python_implementation()})",
        # PySide6 has the number of the Qt it brings.
        "Qt": _version("PySide6-Essentials") or "not known",
        "SQLite": sqlite3.sqlite_version,
        "OpenSSL": ssl.OPENSSL_VERSION,
        "packaged": "yes" if getattr(sys, "frozen", False) else "no",
    }
    found |= {name: _version(name) or "not known" for name in DEPENDENCIES}
    return found | {name: version for name in _BELOW if (version := _version(name))}


def system_facts(now: datetime, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return what kind of system this is; neither its name nor its user's."""
    local = now.astimezone()
    facts = {
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "distribution": _distribution(),
        "time": local.isoformat(timespec="seconds"),
        "file names": sys.getfilesystemencoding(),
    }
    facts |= {name: environment[name][:80] for name in _ENVIRONMENT if environment.get(name)}
    # A proxy's address may hold a password: only that there is one counts.
    proxies = [name for name in _PROXIES if environment.get(name) or environment.get(name.lower())]
    return facts | {"proxy": ", ".join(proxies) or "none"}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "not known")
    except (OSError, AttributeError):
        return "not known"
