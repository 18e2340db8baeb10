"""The JSON Schema of policy documents, for whoever writes or checks them with other tools."""

from __future__ import annotations

from pathlib import Path

__all__ = ["schema"]

_FILE = Path(__file__).resolve().parent / "schema" / "absender-policy-1.json"


def schema() -> bytes:
    """Return the schema of `absender-policy/1` (JSON Schema 2020-12); a later format gets one of its own."""
    return _FILE.read_bytes()
