"""Google's faults and the network's: patience with what passes, and an exact reason for what does not."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from app.errors import ExportError, Problem, Reason
from tests.app.exporter.world import Clock, directory_from, read_from
from tests.servers.google_emulator import SCOPE, GoogleEmulator, Reply
from tests.servers.google_organisation import ADMIN, DOMAIN

HTML = Reply(200, b"<!DOCTYPE html><title>Sign in</title>", Content_Type="text/html")


def refusal(google: GoogleEmulator, clock: Clock, **options: Any) -> Problem:
    with pytest.raises(ExportError) as caught:
        read_from(google, clock, **options)
    return caught.value.problem


class TestPatience:
    """What may pass is waited for; what does not is told, with Google's own words."""

    @pytest.mark.parametrize(
        ("kind", "status"),
        [
            ("policies", 429), ("users", 500), ("orgunits", 503), ("group", 502), ("members", 504), ("domains", 429),
            ("token", 500), ("token", 429),
        ],
    )  # fmt: skip
    def test_a_fault_that_passes_is_not_seen(
        self, google: GoogleEmulator, clock: Clock, kind: str, status: int
    ) -> None:
        google.script(kind, Reply(status), Reply(status, b"<html>"))
        assert len(read_from(google, clock).users) == 41
        assert clock.slept[:2] == [1.0, 2.0]

    def test_the_server_says_how_long_to_wait(self, google: GoogleEmulator, clock: Clock) -> None:
        moment = format_datetime(datetime.now(UTC) + timedelta(seconds=90))
        google.script(
            "users", Reply(429, Retry_After="37"), Reply(503, Retry_After=moment), Reply(429, Retry_After="99999"),
            Reply(429, Retry_After="soon"),
        )  # fmt: skip
        read_from(google, clock)
        assert clock.slept[0] == 37.0
        assert 80 < clock.slept[1] <= 90
        assert clock.slept[2:] == [300.0, 8.0]

    @pytest.mark.parametrize("reason", ["rateLimitExceeded", "quotaExceeded"])
    def test_too_many_requests_are_so_with_status_403_too(
        self, google: GoogleEmulator, clock: Clock, reason: str
    ) -> None:
        google.script("users", Reply.error(403, "Quota exceeded.", reason=reason))
        assert len(read_from(google, clock).users) == 41
        google.always("users", Reply.error(403, "Quota exceeded.", reason=reason))
        assert refusal(google, clock).reason is Reason.GOOGLE_QUOTA

    @pytest.mark.parametrize(
        ("answer", "reason", "reply"),
        [
            (Reply.error(401, "Bad token", "UNAUTHENTICATED"), Reason.GOOGLE_REFUSED, "UNAUTHENTICATED: Bad token"),
            (Reply.error(403, "No", "PERMISSION_DENIED", "forbidden"), Reason.GOOGLE_REFUSED, "PERMISSION_DENIED: No"),
            (Reply(403, b"no"), Reason.GOOGLE_REFUSED, ""),
            (Reply.error(404, "Not here"), Reason.GOOGLE_STATUS, "Not here"),
            (Reply.error(400, "Bad\r\nRequest"), Reason.GOOGLE_STATUS, "Bad\ufffd\ufffdRequest"),
            (Reply(302, b"", Location="https://evil.example/"), Reason.GOOGLE_STATUS, ""),
            (Reply.error(429, "Much", "RESOURCE_EXHAUSTED"), Reason.GOOGLE_QUOTA, "RESOURCE_EXHAUSTED: Much"),
            (Reply.error(500, "Internal error", "INTERNAL"), Reason.GOOGLE_STATUS, "INTERNAL: Internal error"),
        ],
    )
    def test_a_fault_that_stays_is_told(
        self, google: GoogleEmulator, clock: Clock, answer: Reply, reason: Reason, reply: str
    ) -> None:
        google.always("policies", answer)
        problem = refusal(google, clock)
        assert (problem.reason, problem.fact("what"), problem.fact("reply")) == (reason, "policies.list", reply)

    def test_google_is_asked_for_two_minutes_before_its_fault_counts(
        self, google: GoogleEmulator, clock: Clock
    ) -> None:
        google.always("users", Reply(503))
        refusal(google, clock)
        assert clock.slept == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]

    def test_a_token_that_ended_early_is_replaced_once(self, google: GoogleEmulator, clock: Clock) -> None:
        def ended(handler: Any) -> None:
            google.revoke_tokens()
            Reply.error(401, "Invalid Credentials")(handler)

        google.script("users", ended)
        assert len(read_from(google, clock).users) == 41
        assert len(google.asked("token")) == 2

    def test_a_token_is_replaced_before_it_ends(self, google: GoogleEmulator) -> None:
        clock = Clock()
        google.token_seconds = 302
        google.script("users", Reply(429, Retry_After="60"))
        read_from(google, clock)
        assert len(google.asked("token")) > 1

    def test_what_is_cut_off_is_asked_for_again_and_then_told(self, google: GoogleEmulator, clock: Clock) -> None:
        google.always("users", cut)
        problem = refusal(google, clock)
        assert (problem.reason, problem.fact("detail")) == (Reason.GOOGLE_ANSWER, "it was cut off")
        assert len(google.asked("users")) == 4


