"""A table of zones, what receivers find in each, and the names they share; read by the rules and by a real server.

Each zone is `ID.example`. Mail comes from `nutzer@ID.example` through `smtp.ID.example`, which is 192.0.2.10,
unless the row says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import dns.rdatatype
import dns.zone

from app.address import Address
from app.forecast.lookup import _values
from app.forecast.questions import RecordType
from app.recipient_view import RecipientView

__all__ = ["CASES", "Case", "records_of", "zone_texts"]

GOOD, BAD, NONE, UNKNOWN = "good", "bad", "not-set-up", "unknown"
NO_DMARC = (NONE, "no-record", "")
NO_KEYS = (NONE, "no-keys")
LISTED = (GOOD, "listed", "")
NO_SPF = (NONE, "no-record", "")


@dataclass(frozen=True)
class Case:
    """One zone; `spf` is outlook, reason and fault; `dkim` outlook and reason; `dmarc` outlook, reason and policy."""

    id: str
    records: str
    spf: tuple[str, str, str]
    dmarc: tuple[str, str, str] = NO_DMARC
    dkim: tuple[str, str] = NO_KEYS
    aligned: bool = True
    host: str = ""
    sender: str = ""
    """From, where it is not the zone's."""
    envelope: str = ""
    """The envelope sender, where it is not From."""
    server_address: str = "A 192.0.2.10"
    zone: str = ""
    """The zone, where it is not `ID.example`."""

    @property
    def domain(self) -> str:
        return self.zone or f"{self.id}.example"

    @property
    def server(self) -> str:
        return "" if self.host == "-" else self.host or f"smtp.{self.domain}"

    @property
    def view(self) -> RecipientView:
        """What recipients see."""
        sender = Address.parse(self.sender or f"nutzer@{self.domain}")
        envelope = Address.parse(self.envelope) if self.envelope else sender
        return RecipientView("", sender, None, envelope, None, sender.domain, "")


def _spf(*texts: str) -> str:
    return "\n".join(f'@ TXT "{text}"' for text in texts)


def _dmarc(text: str) -> str:
    return f'_dmarc TXT "{text}"'


def _chain(length: int) -> str:
    """Return a record that includes one after another; the last one lists the server."""
    links = [f'l{number} TXT "v=spf1 include:l{number + 1}.@ZONE@ ?all"' for number in range(1, length)]
    return "\n".join([_spf("v=spf1 include:l1.@ZONE@ -all"), *links, f'l{length} TXT "v=spf1 ip4:192.0.2.10 -all"'])


_LONG = " ".join(f"ip4:198.51.100.{number}" for number in range(200))
_LONG_STRINGS = " ".join(f'"{_LONG[start : start + 250]}"' for start in range(0, len(_LONG), 250))
_MANY_MX = "\n".join(f"@ MX {number} mx{number}\nmx{number} A 198.51.100.{number}" for number in range(1, 12))
_TEN_MX = "\n".join(f"@ MX {number} mx{number}\nmx{number} A 192.0.2.{number}" for number in range(1, 11))

# What several rows lean on: a provider, its own senders, and reverse names.
SHARED = {
    "anbieter.example": 'smtp A 203.0.113.5\n_spf TXT "v=spf1 ip4:203.0.113.128/25 ?all"\nempty A 192.0.2.77',
    "verschickt.example": '_spf TXT "v=spf1 ip4:198.51.100.0/24 -all"\nrot TXT "v=spf1 include:fehlt.example -all"',
    "google.com": '_spf TXT "v=spf1 ip4:203.0.113.64/26 ~all"',
    "gmail.com": "smtp A 203.0.113.9",
    "2.0.192.in-addr.arpa": "10 PTR smtp.ptr.example.\n11 PTR fremd.example.",
    "beispiel.example": '@ TXT "v=spf1 a:smtp.beispiel.example -all"\nsmtp A 192.0.2.20\n_dmarc TXT "v=DMARC1; p=none"',
}

