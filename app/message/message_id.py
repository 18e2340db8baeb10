"""The Message-ID of a new message (RFC 5322 section 3.6.4)."""

from __future__ import annotations

import secrets

from app.address import Address

__all__ = ["new_message_id"]


def new_message_id(address: Address) -> str:
    """Return a random Message-ID in the domain of From; it tells neither the time nor the machine."""
    return f"<{secrets.token_hex(16)}@{address.domain}>"
