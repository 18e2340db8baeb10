"""A person at the demo's sign-in page: opens the address, reads the question, decides, and comes back."""

from __future__ import annotations

import re
from http import HTTPStatus

import httpx2

__all__ = ["decide", "opened"]


def opened(address: str) -> str:
    """Return the page that stands at an address."""
    answer = httpx2.get(address, trust_env=False, timeout=10)
    assert answer.status_code == HTTPStatus.OK, answer.text
    return answer.text


def decide(address: str, choice: str) -> str:
    """Press a button of the sign-in page, follow where it leads, and return the page at the end."""
    form = re.search(r'action="(/decision)".*name="request" value="([\w-]+)"', opened(address))
    assert form is not None
    decision = httpx2.URL(address).join(form[1])
    sent = {"request": form[2], "choice": choice}
    return httpx2.post(decision, data=sent, follow_redirects=True, trust_env=False, timeout=10).text