def cut(handler: Any) -> None:
    """Promise more than comes."""
    handler.send_response(200)
    handler.send_header("Content-Length", "10000")
    handler.end_headers()
    handler.wfile.write(b'{"users": [')
    handler.close_connection = True


class TestAnswersThatAreNone:
    """Whoever answers in Google's place, or wrongly, is told with the place of what is wrong."""

    @pytest.mark.parametrize("kind", ["policies", "users", "orgunits", "group", "members", "domains"])
    def test_a_web_page_is_refused(self, google: GoogleEmulator, clock: Clock, kind: str) -> None:
        google.always(kind, HTML)
        problem = refusal(google, clock)
        assert (problem.reason, problem.fact("detail")) == (Reason.GOOGLE_ANSWER, "it is a web page")

    @pytest.mark.parametrize(
        ("answer", "detail"),
        [
            (Reply(200, b"  <html>"), "it is a web page"),
            (Reply(200, b'{"users": ['), "Unterminated|Expecting"),
            (Reply(200, b""), "Expecting value"),
            (Reply(200, b"\xff\xfe"), "utf-8"),
            (Reply(200, b"[" * 100_000), "nested deeper than 32 levels"),
            (Reply(200, b"[]"), "Expected `object`, got `array`"),
            (Reply(200, b'{"a": 1, "a": 2}'), "the name 'a' stands twice in one object"),
        ],
    )
    def test_it_is_refused(self, google: GoogleEmulator, clock: Clock, answer: Reply, detail: str) -> None:
        google.always("policies", answer)
        problem = refusal(google, clock)
        assert problem.reason is Reason.GOOGLE_ANSWER
        assert any(part in problem.fact("detail") for part in detail.split("|")), problem

    @pytest.mark.parametrize(
        ("kind", "body", "detail"),
        [
            ("policies", {"policies": [{"name": "p", "setting": 1}]}, "policies[0].setting: Expected `obj"),
            ("policies", {"policies": [{"setting": {"type": "x"}}]}, "policies[0]: Object missing required"),
            ("policies", {"policies": [], "nextPageToken": 7}, "nextPageToken: Expected `str`, got `int`"),
            ("users", {"users": [{"primaryEmail": 7}]}, "users[0].primaryEmail: Expected `str`, got `int`"),
            (
                "users", {"users": [{"primaryEmail": "a@b.example", "isAdmin": "yes"}]},
                "users[0].isAdmin: Expected `bool`, got `str`",
            ),
            ("orgunits", {"organizationUnits": {}}, "organizationUnits: Expected `array`, got `object`"),
        ],
    )  # fmt: skip
    def test_a_wrong_type_is_told_with_its_path(
        self, google: GoogleEmulator, clock: Clock, kind: str, body: dict[str, Any], detail: str
    ) -> None:
        google.always(kind, Reply(200, json.dumps(body).encode()))
        assert refusal(google, clock).fact("detail").startswith(detail)

    def test_an_answer_without_an_end_is_cut_off(
        self, google: GoogleEmulator, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.exporter.wire.ANSWER_LIMIT", 100_000)
        google.always("users", Reply(200, b" " * 200_000))
        assert refusal(google, clock).fact("detail") == "it is larger than any page"

    def test_an_address_twice_or_none_is_refused(self, google: GoogleEmulator) -> None:
        google.organisation.users[2]["primaryEmail"] = google.organisation.users[1]["primaryEmail"].upper()
        assert directory_refusal(google).startswith("NUTZER000001@BEISPIEL.EXAMPLE stands there twice")
        google.organisation.users[2]["primaryEmail"] = "niemand"
        assert directory_refusal(google) == "'niemand' is no email address"

    def test_without_the_root_nobody_in_it_is_published_wrongly(self, google: GoogleEmulator) -> None:
        google.organisation.units = [{"orgUnitId": "id:03x", "orgUnitPath": "/x", "parentOrgUnitPath": "/"}]
        assert directory_refusal(google) == "the unit with the path / is not among the org units"

    def test_the_root_is_known_from_the_units_below_it(self, google: GoogleEmulator) -> None:
        root = google.organisation.units.pop(0)
        found = directory_from(google)
        assert found.units[f"orgUnits/{root['orgUnitId'].removeprefix('id:')}"].path == "/"


def directory_refusal(google: GoogleEmulator) -> str:
    with pytest.raises(ExportError) as caught:
        directory_from(google)
    assert caught.value.problem.reason is Reason.EXPORT_INPUT_WRONG
    return caught.value.problem.fact("detail")


class TestSignIn:
    """Who may read, and what is sent to find out."""

    def test_one_token_is_enough_and_asks_for_reading_only(self, google: GoogleEmulator, clock: Clock) -> None:
        read_from(google, clock)
        assert len(google.asked("token")) == 1
        assert set(google.asked("token")[0]) == {"grant_type", "assertion"}

    @pytest.mark.parametrize("scope", ["cloud-identity.policies", "admin.directory.group.member"])
    def test_a_scope_that_was_not_delegated_is_told(self, google: GoogleEmulator, clock: Clock, scope: str) -> None:
        google.granted.remove(f"{SCOPE}{scope}.readonly")
        problem = refusal(google, clock)
        assert (problem.reason, problem.fact("address")) == (Reason.GOOGLE_SIGN_IN, ADMIN)
        assert problem.fact("reply").startswith("unauthorized_client: Client is unauthorized")

    def test_an_administrator_who_is_nobody_is_told(self, google: GoogleEmulator, clock: Clock) -> None:
        problem = refusal(google, clock, admin=f"niemand@{DOMAIN}")
        assert problem.fact("reply") == "invalid_grant: Invalid email or User ID"

    @pytest.mark.parametrize("change", [{"isAdmin": False}, {"isAdmin": False, "isDelegatedAdmin": True}])
    def test_who_is_no_super_administrator_is_refused_as_google_would_tell_less(
        self, google: GoogleEmulator, clock: Clock, change: dict[str, bool]
    ) -> None:
        google.organisation.users[0] |= change
        problem = refusal(google, clock)
        assert (problem.reason, problem.fact("address")) == (Reason.GOOGLE_NOT_ADMIN, ADMIN)

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            (HTML, Reason.GOOGLE_ANSWER),
            (Reply(200, b"{}"), Reason.GOOGLE_ANSWER),
            (Reply(200, b'{"access_token": "a\\r\\nX-Evil: 1"}'), Reason.GOOGLE_ANSWER),
            (Reply(200, b'{"access_token": ""}'), Reason.GOOGLE_ANSWER),
            (Reply(200, b'["access_token"]'), Reason.GOOGLE_ANSWER),
            (Reply(400, b"[1]"), Reason.GOOGLE_SIGN_IN),
            (Reply(404, b""), Reason.GOOGLE_STATUS),
            (Reply(503, b""), Reason.GOOGLE_STATUS),
        ],
    )
    def test_a_token_endpoint_that_answers_wrongly_is_told(
        self, google: GoogleEmulator, clock: Clock, answer: Reply, reason: Reason
    ) -> None:
        google.always("token", answer)
        assert refusal(google, clock).reason is reason


class TestTheNetwork:
    """What is between here and Google."""

    def test_a_server_that_nobody_vouches_for_is_told_nothing(self, google: GoogleEmulator, clock: Clock) -> None:
        authority = google.ca_file.read_bytes()
        try:
            google.ca_file.write_bytes(b"")
            with pytest.raises(Exception, match="policy-ca-unreadable"):
                read_from(google, clock)
        finally:
            google.ca_file.write_bytes(authority)

    def test_nobody_there_is_told_after_a_few_tries(
        self, google: GoogleEmulator, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(google, "url", "https://localhost:1")
        problem = refusal(google, clock)
        assert (problem.reason, problem.fact("host")) == (Reason.GOOGLE_UNREACHABLE, "localhost")
        assert clock.slept == [1.0, 2.0, 4.0]

    def test_a_server_that_says_nothing_is_told(
        self, google: GoogleEmulator, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.exporter.wire.TIME_LIMIT", 0.05)
        google.always("token", silent(0.5))
        assert refusal(google, clock).reason is Reason.GOOGLE_TIMEOUT


def silent(seconds: float) -> Callable[[Any], None]:
    """Say nothing for so long."""

    def answer(handler: Any) -> None:
        time.sleep(seconds)
        handler.close_connection = True

    return answer
