"""docs/deployment.md is true: its commands run, its files are taken, its figures are those that are measured."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from functools import reduce
from pathlib import Path

import pytest
import trustme

from app.cli.parser import build_parser
from app.errors import PolicyError, Reason
from app.exporter.collected import directory_of
from app.exporter.organisation import read_organisation
from app.policy.evaluate import FRESH_FOR
from app.policy.managed import parse_managed
from app.policy.managed_clients import CLIENTS_LIMIT
from app.policy.schedule import CHECK_EVERY, next_check
from app.policy.signature import Signer
from app.policy.source import email_sha256
from app.policy.watch import RECENT
from app.services import now
from tests.app.exporter.gam_output import flat
from tests.app.exporter.world import Clock, export, read_from
from tests.app.policy.documents import PERSON, data
from tests.app.policy.signers import ORG
from tests.end2end.shell import Shell
from tests.servers.google_emulator import GoogleEmulator
from tests.servers.google_organisation import ADMIN, GoogleOrganisation
from tests.servers.web import DEPLOYMENT, Nginx
from tests.servers.wire_sizes import Exchange, measured

TEXT = DEPLOYMENT.read_text(encoding="utf-8")
TOLERANCE = 0.2
"""How far sizes may be from those in the text: other versions of TLS libraries shake hands otherwise."""
ELSEWHERE = {
    "preview": "a window",
    "refresh": "a person's machine",
    "show": "a person's machine",
    "setup": "a person's machine",
    "address": "a person's machine",
}
"""Commands that need more than files; that they are understood is tested here, what they do elsewhere."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def commands() -> list[str]:
    return [line for block in blocks("sh") for line in block.splitlines()]


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table with this heading in its first column."""
    table = TEXT[TEXT.index(f"\n| {heading} |") :].split("\n\n")[0].strip().splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def number(cell: str) -> float:
    return float(cell.removesuffix(" B").replace(",", ""))


@pytest.fixture
def google(tmp_path: Path) -> Iterator[GoogleEmulator]:
    (tmp_path / "google").mkdir()
    organisation = GoogleOrganisation.of(40)
    organisation.users[5]["primaryEmail"] = str(PERSON)
    with GoogleEmulator(organisation, folder=tmp_path / "google") as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, google: GoogleEmulator) -> Path:
    """The folder an administrator works in, with the files of the text and those Google and GAM have written."""
    desk = tmp_path / "desk"
    desk.mkdir()
    for block in blocks("toml"):
        found = re.match(r"# (\w+\.toml)\n", block)
        assert found
        (desk / found[1]).write_text(block, encoding="utf-8")
    for name, content in flat(google.organisation).items():
        (desk / f"{name}.csv").write_bytes(content)
    (desk / "policy.json").write_bytes(data())
    (desk / "service-account.json").write_bytes(google.credentials.read_bytes())
    return desk


def test_every_command_of_the_text_does_what_it_says(
    shell: Shell, desk: Path, google: GoogleEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk)
    known = {"SHA256": email_sha256(PERSON), "/srv/": f"{desk}/srv-", "/etc/": f"{desk}/etc/"}
    known["admin@beispiel.example"] = ADMIN
    ran: list[str] = []
    for command in commands():
        line = reduce(lambda text, change: text.replace(*change), known.items(), command)
        words = shlex.split(line)
        ran.append(words[1] if words[0] == "absender" else words[0])
        if words[0] != "absender":
            told = subprocess.run(["sh", "-c", line], check=True, capture_output=True, text=True, timeout=20).stdout
            assert told.split() in ([], [email_sha256(PERSON), "-"])
            continue
        if words[-1] in ELSEWHERE or words[1] in ELSEWHERE:
            build_parser(words[1:]).parse_args(words[1:])
            continue
        if "google" in words:
            words += ["--google-url", google.url, "--google-ca", str(google.ca_file)]
        if "gam" in words:  # the same organisation once more, elsewhere
            words[words.index("--out") + 1] = "from-gam"
        outcome = shell.run(*words[1:])
        assert outcome.code == 0, outcome.err
        if "keygen" in words:
            known["ed25519:KEY"] = outcome.out.strip()
            managed = (desk / "managed.toml").read_text(encoding="utf-8")
            (desk / "managed.toml").write_text(managed.replace("ed25519:KEY", outcome.out.strip()), "utf-8")
    assert ran == [
        *["policy"] * 5,
        "preview",
        "printf",
        "policy",
        "policy",
        "install",
        "policy",
        "policy",
        "setup",
        "address",
    ]
    assert (desk / "etc/absender/managed.toml").stat().st_mode & 0o777 == 0o644
    published = {file.name for file in (desk / "srv-absender-policy").glob("*.json")}
    assert len(published) > 40
    assert {file.name for file in (desk / "from-gam").glob("*.json")} == published


def test_a_managed_configuration_as_in_the_text_never_loses_its_keys(desk: Path) -> None:
    text = (desk / "managed.toml").read_text(encoding="utf-8").replace("ed25519:KEY", str(ORG.key))
    assert parse_managed(text.encode(), file="f").policy_keys == (str(ORG.key),)
    for length in range(len(text) - 1):
        with pytest.raises(PolicyError) as caught:
            parse_managed(text[:length].encode(), file="f")
        assert caught.value.problem.reason is Reason.MANAGED_WRONG


def test_the_clients_of_the_text_are_read(desk: Path) -> None:
    text = (desk / "managed.toml").read_text(encoding="utf-8").replace("ed25519:KEY", str(ORG.key))
    clients = parse_managed(
        (text + (desk / "clients.toml").read_text(encoding="utf-8")).encode(), file="f"
    ).oauth_clients
    assert clients is not None
    assert [client.hosts[0] for client in clients] == ["smtp.gmail.com", "smtp.office365.com", "smtp.beispiel.example"]
    assert f"{CLIENTS_LIMIT} in all" in TEXT
    assert "`http://127.0.0.1` with any port from desktop apps" in TEXT.replace("\n", " ")
    assert [client.redirect_uri for client in clients[:2]] == ["http://127.0.0.1", "http://localhost"]


def test_a_managed_configuration_as_in_the_text_never_loses_its_clients(desk: Path) -> None:
    text = (desk / "managed.toml").read_text(encoding="utf-8").replace("ed25519:KEY", str(ORG.key))
    clients = (desk / "clients.toml").read_text(encoding="utf-8")
    text = text.replace("[policy]", f"{clients}[policy]")
    assert len(parse_managed(text.encode(), file="f").oauth_clients or ()) == 3
    for length in range(len(text) - 1):
        with pytest.raises(PolicyError) as caught:
            parse_managed(text[:length].encode(), file="f")
        assert caught.value.problem.reason is Reason.MANAGED_WRONG


def test_the_times_of_the_text_are_the_programs() -> None:
    minutes = [next_check().total_seconds() / 60 for _ in range(500)]
    assert all(54 <= each <= 66 for each in minutes)
    assert "about every hour (54 to 66 minutes)" in TEXT
    assert CHECK_EVERY.total_seconds() == 3600
    assert f"if the last check is more than {RECENT.total_seconds() / 60:.0f} minutes old" in " ".join(TEXT.split())
    assert f"{FRESH_FOR.total_seconds() / 3600:.0f} hours, or until the document expires" in TEXT
    retries = [next_check(failures=count).total_seconds() / 60 for count in range(1, 7)]
    assert [round(each / wanted) for each, wanted in zip(retries, (1, 2, 5, 10, 30, 30), strict=True)] == [1] * 6
    assert "after 1, 2, 5, 10 minutes and then every half hour" in TEXT


@pytest.mark.system("nginx")
async def test_the_sizes_of_the_text_are_those_on_the_wire(desk: Path, google: GoogleEmulator, tmp_path: Path) -> None:
    root = trustme.CA()
    ca_file = tmp_path / "ca.pem"
    root.cert_pem.write_to_path(str(ca_file))
    facts = read_organisation((desk / "organisation.toml").read_bytes(), file="o")
    directory = directory_of(read_from(google, Clock()), facts, source="Google", file="o")
    with Nginx(root.create_child_ca()) as server:
        export(directory, server.documents, now=now(), signer=Signer(ORG.pem, file="k"))
        size = (server.documents / f"{email_sha256(PERSON)}.json").stat().st_size
        whole, same = await measured(server, PERSON, ca_file)
    _tell(size, whole, same)
    stated = re.findall(r"signed document of ([\d,]+) bytes", " ".join(TEXT.split()))
    assert [_near(size, number(each)) for each in stated] == [True]
    for cells, exchange in zip(rows("one check"), (same, whole), strict=True):
        assert _near(exchange.request, number(cells[1]))
        assert _near(exchange.answer, number(cells[2]))
        assert _near(exchange.sent + exchange.received, number(cells[3]))
    assert f"Sealing takes {same.sealed} B" in TEXT
    assert whole.sealed == same.sealed
    for cells in rows("programs"):
        programs, *figures = map(number, cells)
        for stated_figure, wanted in zip(figures, _row(programs, whole, same), strict=True):
            assert _near(stated_figure, wanted), (cells, wanted)
    assert [number(cells[0]) for cells in rows("programs")] == [1e3, 1e4, 1e5, 1e6]


def _row(programs: float, whole: Exchange, same: Exchange) -> list[float]:
    """Return what so many programs cost: per second, in a rush, kB/s, GB a day, MB for a change."""
    unchanged, changed = same.sent + same.received, whole.sent + whole.received
    a_second = programs / CHECK_EVERY.total_seconds()
    return [
        a_second,
        programs / 300,
        a_second * unchanged / 1e3,
        a_second * unchanged * 86_400 / 1e9,
        programs * changed / 1e6,
    ]


def _near(found: float, wanted: float) -> bool:
    return abs(found - wanted) <= TOLERANCE * wanted


def _tell(size: int, whole: Exchange, same: Exchange) -> None:
    """Print the tables anew, for whoever has to bring the text up to date."""
    print(f"signed document of {size:,} bytes; sealed {same.sealed}")
    for name, each in (("304", same), ("200", whole)):
        print(f"{name}: {each.request} B | {each.answer:,} B | {each.sent + each.received:,} B")
    for programs in (1e3, 1e4, 1e5, 1e6):
        print(f"| {programs:,.0f} | " + " | ".join(f"{each:,.2g}" for each in _row(programs, whole, same)) + " |")