_SPF_CASES = (
    Case("ip4", _spf("v=spf1 ip4:192.0.2.0/28 -all"), LISTED),
    Case("ip6", _spf("v=spf1 ip6:2001:db8::/32 -all"), LISTED, server_address="AAAA 2001:db8::10"),
    Case("a", _spf("v=spf1 a:smtp.a.example -all"), LISTED),
    Case("a-cidr", _spf("v=spf1 a:other.a-cidr.example/28//64 -all") + "\nother A 192.0.2.1", LISTED),
    Case("mx", _spf("v=spf1 mx -all") + "\n@ MX 10 mail\n@ MX 5 smtp\nmail A 198.51.100.1", LISTED),
    Case("mx-ten", _spf("v=spf1 mx -all") + "\n" + _TEN_MX, LISTED),
    Case("mx-eleven", _spf("v=spf1 mx -all") + "\n" + _MANY_MX, (BAD, "faulty", "too-many-lookups")),
    Case("mx-null", _spf("v=spf1 mx ip4:192.0.2.10 -all") + "\n@ MX 0 .", LISTED),
    Case("ptr", _spf("v=spf1 ptr -all"), LISTED),
    Case("ptr-other", _spf("v=spf1 ptr -all"), (UNKNOWN, "not-listed", ""), server_address="A 192.0.2.11"),
    Case("exists", _spf("v=spf1 exists:%{i}._spf.%{d} -all") + "\n192.0.2.10._spf A 127.0.0.2", LISTED),
    Case("macro-local", _spf("v=spf1 exists:%{l1r-}.%{o}.%{h}.%{v} -all"), (UNKNOWN, "not-listed", "")),
    Case("macro-hit", _spf("v=spf1 exists:%{ir}.%{v}._s.%{d2} ?all") + "\n10.2.0.192.in-addr._s A 127.0.0.2", LISTED),
    Case("macro-bad", _spf("v=spf1 exists:%{x}.example -all"), (BAD, "faulty", "syntax")),
    Case("include", _chain(3), LISTED),
    Case("ten-lookups", _chain(10), LISTED),
    Case("eleven-lookups", _chain(11), (BAD, "faulty", "too-many-lookups")),
    Case("loop", _spf("v=spf1 include:loop.example -all"), (BAD, "faulty", "too-many-lookups")),
    Case("redirect-loop", _spf("v=spf1 redirect=redirect-loop.example"), (BAD, "faulty", "too-many-lookups")),
    Case("redirect", _spf("v=spf1 redirect=_own.%{d}") + '\n_own TXT "v=spf1 a:smtp.redirect.example -all"', LISTED),
    Case("redirect-none", _spf("v=spf1 redirect=fehlt.example"), (BAD, "faulty", "no-record-included")),
    Case("redirect-all", _spf("v=spf1 redirect=fehlt.example ip4:192.0.2.10 -all"), LISTED),
    Case("include-none", _spf("v=spf1 include:empty.anbieter.example -all"), (BAD, "faulty", "no-record-included")),
    Case("include-deep", _spf("v=spf1 include:rot.verschickt.example -all"), (BAD, "faulty", "no-record-included")),
    Case("two-void", _spf("v=spf1 a:n1.two-void.example a:n2.two-void.example ip4:192.0.2.10 -all"), LISTED),
    Case(
        "three-void",
        _spf("v=spf1 a:n1.three-void.example a:n2.three-void.example exists:n3.three-void.example ip4:192.0.2.10 -all"),
        (BAD, "faulty", "too-many-void"),
    ),
    Case("two-records", _spf("v=spf1 ip4:192.0.2.10 -all", "v=spf1 -all"), (BAD, "faulty", "two-records")),
    Case("other-text", _spf("v=spf10 -all", "v=spf1-all", "anything", "V=SPF1 IP4:192.0.2.10 -ALL"), LISTED),
    Case("typo", _spf("v=spf1 ipv4:192.0.2.10 -all"), (BAD, "faulty", "syntax")),
    Case("long", f'@ TXT "v=spf1 " {_LONG_STRINGS} " a:smtp.long.example -all"', LISTED),
    Case("split", '@ TXT "v=spf1 ip4:192.0" ".2.10 -all"', LISTED),
    Case("cname", '_s TXT "v=spf1 ip4:192.0.2.10 -all"\nabt CNAME _s', LISTED, sender="nutzer@abt.cname.example"),
    Case("no-spf", "www A 192.0.2.1", NO_SPF),
    Case("nobody", _spf("v=spf1 -all"), (BAD, "nobody", "")),
    Case("anyone", _spf("v=spf1 +all"), (GOOD, "anyone", "")),
    Case("elsewhere", _spf("v=spf1 include:_spf.verschickt.example ~all"), (UNKNOWN, "not-listed", "")),
    Case(
        "one-family",
        _spf("v=spf1 ip4:192.0.2.10 -all") + "\nsmtp AAAA 2001:db8::10",
        (UNKNOWN, "some-listed", ""),
    ),
    Case(
        "at-provider",
        _spf("v=spf1 include:_spf.anbieter.example -all"),
        (GOOD, "provider-listed", ""),
        host="smtp.anbieter.example",
    ),
    Case(
        "at-provider-not",
        _spf("v=spf1 -include:_spf.anbieter.example ip4:192.0.2.10 -all"),
        (UNKNOWN, "not-listed", ""),
        host="smtp.anbieter.example",
    ),
    Case(
        "at-google",
        _spf("v=spf1 include:_spf.google.com ~all") + '\ngoogle._domainkey TXT "v=DKIM1; k=rsa; p=MIIB"',
        (GOOD, "provider-listed", ""),
        dkim=(GOOD, "provider-key"),
        host="smtp.gmail.com",
    ),
    Case(
        "google-revoked",
        _spf("v=spf1 -all") + '\ngoogle._domainkey TXT "v=DKIM1; p="\n' + _dmarc("v=DMARC1; p=reject"),
        (BAD, "nobody", ""),
        dkim=(UNKNOWN, "keys-exist"),
        dmarc=(UNKNOWN, "needs-dkim", "reject"),
        host="smtp.gmail.com",
    ),
    Case("not-chosen", _spf("v=spf1 ip4:192.0.2.10 -all"), (UNKNOWN, "server-not-chosen", ""), host="-"),
    Case("not-found", _spf("v=spf1 a -all"), (UNKNOWN, "server-not-found", ""), host="gibt-es-nicht.example"),
    Case("local", _spf("v=spf1 ip4:192.0.2.10 -all"), (UNKNOWN, "local-server", ""), server_address="A 192.168.1.5"),
    Case("literal", _spf("v=spf1 ip4:192.0.2.10 -all"), LISTED, host="192.0.2.10"),
)

