"""The baselines beside the box."""

from app.preview.baselines import BASELINES


def test_both_baselines_demand_that_the_box_is_not_ticked() -> None:
    assert [(each.publisher.split()[0], each.id, each.demands) for each in BASELINES] == [
        ("CISA", "GWS.GMAIL.12.1", False),
        ("CIS", "3.1.3.5.3", False),
    ]


def test_each_says_how_strict_it_is_and_where_it_can_be_read() -> None:
    for baseline in BASELINES:
        assert baseline.title
        assert baseline.level
        assert baseline.url.startswith("https://")
