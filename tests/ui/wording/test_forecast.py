"""The sentences about SPF, DKIM and DMARC: every reason has one, and it never claims more than is known."""

from dataclasses import replace

import pytest

from app.forecast.dmarc import Alignment, Dmarc, DmarcFault, DmarcPolicy
from app.forecast.forecast import (
    Dkim,
    DkimReason,
    DmarcForecast,
    DmarcReason,
    Forecast,
    Outlook,
    Spf,
    SpfReason,
)
from app.forecast.spf import SpfFault
from ui.wording.forecast import CHECKS, forecast_lines, looking_line

pytestmark = pytest.mark.usefixtures("qapp")

SPF = Spf(Outlook.GOOD, SpfReason.LISTED, "partner.example", is_aligned=True)
DKIM = Dkim(Outlook.UNKNOWN, DkimReason.KEYS_EXIST, "partner.example", "beispiel.example")
DMARC = DmarcForecast(Outlook.GOOD, DmarcReason.BY_SPF, "partner.example", Dmarc("partner.example", DmarcPolicy.REJECT))


def sentences(*, spf: Spf = SPF, dkim: Dkim = DKIM, dmarc: DmarcForecast = DMARC) -> list[str]:
    lines = forecast_lines(Forecast(spf, dkim, dmarc))
    assert [line.check for line in lines] == list(CHECKS)
    assert all(line.word and line.mark in {"yes", "no", "note", "unknown"} for line in lines)
    return [line.sentence for line in lines]


def test_each_reason_has_a_sentence_of_its_own() -> None:
    spf = [sentences(spf=replace(SPF, reason=each, fault=SpfFault.SYNTAX))[0] for each in SpfReason]
    faults = [sentences(spf=replace(SPF, reason=SpfReason.FAULTY, fault=each))[0] for each in SpfFault]
    dkim = [sentences(dkim=replace(DKIM, reason=each))[1] for each in DkimReason]
    dmarc = [sentences(dmarc=replace(DMARC, reason=each))[2] for each in DmarcReason]
    for group in (spf, faults, dkim, dmarc):
        assert len(set(group)) == len(group)
        assert all(text.endswith(".") and "{" not in text for text in group)


def test_two_dmarc_records_are_told_from_a_faulty_one() -> None:
    faulty = replace(DMARC, outlook=Outlook.NOT_SET_UP, reason=DmarcReason.FAULTY, record=None)
    first = sentences(dmarc=replace(faulty, fault=DmarcFault.TWO_RECORDS))[2]
    assert first != sentences(dmarc=replace(faulty, fault=DmarcFault.SYNTAX))[2]


@pytest.mark.parametrize(
    ("policy", "percent", "told"),
    [
        (DmarcPolicy.NONE, 100, "delivered all the same"),
        (DmarcPolicy.QUARANTINE, 100, "asks recipients to treat what fails as spam"),
        (DmarcPolicy.QUARANTINE, 30, "30 % of what fails as spam"),
        (DmarcPolicy.REJECT, 100, "asks recipients to reject what fails"),
        (DmarcPolicy.REJECT, 30, "reject 30 % of what fails"),
    ],
)
def test_what_recipients_are_asked_to_do_is_said_where_mail_may_fail(
    policy: DmarcPolicy, percent: int, told: str
) -> None:
    record = Dmarc("partner.example", policy, Alignment.RELAXED, Alignment.RELAXED, percent)
    fails = DmarcForecast(Outlook.BAD, DmarcReason.NEITHER, "partner.example", record)
    assert told in sentences(dmarc=fails)[2]
    assert told not in sentences(dmarc=replace(fails, outlook=Outlook.GOOD, reason=DmarcReason.BY_SPF))[2]


def test_a_pass_for_another_domain_is_said_not_to_count() -> None:
    (line, *_) = forecast_lines(Forecast(replace(SPF, is_aligned=False), DKIM, DMARC))
    assert (line.mark, line.word) == ("note", "passes, but does not count")
    failing = replace(SPF, is_aligned=False, outlook=Outlook.BAD, reason=SpfReason.NOBODY)
    assert forecast_lines(Forecast(failing, DKIM, DMARC))[0].mark == "no"


def test_domains_are_shown_in_their_own_script() -> None:
    assert "münchen.example" in sentences(spf=replace(SPF, domain="xn--mnchen-3ya.example"))[0]


def test_a_line_that_is_being_looked_up_promises_nothing() -> None:
    line = looking_line("SPF")
    assert (line.check, line.mark, line.sentence) == ("SPF", "", "")
