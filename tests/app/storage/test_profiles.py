"""The profile comes back as it was saved, and its rules hold in the database too."""

import asyncio
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.address import Address
from app.errors import Problem, ProfileError, Reason
from app.profile import (
    CommandSignIn,
    NoSignIn,
    Profile,
    ReplyFrom,
    Security,
    SendAsAddress,
    SmtpServer,
    Verification,
    WhenMissed,
)
from app.setup.codes import IssuedCodes, issue
from app.storage.database import Database
from app.storage.encoding import decode_problem, decode_server, encode_problem, encode_server
from app.storage.profiles import Profiles

ORGANISATION = SmtpServer("smtp.beispiel.example", 587, Security.STARTTLS, "nutzer@beispiel.example")
GATEWAY = SmtpServer("smtp.partner.example", 465, Security.SSL, "nutzer.name", CommandSignIn(("pass", "show", "ü x")))
PROFILE = Profile(
    id="p",
    addresses=(
        SendAsAddress(
            id="1",
            address=Address.parse("nutzer@beispiel.example"),
            display_name="Nutzer",
            is_primary=True,
            verification=Verification.ACCEPTED,
        ),
        SendAsAddress(
            id="2",
            address=Address.parse("nutzer.name@bücher.example"),
            display_name='Ü "N." 😀',
            reply_to=Address.parse('"a b"@partner.example'),
            signature="-- \nN.\n",
            is_default=True,
            treat_as_alias=False,
            smtp_msa=GATEWAY,
            verification=Verification.ACCEPTED,
        ),
    ),
    organisation_server=ORGANISATION,
    policy_source="https://policy.beispiel.example/{email}",
    policy_ca="/etc/ca.pem",
    policy_keys=("ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",),
    mail_ca="/etc/mail.pem",
    reply_from=ReplyFrom.SAME,
    undo_seconds=30,
    when_missed=WhenMissed.ASK,
    created_at=datetime(2026, 11, 23, 9, 12, 0, 5, tzinfo=UTC),
)


async def test_before_set_up_there_is_no_profile(database: Database) -> None:
    assert await Profiles(database).load() is None


async def test_a_profile_comes_back_as_it_was_saved(database: Database) -> None:
    profiles = Profiles(database)
    await profiles.save(PROFILE)
    assert await profiles.load() == PROFILE
    changed = replace(PROFILE.without("2"), created_at=None)
    await profiles.save(changed)
    assert await profiles.load() == changed


async def test_the_order_of_the_addresses_is_kept(database: Database) -> None:
    profiles = Profiles(database)
    await profiles.save(replace(PROFILE, addresses=PROFILE.addresses[::-1]))
    loaded = await profiles.load()
    assert loaded is not None
    assert [entry.id for entry in loaded.addresses] == ["2", "1"]


@pytest.mark.parametrize("mark", ["is_primary", "is_default"])
async def test_two_primary_or_default_addresses_are_never_stored(database: Database, mark: str) -> None:
    profiles = Profiles(database)
    await profiles.save(PROFILE)
    broken = tuple(replace(entry, **{mark: True}) for entry in PROFILE.addresses)  # type: ignore[arg-type] # by name
    with pytest.raises(sqlite3.IntegrityError):
        await profiles.save(replace(PROFILE, addresses=broken))
    assert await profiles.load() == PROFILE


async def test_a_change_is_made_to_what_is_stored_now(database: Database) -> None:
    profiles = Profiles(database)
    await profiles.save(PROFILE)
    await asyncio.gather(
        profiles.change(lambda profile: replace(profile, undo_seconds=5)),
        profiles.change(lambda profile: replace(profile, policy_ca="")),
    )
    assert await profiles.load() == replace(PROFILE, undo_seconds=5, policy_ca="")


async def test_a_change_that_is_refused_changes_nothing(database: Database) -> None:
    profiles = Profiles(database)
    with pytest.raises(ProfileError):
        await profiles.change(lambda profile: profile)
    await profiles.save(PROFILE)
    with pytest.raises(ProfileError):
        await profiles.change(lambda profile: profile.without("1"))
    assert await profiles.load() == PROFILE


async def test_two_tries_at_once_are_counted_twice(database: Database) -> None:
    profiles = Profiles(database)

    def one_less(issued: IssuedCodes | None) -> tuple[IssuedCodes, int]:
        left = (issued or IssuedCodes(tries_left=5)).tries_left - 1
        return IssuedCodes(tries_left=left), left

    tries = (profiles.change_codes("2", IssuedCodes, one_less) for _ in range(2))
    assert sorted(await asyncio.gather(*tries)) == [3, 4]


async def test_codes_come_back_as_issued_until_forgotten(database: Database) -> None:
    profiles = Profiles(database)
    await profiles.save(PROFILE)
    issued, _ = issue(
        None, profile_id="p", address=PROFILE.addresses[1].address, now=datetime(2026, 11, 23, tzinfo=UTC)
    )
    assert await profiles.code("2", IssuedCodes) is None
    await profiles.save_codes("2", issued)
    assert await profiles.code("2", IssuedCodes) == issued
    await profiles.save_codes("2", None)
    assert await profiles.code("2", IssuedCodes) is None


async def test_codes_go_with_their_address_and_stay_with_every_other_change(database: Database) -> None:
    profiles = Profiles(database)
    await profiles.save(PROFILE)
    issued, _ = issue(
        None, profile_id="p", address=PROFILE.addresses[1].address, now=datetime(2026, 11, 23, tzinfo=UTC)
    )
    await profiles.save_codes("2", issued)
    await profiles.save(replace(PROFILE, undo_seconds=5))
    assert await profiles.code("2", IssuedCodes) == issued
    await profiles.save(PROFILE.without("2"))
    await profiles.save(PROFILE)
    assert await profiles.code("2", IssuedCodes) is None


@pytest.mark.parametrize("server", [ORGANISATION, GATEWAY, SmtpServer("::1", 25, Security.NONE, "", NoSignIn())])
def test_a_server_comes_back_as_it_was(server: SmtpServer) -> None:
    assert decode_server(encode_server(server)) == server


@pytest.mark.parametrize("problem", [None, Problem.of(Reason.CRASH_UNCERTAIN), Problem.of(Reason.SERVER_BUSY, a="ü")])
def test_a_problem_comes_back_as_it_was(problem: Problem | None) -> None:
    assert decode_problem(encode_problem(problem)) == problem
