"""The JSON Schemas of what administrators write, for whoever writes or checks it with other tools."""

from __future__ import annotations

from pathlib import Path

__all__ = ["managed_schema", "schema"]

_FOLDER = Path(__file__).resolve().parent / "schema"


def schema() -> bytes:
    """Return the schema of `absender-policy/1` (JSON Schema 2020-12); a later format gets one of its own."""
    return (_FOLDER / "absender-policy-1.json").read_bytes()


def managed_schema() -> bytes:
    """Return the schema of `absender-managed/1`, of what stands in a `managed.toml`."""
    return (_FOLDER / "absender-managed-1.json").read_bytes()
