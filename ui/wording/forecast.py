"""Sentences about what receivers will probably find: SPF, DKIM and DMARC of a route.

Not asked for through `ui.messages`, which is part of every start: a forecast is made after a window is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from app.forecast.dmarc import Dmarc, DmarcFault, DmarcPolicy
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
from app.lookalike import domain_for_people
from ui.texts import translate
from ui.wording.facts import filled

__all__ = ["CHECKS", "ForecastLine", "forecast_lines", "looking_line"]

CHECKS = ("SPF", "DKIM", "DMARC")
"""Names that are the same in every language."""


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """One check: what is to be expected, in a word and in a sentence; `mark` is yes, no, note, unknown or empty."""

    check: str
    mark: str
    word: str
    sentence: str


def forecast_lines(forecast: Forecast) -> tuple[ForecastLine, ...]:
    """Return the lines of the three checks."""
    spf, dkim, dmarc = forecast.spf, forecast.dkim, forecast.dmarc
    return (
        _spf_line(spf),
        _line("DKIM", dkim.outlook, _dkim_sentence(dkim)),
        _line("DMARC", dmarc.outlook, _dmarc_sentence(dmarc)),
    )


def looking_line(check: str) -> ForecastLine:
    """Return the line of a check that is being looked up."""
    return ForecastLine(check, "", translate("forecast", "being looked up …"), "")


def _line(check: str, outlook: Outlook, sentence: str) -> ForecastLine:
    match outlook:
        case Outlook.GOOD:
            return ForecastLine(check, "yes", translate("forecast", "expected to pass"), sentence)
        case Outlook.BAD:
            return ForecastLine(check, "no", translate("forecast", "expected to fail"), sentence)
        case Outlook.NOT_SET_UP:
            return ForecastLine(check, "note", translate("forecast", "not set up"), sentence)
        case Outlook.UNKNOWN:
            return ForecastLine(check, "unknown", translate("forecast", "unknown"), sentence)
        case _:
            assert_never(outlook)


def _spf_line(spf: Spf) -> ForecastLine:
    sentence = filled(_spf_template(spf), {"domain": domain_for_people(spf.domain)})
    if spf.is_aligned or spf.outlook is not Outlook.GOOD:
        return _line("SPF", spf.outlook, sentence)
    word = translate("forecast", "passes, but does not count")
    why = translate("forecast", "It does not count for From, which is of another domain.")
    return ForecastLine("SPF", "note", word, f"{sentence} {why}")


def _spf_template(spf: Spf) -> str:
    match spf.reason:
        case SpfReason.LISTED:
            return translate("forecast", "{domain} lists this server among those that may send its mail.")
        case SpfReason.PROVIDER_LISTED:
            return translate("forecast", "{domain} lists the servers of this provider.")
        case SpfReason.ANYONE:
            return translate("forecast", "{domain} lets any server send its mail, which some recipients distrust.")
        case SpfReason.SOME_LISTED:
            return translate("forecast", "{domain} lists some addresses of this server, but not all of them.")
        case SpfReason.NOT_LISTED:
            return translate(
                "forecast",
                "{domain} does not list the address of this server. Mail passes only if the server sends it on "
                "from another address that is listed.",
            )
        case SpfReason.NOBODY:
            return translate("forecast", "{domain} lists no server that may send its mail.")
        case _:
            return _spf_without_list(spf)


def _spf_without_list(spf: Spf) -> str:
    match spf.reason:
        case SpfReason.NO_RECORD:
            return translate("forecast", "{domain} does not say which servers may send its mail.")
        case SpfReason.FAULTY:
            return _spf_fault(spf.fault)
        case SpfReason.SERVER_NOT_CHOSEN:
            return translate("forecast", "It depends on the server, which is not chosen yet.")
        case SpfReason.SERVER_NOT_FOUND:
            return translate("forecast", "The address of this server was not found in DNS.")
        case SpfReason.LOCAL_SERVER:
            return translate("forecast", "This server is in your own network; recipients see it at another address.")
        case _:
            return _no_answer()


def _spf_fault(fault: SpfFault | None) -> str:
    match fault:
        case SpfFault.TWO_RECORDS:
            return translate("forecast", "{domain} has more than one SPF record, so recipients follow none.")
        case SpfFault.SYNTAX:
            return translate("forecast", "The SPF record of {domain} contains an error, so recipients cannot use it.")
        case SpfFault.TOO_MANY_LOOKUPS:
            return translate("forecast", "The SPF record of {domain} needs more lookups than recipients make (10).")
        case SpfFault.TOO_MANY_VOID:
            return translate("forecast", "The SPF record of {domain} names too many servers that do not exist.")
        case SpfFault.NO_RECORD_INCLUDED:
            return translate("forecast", "The SPF record of {domain} refers to another record that does not exist.")
        case SpfFault.DNS | None:
            return _no_answer()
        case _:
            assert_never(fault)


def _dkim_sentence(dkim: Dkim) -> str:
    match dkim.reason:
        case DkimReason.PROVIDER_KEY:
            template = translate("forecast", "{domain} has a key where this provider keeps its customers' keys.")
        case DkimReason.KEYS_EXIST:
            template = translate(
                "forecast",
                "{domain} has keys for signatures; whether this server signs with one shows only when mail arrives.",
            )
        case DkimReason.OTHER_SIGNER:
            template = translate(
                "forecast",
                "Only a signature by {domain} counts; whether the server of {signer} may make one cannot be seen.",
            )
        case DkimReason.NO_KEYS:
            template = translate("forecast", "{domain} publishes no keys for signatures.")
        case DkimReason.NOT_LOOKED_UP:
            template = _no_answer()
        case _:
            assert_never(dkim.reason)
    return filled(template, {"domain": domain_for_people(dkim.domain), "signer": domain_for_people(dkim.signer)})


def _dmarc_sentence(dmarc: DmarcForecast) -> str:
    facts = {"domain": domain_for_people(dmarc.domain)}
    sentence = filled(_dmarc_template(dmarc), facts)
    if dmarc.record is None or dmarc.outlook is Outlook.GOOD:
        return sentence
    return f"{sentence} {filled(_policy_template(dmarc.record), facts | {'percent': str(dmarc.record.percent)})}"


def _dmarc_template(dmarc: DmarcForecast) -> str:
    match dmarc.reason:
        case DmarcReason.BY_SPF:
            return translate("forecast", "SPF passes for {domain} itself.")
        case DmarcReason.BY_DKIM:
            return translate("forecast", "A signature by {domain} is to be expected.")
        case DmarcReason.NEEDS_DKIM:
            return translate("forecast", "It passes only with a signature by {domain}, see DKIM.")
        case DmarcReason.UNDECIDED:
            return translate("forecast", "It passes if SPF or a signature by {domain} does.")
        case DmarcReason.NEITHER:
            return translate("forecast", "Neither SPF nor a signature speaks for {domain}.")
        case DmarcReason.NO_RECORD:
            return translate("forecast", "{domain} leaves it to recipients what to do with mail that fails.")
        case DmarcReason.FAULTY if dmarc.fault is DmarcFault.TWO_RECORDS:
            return translate("forecast", "{domain} has more than one DMARC record, so recipients follow none.")
        case DmarcReason.FAULTY:
            return translate("forecast", "The DMARC record of {domain} contains an error, so recipients ignore it.")
        case DmarcReason.NOT_LOOKED_UP:
            return _no_answer()
        case _:
            assert_never(dmarc.reason)


def _policy_template(record: Dmarc) -> str:
    in_part = record.percent < 100
    match record.policy:
        case DmarcPolicy.NONE:
            return translate("forecast", "Mail that fails is delivered all the same, if recipients follow {domain}.")
        case DmarcPolicy.QUARANTINE if in_part:
            return translate("forecast", "{domain} asks recipients to treat {percent} % of what fails as spam.")
        case DmarcPolicy.QUARANTINE:
            return translate("forecast", "{domain} asks recipients to treat what fails as spam.")
        case DmarcPolicy.REJECT if in_part:
            return translate("forecast", "{domain} asks recipients to reject {percent} % of what fails.")
        case DmarcPolicy.REJECT:
            return translate("forecast", "{domain} asks recipients to reject what fails.")
        case _:
            assert_never(record.policy)


def _no_answer() -> str:
    return translate("forecast", "It could not be looked up in DNS. Perhaps there is no connection to the internet.")
