"""What well-known security baselines demand of the box: that it is not ticked."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BASELINES", "Baseline"]


@dataclass(frozen=True, slots=True)
class Baseline:
    """One demand of a published baseline, in the words of that document."""

    publisher: str
    id: str
    title: str
    level: str
    url: str
    demands: bool = False
    """How the box has to be."""


BASELINES = (
    Baseline(
        publisher="CISA SCuBA",
        id="GWS.GMAIL.12.1",
        title=(
            "The option to use a per-user outbound gateway that is a mail server other than the Google Workspace (GWS) "
            "mail servers SHALL be disabled."
        ),
        level="SHALL",
        url="https://github.com/cisagov/ScubaGoggles/blob/main/scubagoggles/baselines/gmail.md",
    ),
    Baseline(
        publisher="CIS Google Workspace Foundations Benchmark",
        id="3.1.3.5.3",
        title="Ensure per-user outbound gateways is disabled",
        level="Level 1",
        url="https://www.cisecurity.org/benchmark/google_workspace",
    ),
)
