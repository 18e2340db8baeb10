"""An organisation read from files: the same whoever wrote them down, and every mistake with its place."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest

from app.errors import ExportError, Problem, Reason
from app.exporter.api_files import add_api_file, check_is_whole, directory_in
from app.exporter.collected import Collected, directory_of
from app.exporter.gam import add_gam_file
from app.policy.directory import Directory, write_directory
from tests.app.exporter.gam_output import flat, table, with_json
from tests.app.exporter.world import facts
from tests.servers.google_organisation import GoogleOrganisation, raw


@pytest.fixture
def known() -> GoogleOrganisation:
    organisation = GoogleOrganisation.of(30)
    organisation.users[4]["suspended"] = True
    return organisation


def from_gam(files: dict[str, bytes]) -> Directory:
    found = Collected()
    for name, data in files.items():
        add_gam_file(found, data, file=f"{name}.csv")
    return directory_of(found, facts(), source="GAM", file="f")


def from_answers(*contents: Any) -> Directory:
    found = Collected()
    for content in contents:
        add_api_file(found, json.dumps(content).encode(), file="f.json")
    return directory_of(found, facts(), source="f.json", file="f")


def gam_refusal(data: bytes) -> Problem:
    with pytest.raises(ExportError) as caught:
        add_gam_file(Collected(), data, file="f.csv")
    assert (caught.value.problem.reason, caught.value.problem.fact("file")) == (Reason.EXPORT_INPUT_WRONG, "f.csv")
    return caught.value.problem


def refusal(data: bytes) -> Problem:
    with pytest.raises(ExportError) as caught:
        add_api_file(Collected(), data, file="f.json")
    assert (caught.value.problem.reason, caught.value.problem.fact("file")) == (Reason.EXPORT_INPUT_WRONG, "f.json")
    return caught.value.problem


def expected(known: GoogleOrganisation) -> Directory:
    return directory_of(raw(known), facts(), source="t", file="f")


class TestGam:
    """CSV and JSON as GAM writes them."""

    @pytest.mark.parametrize("written", [flat, with_json])
    def test_its_files_are_the_same_organisation_as_the_api(self, known: GoogleOrganisation, written: Any) -> None:
        assert from_gam(written(known)) == expected(known)

    def test_an_object_a_line_is_taken_as_show_prints_it(self, known: GoogleOrganisation) -> None:
        files = with_json(known)
        files["policies"] = b"\n".join(json.dumps(policy).encode() for policy in known.policies) + b"\n\n"
        assert from_gam(files) == expected(known)

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_what_shells_of_windows_make_of_it_is_read(self, known: GoogleOrganisation, encoding: str) -> None:
        files = {name: data.decode().replace("\n", "\r\n").encode(encoding) for name, data in flat(known).items()}
        assert from_gam(files) == expected(known)

    def test_aliases_in_one_column_are_taken_apart(self) -> None:
        row = {
            "primaryEmail": "a@b.example",
            "orgUnitPath": "/",
            "suspended": "False",
            "aliases": "c@b.example d@b.example",
        }
        found = Collected()
        add_gam_file(found, table([row]), file="f")
        assert found.users[0].aliases == ("c@b.example", "d@b.example")

    def test_a_box_that_is_not_ticked_is_not_read_as_ticked(self) -> None:
        name, field = "setting.type", "setting.value.allowUsersToUseExternalSmtpServers"
        row = {"name": "policies/p", name: "settings/gmail.per_user_outbound_gateway"}
        found = Collected()
        add_gam_file(found, table([row | {field: value} for value in ("True", "False", "yes", "1")]), file="f")
        assert [list(each.setting.value.values()) for each in found.policies] == [[True], [False], ["yes"], ["1"]]

    @pytest.mark.parametrize(
        ("data", "detail"),
        [
            (b"", "it is empty"),
            (b"group,email\n", "there is nothing in it but a heading"),
            (b"<html>", "it is a web page"),
            (b"\xff\x01", "it is not text in UTF-8: invalid start byte at byte 0"),
            (b"group,email\n\0,b\n", "it is not text in UTF-8: a zero at byte 12"),
            (b"group,email\na,b", "it is cut off: its last line has no end"),
            (b"\xff\xfe\x00", "it is not text in UTF-8: truncated data at byte 2"),
            (b"group,email\na@b.example\n", "line 2: it has not as many columns as the heading"),
            (b"group,email\na,b,c\n", "line 2: it has not as many columns as the heading"),
            (b'group,email\n"a,b\n', "line 1: unexpected end of data"),
            (b"x,y\n1,2\n", "line 2: no kind of list is known that has the columns x, y"),
            (b"primaryEmail\na@b.example\n", "line 2: of users the column orgUnitPath is needed, too"),
            (b"name,JSON\np,{\n", "line 2: not JSON: Expecting property name"),
            (b"name,JSON\np,[]\n", "line 2: not an object"),
            (b'{"name": "p", "setting": 7}\n', "line 1: Expected `object`, got `int` - at `$.setting`"),
            (b'{"name": "p"\n', "line 1: not JSON: Expecting ',' delimiter: line 1 column 13 (char 12)"),
            (b'{"name": "p", "name": "q"}', "line 1: not JSON: a name stands twice in one object"),
            (b'{"x": NaN}', "line 1: not JSON: NaN is no number of JSON"),
            (b'{"x":' + b"[" * 100_000 + b"\n", "line 1: not JSON: maximum recursion depth exceeded"),
            (b"name,setting.type,policyQuery.sortOrder\np,s,x\n", "line 2: Expected `float`, got `str` - at `$.pol"),
        ],
    )  # fmt: skip
    def test_a_mistake_is_told_with_its_line(self, data: bytes, detail: str) -> None:
        assert gam_refusal(data).fact("detail").startswith(detail)

    def test_a_file_larger_than_any_organisation_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("app.exporter.gam.DIRECTORY_MAX_BYTES", 1024 * 1024)
        assert gam_refusal(bytes(1024 * 1024 + 1)).fact("detail") == "it is larger than 1 MiB"

    def test_a_file_cut_off_anywhere_is_no_fault_of_the_programs(self, known: GoogleOrganisation) -> None:
        for data in (*flat(known).values(), *with_json(known).values()):
            for end in range(0, len(data), max(1, len(data) // 40)):
                with suppress(ExportError):
                    add_gam_file(Collected(), data[:end], file="f")


class TestAnswersOfTheApi:
    """JSON as it came."""

    def test_one_file_with_everything(self, known: GoogleOrganisation) -> None:
        whole = {
            "policies": known.policies,
            "organizationUnits": known.units,
            "groups": known.groups,
            "members": known.members,
            "users": known.users,
            "domains": known.domains,
        }
        assert from_answers(whole) == expected(known)
        by_address = {group["email"]: known.members[group["id"]] for group in known.groups}
        assert from_answers(whole | {"members": by_address}) == expected(known)

    def test_a_file_a_list_and_its_pages(self, known: GoogleOrganisation) -> None:
        pages = [{"users": known.users[:10], "nextPageToken": "x"}, {"users": known.users[10:]}]
        rest = [{"policies": known.policies}, {"organizationUnits": known.units}, {"domains": known.domains}]
        found = from_answers(pages, {"groups": known.groups}, {"members": known.members}, rest)
        assert found == expected(known)

    def test_a_list_without_its_last_page_is_refused(self, known: GoogleOrganisation) -> None:
        for name, listing in (("users", known.users), ("policies", known.policies), ("groups", known.groups)):
            problem = refusal(json.dumps([{name: listing, "nextPageToken": "x"}]).encode())
            assert problem.fact("detail") == f"{name}: the last page is missing, each says that another one follows"

    @pytest.mark.parametrize("missing", ["policies", "org units", "users"])
    def test_what_documents_need_has_to_be_there(self, known: GoogleOrganisation, missing: str) -> None:
        found = raw(known)
        {"policies": found.policies, "org units": found.units, "users": found.users}[missing].clear()  # type: ignore[attr-defined]
        with pytest.raises(ExportError) as caught:
            check_is_whole(found, file="f")
        assert caught.value.problem.fact("detail") == f"there are no {missing} in what was given"

    @pytest.mark.parametrize(
        ("data", "detail"),
        [
            (b"", "Expecting value"),
            (b"\x00", "there is a zero at byte 0"),
            (b"<html>", "it is a web page"),
            (b"{}", "there is none of policies, organizationUnits, groups, users, members and domains in it"),
            (b"[]", "there is none of policies"),
            (b"7", "Expected `object`, got `int`"),
            (b'{"users": 7}', "users: Expected `array | null`, got `int`"),
            (b'[{"users": [{"primaryEmail": 7}]}]', "[0].users[0].primaryEmail: Expected `str`, got `int`"),
            (b'{"members": [{"id": "x"}]}', "members: Expected `object | null`, got `array`"),
            (b'{"users": [], "users": []}', "the name 'users' stands twice in one object"),
            (b'{"x": 1e999}', "the number 1e999 is out of range"),
            (b"[" * 50, "nested deeper than 32 levels"),
            ('{"users": []}'.encode("utf-16"), ""),
        ],
    )
    def test_a_mistake_is_told_with_its_path(self, data: bytes, detail: str) -> None:
        assert refusal(data).fact("detail").startswith(detail)


def test_a_directory_that_was_saved_is_told_from_googles_answers(known: GoogleOrganisation) -> None:
    found = expected(known)
    assert directory_in(write_directory(found), file="f") == found
    assert directory_in(b'{"users": []}', file="f") is None
    assert directory_in(b"<html>", file="f") is None
