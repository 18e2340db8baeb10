"""Messages on standard input and what becomes of them, for the tests of `absender sendmail`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.address import Address
from app.errors import MessageError, Reason
from app.message.gate import checked
from app.message.sendmail import Submitted, read_submission
from tests.app.message.letters import NOW, assert_canonical

DEFAULT = Address.parse("nutzer@beispiel.example")
GIVEN = Address.parse("given@b.example")


def submit(data: bytes, **options: Any) -> Submitted:
    usual: dict[str, Any] = {
        "recipients": (),
        "recipients_from_header": True,
        "sender": DEFAULT,
        "stop_at_dot": False,
        "now": NOW,
    }
    return read_submission(data, **(usual | options))


def sent(submitted: Submitted, sender_header: Address | None = None) -> bytes:
    """Return the message's bytes, which the gate has let pass."""
    meant = replace(submitted.meant, sender_header=sender_header)
    data = b"".join(checked(submitted.chunks(sender_header), meant))
    assert_canonical(data)
    return data


def refusal(data: bytes, **options: Any) -> tuple[Reason, dict[str, str]]:
    with pytest.raises(MessageError) as caught:
        submit(data, **options)
    return caught.value.problem.reason, dict(caught.value.problem.facts)


def addresses(submitted: Submitted) -> list[str]:
    return [str(address) for address in submitted.recipients]
