"""Fixtures with real servers, for every test: started when first asked for, gone when the tests are."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.demo.authority import ALIAS, DOMAIN, PRIMARY
from app.demo.world import PARTNER, PARTNER_DOMAIN, PARTNER_USERNAME, DemoWorld
from tests.servers.display import Display
from tests.servers.keyring_session import KeyringSession
from tests.servers.postfix import Postfix

__all__ = ["PostOffices", "display", "keyring_session", "post_offices", "world"]

REFUSED_RECIPIENT = "unbekannt@empfang.example"


@dataclass(frozen=True, slots=True)
class PostOffices:
    """Two real Postfix: the organisation's and the partner's, with certificates of one authority."""

    organisation: Postfix
    partner: Postfix
    ca_file: Path
    context: ssl.SSLContext
    """Trusts that authority and nobody else."""


@pytest.fixture
def world() -> Iterator[DemoWorld]:
    """The demo's policy server and mail servers, in a thread of their own."""
    with DemoWorld() as world:
        yield world


@pytest.fixture(scope="session")
def _postfix_pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostOffices]:
    import trustme

    authority = trustme.CA()
    ca_file = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    with ExitStack() as stack:
        refused = (REFUSED_RECIPIENT,)
        organisation = stack.enter_context(
            Postfix(
                domain=DOMAIN,
                username=PRIMARY,
                senders=(PRIMARY, ALIAS),
                authority=authority,
                refused_recipients=refused,
            )
        )
        partner = stack.enter_context(
            Postfix(
                domain=PARTNER_DOMAIN,
                username=PARTNER_USERNAME,
                senders=(PARTNER,),
                authority=authority,
                refused_recipients=refused,
            )
        )
        yield PostOffices(organisation, partner, ca_file, ssl.create_default_context(cafile=ca_file))


@pytest.fixture
def post_offices(_postfix_pair: PostOffices) -> PostOffices:
    """Two real Postfix with empty mailboxes; needs `@pytest.mark.system("postfix")`."""
    _postfix_pair.organisation.forget()
    _postfix_pair.partner.forget()
    return _postfix_pair


@pytest.fixture
def keyring_session() -> Iterator[KeyringSession]:
    """A real gnome-keyring, unlocked; needs `@pytest.mark.system("gnome-keyring")`."""
    with KeyringSession() as session:
        yield session


@pytest.fixture
def display() -> Iterator[Display]:
    """A screen with a window manager; needs `@pytest.mark.system("window")`."""
    with Display() as display:
        yield display
