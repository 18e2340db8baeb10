"""A person at the demo's sign-in page: opens the address, reads the question, decides, and comes back."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import ssl
from http import HTTPStatus
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2

from app.demo.world import DemoWorld

__all__ = ["VERIFIER", "ask_for_token", "code_from", "decide", "opened"]

VERIFIER = "v" * 43


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


async def code_from(world: DemoWorld) -> str:
    """Return a code as the browser would bring it to a program that is not there."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    client = world.oauth_client
    asked = {
        "response_type": "code", "client_id": client.client_id, "redirect_uri": "http://127.0.0.1:9/",
        "code_challenge": challenge, "code_challenge_method": "S256", "scope": "smtp",
    }  # fmt: skip
    page = await asyncio.to_thread(opened, f"{client.authorization_endpoint}?{urlencode(asked)}")
    number = page.partition('name="request" value="')[2].partition('"')[0]
    async with httpx2.AsyncClient(trust_env=False) as http:
        decision = httpx2.URL(client.authorization_endpoint).join("/decision")
        answer = await http.post(decision, data={"request": number, "choice": "allow"})
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


async def ask_for_token(world: DemoWorld, form: dict[str, str]) -> dict[str, object]:
    """Return what the token endpoint answers."""
    client, trust = world.oauth_client, ssl.create_default_context(cafile=world.policy_ca)
    async with httpx2.AsyncClient(verify=trust, trust_env=False) as http:
        answer = await http.post(client.token_endpoint, data={"client_id": client.client_id, **form})
    found: dict[str, object] = answer.json()
    return found
