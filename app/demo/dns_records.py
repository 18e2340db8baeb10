"""What the demo's two domains would publish in DNS, so that forecasts can be tried without a network."""

from __future__ import annotations

from app.demo.authority import DOMAIN
from app.demo.world import PARTNER_DOMAIN
from app.forecast.lookup import MemoryLookup
from app.forecast.questions import RecordType

__all__ = ["demo_lookup"]

_LISTED = "v=spf1 ip4:192.0.2.0/24 -all"  # RFC 5737: addresses for examples


def demo_lookup() -> MemoryLookup:
    """Return DNS as it might be: both domains sign, and the partner has what is not its own rejected."""
    return MemoryLookup(
        {
            (DOMAIN, RecordType.TXT): [_LISTED],
            (f"_dmarc.{DOMAIN}", RecordType.TXT): ["v=DMARC1; p=quarantine"],
            (f"demo._domainkey.{DOMAIN}", RecordType.TXT): ["v=DKIM1; p=ZGVtbw=="],
            (PARTNER_DOMAIN, RecordType.TXT): [_LISTED],
            (f"_dmarc.{PARTNER_DOMAIN}", RecordType.TXT): ["v=DMARC1; p=reject"],
            (f"demo._domainkey.{PARTNER_DOMAIN}", RecordType.TXT): ["v=DKIM1; p=ZGVtbw=="],
        }
    )