_LIST_ME = _spf("v=spf1 ip4:192.0.2.10 -all") + "\n"

_DMARC_CASES = (
    Case("reject", _LIST_ME + _dmarc("v=DMARC1; p=reject"), LISTED, dmarc=(GOOD, "by-spf", "reject")),
    Case("spaced", _LIST_ME + _dmarc("v = DMARC1 ; P = Quarantine ;"), LISTED, dmarc=(GOOD, "by-spf", "quarantine")),
    Case("no-policy", _LIST_ME + _dmarc("v=DMARC1"), LISTED, dmarc=(NONE, "faulty", "")),
    Case("report-only", _LIST_ME + _dmarc("v=DMARC1; rua=mailto:r@a.example"), LISTED, dmarc=(GOOD, "by-spf", "none")),
    Case("bad-policy", _LIST_ME + _dmarc("v=DMARC1; p=discard"), LISTED, dmarc=(NONE, "faulty", "")),
    Case("bad-version", _LIST_ME + _dmarc("v=DMARC2; p=reject"), LISTED),
    Case(
        "two-dmarc",
        _LIST_ME + _dmarc("v=DMARC1; p=reject") + "\n" + _dmarc("v=DMARC1; p=none"),
        LISTED,
        dmarc=(NONE, "faulty", ""),
    ),
    Case(
        "inherited",
        _LIST_ME + 'abt TXT "v=spf1 ip4:192.0.2.10 -all"\n' + _dmarc("v=DMARC1; p=reject; sp=quarantine; pct=20"),
        LISTED,
        dmarc=(GOOD, "by-spf", "quarantine"),
        sender="nutzer@abt.inherited.example",
    ),
    Case(
        "inherited-p",
        'abt TXT "v=spf1 ip4:192.0.2.10 -all"\n' + _dmarc("v=DMARC1; p=reject"),
        LISTED,
        dmarc=(GOOD, "by-spf", "reject"),
        sender="nutzer@abt.inherited-p.example",
    ),
    Case(
        "public-suffix",
        'firma TXT "v=spf1 ip4:192.0.2.10 -all"\n' + _dmarc("v=DMARC1; p=reject"),
        LISTED,
        sender="nutzer@firma.co.uk",
        zone="co.uk",
    ),
    Case(
        "relaxed",
        'post TXT "v=spf1 ip4:192.0.2.10 -all"\n' + _dmarc("v=DMARC1; p=reject; aspf=r"),
        LISTED,
        dmarc=(GOOD, "by-spf", "reject"),
        envelope="nutzer@post.relaxed.example",
    ),
    Case(
        "strict",
        'post TXT "v=spf1 ip4:192.0.2.10 -all"\nk1._domainkey TXT "p=MIIB"\n' + _dmarc("v=DMARC1; p=reject; aspf=s"),
        LISTED,
        aligned=False,
        dkim=(UNKNOWN, "keys-exist"),
        dmarc=(UNKNOWN, "needs-dkim", "reject"),
        envelope="nutzer@post.strict.example",
    ),
    Case(
        "strict-dkim",
        _spf("v=spf1 -all") + '\nk1._domainkey TXT "p=MIIB"\n' + _dmarc("v=DMARC1; p=none; adkim=s"),
        NO_SPF,
        dmarc=(BAD, "neither", "none"),
        sender="nutzer@abt.strict-dkim.example",
    ),
    Case(
        "relaxed-dkim",
        '\nk1._domainkey TXT "p=MIIB"\n' + _dmarc("v=DMARC1; p=none; adkim=r"),
        NO_SPF,
        dkim=(UNKNOWN, "keys-exist"),
        dmarc=(UNKNOWN, "needs-dkim", "none"),
        sender="nutzer@abt.relaxed-dkim.example",
    ),
    Case(
        "on-behalf",
        'k1._domainkey TXT "p=MIIB"\n' + _dmarc("v=DMARC1; p=quarantine"),
        LISTED,
        aligned=False,
        dkim=(UNKNOWN, "other-signer"),
        dmarc=(UNKNOWN, "needs-dkim", "quarantine"),
        envelope="nutzer@beispiel.example",
        host="smtp.beispiel.example",
    ),
    Case(
        "on-behalf-unsigned",
        _dmarc("v=DMARC1; p=reject"),
        LISTED,
        aligned=False,
        dmarc=(BAD, "neither", "reject"),
        envelope="nutzer@beispiel.example",
        host="smtp.beispiel.example",
    ),
    Case(
        "undecided",
        _spf("v=spf1 include:_spf.verschickt.example -all") + "\n" + _dmarc("v=DMARC1; p=reject; adkim=x"),
        (UNKNOWN, "not-listed", ""),
        dmarc=(UNKNOWN, "undecided", "reject"),
    ),
    Case(
        "by-dkim",
        'google._domainkey TXT "k=rsa; p=MIIB"\n' + _dmarc("v=DMARC1; p=reject; pct=x"),
        NO_SPF,
        dkim=(GOOD, "provider-key"),
        dmarc=(GOOD, "by-dkim", "reject"),
        host="smtp.gmail.com",
    ),
    Case(
        "muenchen",
        _LIST_ME + _dmarc("v=DMARC1; p=reject"),
        LISTED,
        dmarc=(GOOD, "by-spf", "reject"),
        sender="nutzer@münchen.example",
        host="smtp.xn--mnchen-3ya.example",
        zone="xn--mnchen-3ya.example",
    ),
)

CASES = (*_SPF_CASES, *_DMARC_CASES)


def zone_texts() -> dict[str, str]:
    """Return the records of each zone; names in them are below the zone or end in a dot."""
    own = {case.domain: f"smtp {case.server_address}\n" + case.records.replace("@ZONE@", case.domain) for case in CASES}
    return SHARED | own


def records_of(texts: dict[str, str]) -> dict[tuple[str, RecordType], list[str]]:
    """Return all records as a table; a name that is another one's alias has the other's records."""
    table: dict[tuple[str, RecordType], list[str]] = {}
    for origin, text in texts.items():
        zone = dns.zone.from_text(f"$TTL 60\n{text}\n", origin=f"{origin}.", relativize=False, check_origin=False)
        for name, node in zone.items():  # type: ignore[no-untyped-call] # dnspython leaves it out
            for rdataset in node.rdatasets:
                source = node
                if rdataset.rdtype == dns.rdatatype.CNAME:
                    source = zone[rdataset[0].target]
                for found in source.rdatasets:
                    kind = RecordType(dns.rdatatype.to_text(found.rdtype))
                    table[name.to_text(omit_final_dot=True), kind] = list(_values(found, kind))
    return table
