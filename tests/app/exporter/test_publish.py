"""Publishing: one whole document a person, rewritten only for a reason, and nothing else in the folder touched."""

from __future__ import annotations

import json
import os
import stat
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from app.address import Address
from app.errors import PolicyError, Reason
from app.exporter.collected import Collected, directory_of
from app.policy.document import MAX_BYTES, parse
from app.policy.evaluate import gateways_allowed
from app.policy.signature import Signer, open_document
from app.policy.source import source_for
from tests.app.exporter.world import (
    DAY,
    PERSON,
    START,
    WEEK,
    directory,
    document,
    export,
    facts,
    name_of,
    refusal,
    snapshot,
    touched,
)
from tests.app.policy.signers import NEXT, ORG
from tests.servers.google_organisation import ADMIN, DOMAIN, GoogleOrganisation, gateway_policy, raw

SIGNER, OTHER_SIGNER = (Signer(each.pem, file="key.pem") for each in (ORG, NEXT))


class TestWhatIsPublished:
    """The documents and the index."""

    def test_everybody_has_the_document_that_the_program_asks_for(
        self, organisation: GoogleOrganisation, folder: Path
    ) -> None:
        published = export(directory(organisation), folder)
        assert (published.new, published.total) == (41, 41)
        assert {file.name for file in folder.iterdir()} == {
            "index.json", *(name_of(user["primaryEmail"]) for user in organisation.users),
        }  # fmt: skip
        person = Address.parse(PERSON.upper())
        file = source_for("https://p.example/{email_sha256}.json", person).origin.rpartition("/")[2]
        found = parse((folder / file).read_bytes(), source="test", expected=person)
        assert found.issued_at == START.replace(microsecond=0)
        assert found.expires_at == found.issued_at + WEEK

    def test_what_a_document_says_is_what_the_units_policies_say(
        self, organisation: GoogleOrganisation, folder: Path
    ) -> None:
        path = organisation.units[1]["orgUnitPath"]  # its box is ticked
        export(directory(organisation), folder)
        allowed = {
            user["primaryEmail"]
            for user in organisation.users
            if gateways_allowed(parse((folder / name_of(user["primaryEmail"])).read_bytes(), source="t")).value
        }
        assert set(organisation.below(path)) <= allowed
        assert allowed < {user["primaryEmail"] for user in organisation.users}

    def test_the_index_names_nobody(self, organisation: GoogleOrganisation, folder: Path) -> None:
        export(directory(organisation), folder)
        text = (folder / "index.json").read_text(encoding="utf-8")
        assert "@" not in text
        assert "nutzer" not in text
        index = json.loads(text)
        assert index["format"] == "absender-index/1"
        assert {f"{name}.json" for name in index["documents"]} == {
            name_of(user["primaryEmail"]) for user in organisation.users
        }
        serial = document(folder, PERSON)["serial"]
        assert index["documents"][name_of(PERSON).removesuffix(".json")] == {
            "serial": serial, "expiresAt": "2026-11-30T09:12:30Z",
        }  # fmt: skip

    def test_nobody_learns_of_others_from_a_document(self, organisation: GoogleOrganisation, folder: Path) -> None:
        organisation.user(PERSON)["orgUnitPath"] = "/"
        export(directory(organisation), folder)
        text = (folder / name_of(PERSON)).read_text(encoding="utf-8")
        assert text.count("@beispiel.example") == 1 + 1 + 1 + 1  # own address, its two aliases, support
        assert not any(str(unit["orgUnitPath"]) in text for unit in organisation.units[1:])

    def test_a_signed_document_is_accepted_with_its_key_alone(
        self, organisation: GoogleOrganisation, folder: Path
    ) -> None:
        export(directory(organisation), folder, signer=SIGNER)
        data = (folder / name_of(PERSON)).read_bytes()
        opened = open_document(data, (ORG.key,), source="test")
        assert parse(opened.payload, source="test").subject.email == PERSON
        with pytest.raises(PolicyError):
            open_document(data, (NEXT.key,), source="test")

    def test_a_web_server_may_read_it_whatever_the_umask(self, organisation: GoogleOrganisation, folder: Path) -> None:
        before = os.umask(0o077)
        try:
            folder.mkdir(mode=0o755)
            export(directory(organisation), folder)
        finally:
            os.umask(before)
        assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o644}


