"""The table of zones: what the rules make of it, with the records from memory."""

import pytest

from app.forecast.dmarc import Dmarc
from app.forecast.forecast import Forecast
from app.forecast.lookup import MemoryLookup, look_up_forecast
from tests.app.forecast.zones import CASES, Case, records_of, zone_texts

LOOKUP = MemoryLookup(records_of(zone_texts()))


def told(forecast: Forecast) -> dict[str, object]:
    spf, dkim, dmarc = forecast.spf, forecast.dkim, forecast.dmarc
    return {
        "spf": (spf.outlook, spf.reason, spf.fault or ""),
        "aligned": spf.is_aligned,
        "dkim": (dkim.outlook, dkim.reason),
        "dmarc": (dmarc.outlook, dmarc.reason, dmarc.record.policy if isinstance(dmarc.record, Dmarc) else ""),
    }


def expected(case: Case) -> dict[str, object]:
    return {"spf": case.spf, "aligned": case.aligned, "dkim": case.dkim, "dmarc": case.dmarc}


def test_the_table_has_forty_zones_and_more() -> None:
    assert len({case.domain for case in CASES}) >= 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_each_row_of_the_table_is_forecast(case: Case) -> None:
    assert told(await look_up_forecast(case.view, case.server, LOOKUP)) == expected(case)
