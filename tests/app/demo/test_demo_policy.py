"""The demo's policy server: what the administrator ticks is what a policy program fetches, when it should be."""

from __future__ import annotations

import http.client
import socket
import ssl
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import pytest

from app.demo.authority import PRIMARY, Choice
from app.demo.policy_server import PolicyRequest
from app.demo.world import DemoWorld
from app.policy.document import PolicyDocument, parse
from app.policy.evaluate import Outcome, external_needs_gateway, gateways_allowed
from app.profile import PasswordSignIn, Security, SmtpServer
from tests.servers.process import wait_until

PATH = f"/policy/{PRIMARY}.json"


def ask(
    world: DemoWorld, path: str = PATH, *, method: str = "GET", known: str = ""
) -> tuple[int, dict[str, str], bytes]:
    port = urlsplit(world.policy_url.replace("{email}", "x")).port
    context = ssl.create_default_context(cafile=world.policy_ca)
    connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=20)
    try:
        connection.request(method, path, headers={"If-None-Match": known} if known else {})
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


def document(world: DemoWorld) -> PolicyDocument:
    return parse(ask(world)[2], source=world.policy_url)


def test_the_first_document_forbids_and_says_who_decided(world: DemoWorld) -> None:
    effective = gateways_allowed(document(world))
    assert not effective.value
    assert effective.decided_by is not None
    assert effective.decided_by.target == "/Vertrieb"
    assert {each.target: each.outcome for each in effective.considered} == {
        "/": Outcome.OUTRANKED,
        "/Vertrieb": Outcome.DECIDED,
    }


def test_a_choice_that_takes_effect_now_is_served_under_a_higher_serial(world: DemoWorld) -> None:
    serials = []
    for allow in (True, False, True):
        world.set_policy(allow=allow)
        served = document(world)
        assert gateways_allowed(served).value is allow
        serials.append(served.serial)
    assert serials == [2, 3, 4]
    assert world.policy_status.serial == 4


def test_the_stricter_rule_is_a_choice_of_its_own(world: DemoWorld) -> None:
    assert not external_needs_gateway(document(world)).value
    world.set_policy(allow=True, require_gateway=True)
    assert external_needs_gateway(document(world)).value


def test_a_delayed_choice_waits_and_then_holds(world: DemoWorld) -> None:
    world.set_policy(allow=True, delay=3600)
    status = world.policy_status
    assert (status.wanted, status.published) == (Choice(allow=True), Choice(allow=False))
    assert status.due is not None
    assert not gateways_allowed(document(world)).value
    world.set_policy(allow=True, delay=0.05)
    wait_until(lambda: world.policy_status.published.allow, "the publication")
    assert world.policy_status.due is None
    assert gateways_allowed(document(world)).value


def test_a_newer_choice_replaces_one_that_waits(world: DemoWorld) -> None:
    world.set_policy(allow=True, delay=3600)
    world.set_policy(allow=False)
    status = world.policy_status
    assert (status.published, status.due) == (Choice(allow=False), None)


def test_a_choice_that_never_takes_effect_is_a_server_that_is_down(world: DemoWorld) -> None:
    url = world.policy_url
    world.set_policy(allow=True, delay=None)
    status = world.policy_status
    assert (status.published, status.is_up) == (Choice(allow=False), False)
    with pytest.raises(ConnectionRefusedError):
        ask(world)
    world.set_policy(allow=True)
    assert world.policy_url == url
    assert world.policy_status.is_up
    assert gateways_allowed(document(world)).value


def test_a_server_that_comes_back_serves_what_it_served(world: DemoWorld) -> None:
    before = ask(world)[2]
    world.set_policy_server(up=False)
    with pytest.raises(ConnectionRefusedError):
        ask(world)
    world.set_policy_server(up=True)
    world.set_policy_server(up=True)
    assert ask(world)[2] == before


def test_an_unchanged_document_is_not_sent_again(world: DemoWorld) -> None:
    status, fields, _ = ask(world)
    assert status == HTTPStatus.OK
    assert fields["Cache-Control"] == "private, no-cache"
    assert fields["Content-Type"] == "application/json"
    etag = fields["ETag"]
    assert ask(world, known=etag)[::2] == (HTTPStatus.NOT_MODIFIED, b"")
    world.set_policy(allow=True)
    assert ask(world, known=etag)[0] == HTTPStatus.OK
    assert [request.status for request in world.policy_requests] == [200, 304, 200]


def test_only_the_persons_own_file_is_there_and_only_to_read(world: DemoWorld) -> None:
    assert ask(world, "/policy/somebody@beispiel.example.json")[0] == HTTPStatus.NOT_FOUND
    assert ask(world, "/")[0] == HTTPStatus.NOT_FOUND
    assert ask(world, method="POST")[0] == HTTPStatus.METHOD_NOT_ALLOWED
    status, fields, body = ask(world, method="HEAD")
    assert (status, body) == (HTTPStatus.OK, b"")
    assert int(fields["Content-Length"]) == len(world.policy_document())
    assert ask(world, PATH.replace("@", "%40") + "?x=y")[0] == HTTPStatus.OK
    assert world.policy_requests[0] == PolicyRequest("/policy/somebody@beispiel.example.json", 404)


def test_anything_can_be_served_in_place_of_a_document(world: DemoWorld) -> None:
    world.publish_raw(b"<html>sign in</html>", content_type="text/html")
    status, fields, body = ask(world)
    assert (status, fields["Content-Type"], body) == (200, "text/html", b"<html>sign in</html>")
    world.publish_raw(b"", status=302, location="https://elsewhere.example/")
    status, fields, _ = ask(world)
    assert (status, fields["Location"]) == (302, "https://elsewhere.example/")
    world.set_policy_server(up=False)
    world.publish_raw(b"busy", status=503)
    assert ask(world)[0] == HTTPStatus.SERVICE_UNAVAILABLE
    world.set_policy(allow=True)
    assert gateways_allowed(document(world)).value


@pytest.mark.parametrize(
    "head", [b"\r\n\r\n", b"GET\r\n\r\n", b"\xff\xfe / \r\n:\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"a" * 40_000]
)
def test_a_malformed_request_does_no_harm(world: DemoWorld, head: bytes) -> None:
    port = urlsplit(world.policy_url.replace("{email}", "x")).port
    context = ssl.create_default_context(cafile=world.policy_ca)
    with (
        socket.create_connection(("localhost", port), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as client,
    ):
        client.sendall(head)
        answer = client.recv(100)
    assert answer == b"" or answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 405"))
    assert ask(world)[0] == HTTPStatus.OK


def test_the_clock_of_the_documents_can_be_set() -> None:
    with DemoWorld(now=lambda: datetime(2030, 1, 2, 3, 4, 5, 678, UTC)) as world:
        served = document(world)
    assert served.issued_at == datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert served.expires_at > served.issued_at


def test_the_policy_can_name_a_server_that_is_not_the_demos() -> None:
    other = SmtpServer("localhost", 2587, Security.STARTTLS, PRIMARY, PasswordSignIn())
    with DemoWorld(submission=other) as world:
        assert document(world).submission_server() == other