class TestWhatIsWrittenAgain:
    """Only what changed, or runs out."""

    def test_without_a_change_nothing_is(self, organisation: GoogleOrganisation, folder: Path) -> None:
        for signer in (None, SIGNER):
            export(directory(organisation), folder, signer=signer)
            before = snapshot(folder)
            published = export(directory(organisation), folder, now=START + DAY, signer=signer)
            assert (published.unchanged, published.total) == (41, 41)
            assert touched(before, snapshot(folder)) == set()

    def test_a_changed_unit_touches_its_people_alone(self, organisation: GoogleOrganisation, folder: Path) -> None:
        export(directory(organisation), folder, signer=SIGNER)
        before = snapshot(folder)
        path = organisation.units[4]["orgUnitPath"]
        organisation.tick(path, value=True)
        published = export(directory(organisation), folder, now=START + DAY, signer=SIGNER)
        people = organisation.below(path)
        assert 0 < len(people) < 30
        assert published.changed == len(people)
        assert touched(before, snapshot(folder)) == {"index.json", *map(name_of, people)}

    def test_somebody_who_joins_a_group_is_the_only_one_touched(
        self, organisation: GoogleOrganisation, folder: Path
    ) -> None:
        members = organisation.members["02grp0000"]
        member = members.pop(0)
        organisation.members["02grp0000"] = members[:-1]
        export(directory(organisation), folder)
        before = snapshot(folder)
        organisation.members["02grp0000"].append(member)
        export(directory(organisation), folder, now=START + DAY)
        assert touched(before, snapshot(folder)) == {"index.json", name_of(member["email"])}

    def test_its_serial_rises_and_only_its(self, organisation: GoogleOrganisation, folder: Path) -> None:
        export(directory(organisation), folder)
        first = document(folder, PERSON)["serial"]
        organisation.user(PERSON)["aliases"] = [f"neu@{DOMAIN}"]
        export(directory(organisation), folder, now=START)
        export(directory(organisation), folder, now=START)
        assert first == int(START.timestamp())
        assert document(folder, PERSON)["serial"] == first + 1
        assert document(folder, ADMIN)["serial"] == first
        organisation.user(PERSON)["aliases"] = []
        export(directory(organisation), folder, now=START - DAY)  # a clock that was set back
        assert document(folder, PERSON)["serial"] == first + 2

    def test_the_serial_rises_where_the_folder_was_lost_too(
        self, organisation: GoogleOrganisation, folder: Path, tmp_path: Path
    ) -> None:
        export(directory(organisation), folder)
        export(directory(organisation), tmp_path / "another", now=START + timedelta(seconds=1))
        assert document(tmp_path / "another", PERSON)["serial"] > document(folder, PERSON)["serial"]

    def test_half_its_time_is_left_at_least_after_each_export(
        self, organisation: GoogleOrganisation, folder: Path
    ) -> None:
        for day in range(30):
            now = START + day * DAY
            export(directory(organisation), folder, now=now)
            found = parse((folder / name_of(PERSON)).read_bytes(), source="test")
            assert found.expires_at - now > WEEK / 2 - timedelta(seconds=1)
        assert document(folder, PERSON)["serial"] == int((START + 28 * DAY).timestamp())

    def test_another_time_to_hold_is_written_at_once(self, organisation: GoogleOrganisation, folder: Path) -> None:
        export(directory(organisation), folder, valid_for=30 * DAY)
        published = export(directory(organisation), folder, now=START + DAY)
        assert published.renewed == 41
        assert parse((folder / name_of(PERSON)).read_bytes(), source="t").expires_at < START + DAY + WEEK

    def test_a_document_from_a_clock_that_was_ahead_is_written_again(
        self, organisation: GoogleOrganisation, folder: Path
    ) -> None:
        export(directory(organisation), folder, now=START + 900 * DAY)
        assert export(directory(organisation), folder).renewed == 41
        found = parse((folder / name_of(PERSON)).read_bytes(), source="t")
        assert found.expires_at <= START + WEEK
        assert found.serial == int((START + 900 * DAY).timestamp()) + 1

    def test_another_key_signs_everything_again(self, organisation: GoogleOrganisation, folder: Path) -> None:
        export(directory(organisation), folder, signer=SIGNER)
        assert export(directory(organisation), folder, now=START + DAY, signer=OTHER_SIGNER).changed == 41
        assert export(directory(organisation), folder, now=START + DAY).changed == 41

    @pytest.mark.parametrize(
        "damage",
        [
            b"", b"\x00" * 100, b"{}", b'{"serial": "x"}', b"ey.ey.ey", b" " * 300_000,
            b'{"serial": 9007199254740991, "issuedAt": "2026-11-23T09:12:30Z", "expiresAt": "2026-11-30T09:12:30Z"}',
            b'{"serial": 7, "issuedAt": "2026-11-23T09:12:30", "expiresAt": "2026-11-30T09:12:30"}',
        ],
    )  # fmt: skip
    def test_a_damaged_document_is_written_anew(
        self, organisation: GoogleOrganisation, folder: Path, damage: bytes
    ) -> None:
        export(directory(organisation), folder)
        whole = (folder / name_of(PERSON)).read_bytes()
        (folder / name_of(PERSON)).write_bytes(damage)
        published = export(directory(organisation), folder, now=START)
        assert (published.new + published.changed, published.unchanged) == (1, 40)
        assert (folder / name_of(PERSON)).read_bytes() == whole

    def test_one_changed_bit_of_a_signature_is_seen(self, organisation: GoogleOrganisation, folder: Path) -> None:
        export(directory(organisation), folder, signer=SIGNER)
        file = folder / name_of(PERSON)
        whole = file.read_bytes()
        file.write_bytes(whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:])
        assert export(directory(organisation), folder, signer=SIGNER).changed == 1


class TestWhoLeft:
    """Their documents go, and the index tells."""

    def test_a_document_of_somebody_who_left_is_removed(self, organisation: GoogleOrganisation, folder: Path) -> None:
        export(directory(organisation), folder)
        organisation.user(PERSON)["suspended"] = True
        name = name_of(PERSON)
        published = export(directory(organisation), folder, now=START + DAY)
        assert (published.removed, published.unchanged) == (1, 40)
        assert not (folder / name).exists()
        index = json.loads((folder / "index.json").read_bytes())
        assert name.removesuffix(".json") not in index["documents"]
        assert index["removed"] == {
            name.removesuffix(".json"): {"removedAt": "2026-11-24T09:12:30Z", "expiresAt": "2026-11-30T09:12:30Z"}
        }
        export(directory(organisation), folder, now=START + 8 * DAY)
        assert json.loads((folder / "index.json").read_bytes())["removed"] == {}

    def test_who_comes_back_is_no_longer_told_as_removed(self, organisation: GoogleOrganisation, folder: Path) -> None:
        export(directory(organisation), folder)
        organisation.user(PERSON)["suspended"] = True
        export(directory(organisation), folder, now=START + DAY)
        organisation.user(PERSON)["suspended"] = False
        export(directory(organisation), folder, now=START + DAY)
        assert json.loads((folder / "index.json").read_bytes())["removed"] == {}
        assert document(folder, PERSON)["serial"] == int((START + DAY).timestamp())

    def test_an_answer_that_misses_many_people_removes_nobody(
        self, organisation: GoogleOrganisation, folder: Path
    ) -> None:
        export(directory(organisation), folder)
        before = snapshot(folder)
        fewer = msgspec.structs.replace(directory(organisation), users=directory(organisation).users[:20])
        problem = refusal(lambda: export(fewer, folder, now=START + DAY))
        assert (problem.reason, problem.fact("count"), problem.fact("total")) == (Reason.PUBLISH_MANY_GONE, "21", "41")
        assert touched(before, snapshot(folder)) == set()
        assert export(fewer, folder, now=START + DAY, may_remove_many=True).removed == 21

    def test_ten_people_may_leave_at_once(self, organisation: GoogleOrganisation, folder: Path) -> None:
        export(directory(organisation), folder)
        fewer = msgspec.structs.replace(directory(organisation), users=directory(organisation).users[:31])
        assert export(fewer, folder).removed == 10

    def test_a_document_that_no_index_knows_is_removed_too(
        self, organisation: GoogleOrganisation, folder: Path
    ) -> None:
        export(directory(organisation), folder, signer=SIGNER)
        (folder / "index.json").unlink()
        fewer = msgspec.structs.replace(directory(organisation), users=directory(organisation).users[1:])
        assert export(fewer, folder, signer=SIGNER).removed == 1
        assert not (folder / name_of(ADMIN)).exists()

    def test_an_export_that_was_killed_before_the_index_is_made_good(
        self, organisation: GoogleOrganisation, folder: Path
    ) -> None:
        export(directory(organisation), folder)
        (folder / name_of(PERSON)).unlink()
        fewer = msgspec.structs.replace(directory(organisation), users=directory(organisation).users[:1])
        assert export(fewer, folder, now=START + DAY, may_remove_many=True).removed == 40
        assert len(json.loads((folder / "index.json").read_bytes())["removed"]) == 40


def test_a_document_too_large_to_be_fetched_stops_everything(organisation: GoogleOrganisation, folder: Path) -> None:
    root = organisation.units[0]["orgUnitId"]
    organisation.policies += [gateway_policy("x" * 100, True, order=float(number), unit=root) for number in range(1000)]
    problem = refusal(lambda: export(directory(organisation), folder))
    assert (problem.reason, problem.fact("address")) == (Reason.PUBLISH_TOO_LARGE, ADMIN)
    assert list(folder.iterdir()) == []


def test_an_organisation_without_people_is_an_empty_index(folder: Path) -> None:
    empty = directory_of(Collected(domains=raw(GoogleOrganisation.of(0)).domains), facts(), source="t", file="f")
    assert export(empty, folder).total == 0
    assert [file.name for file in folder.iterdir()] == ["index.json"]


def test_a_document_leaves_room_for_its_signature(organisation: GoogleOrganisation, folder: Path) -> None:
    own, root = organisation.policies, organisation.units[0]["orgUnitId"]

    def size_with(count: int) -> int:
        more = [gateway_policy("x" * 100, True, order=float(number), unit=root) for number in range(count)]
        organisation.policies = own + more
        export(directory(organisation), folder)
        return (folder / name_of(ADMIN)).stat().st_size

    without = size_with(0)
    each = (size_with(100) - without) / 100
    assert size_with(int((MAX_BYTES * 0.72 - without) / each)) < MAX_BYTES * 3 / 4
    problem = refusal(lambda: size_with(int((MAX_BYTES * 0.8 - without) / each)))
    assert problem.reason is Reason.PUBLISH_TOO_LARGE
