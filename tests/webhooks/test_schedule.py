"""What follows from an answer, whatever a stranger writes into it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from consumers.webhooks.schedule import Answer, after_failure, failure_of
from consumers.webhooks.settings import WebhookSettings
from ledger.channels.webhooks import ChannelStanding

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
# What parts of a date look like, in any order and number: random text alone is hardly ever one.
_PARTS = st.sampled_from(
    [
        "Mon,",
        "Mon",
        "01",
        "99999999999999999999",
        "Jan",
        "jan,",
        "2026",
        "99999",
        "0",
        "12:00:00",
        "99:99:99",
        "25.1.1",
        "GMT",
        "EST",
        "+0000",
        "-9999",
        "+99999999999999999999",
        "-Jan-",
        "1-Jan-2026",
        "--",
        "-",
        ",",
        ":",
        "+",
    ]
)
_ANY_HEADER = st.one_of(
    st.text(st.characters(max_codepoint=0xFF)),
    st.text(),
    st.integers().map(str),
    st.lists(_PARTS, max_size=8).map(" ".join),
    st.datetimes().map(lambda at: at.strftime("%a, %d %b %Y %H:%M:%S GMT")),
)


@example("Mon, 01 Jan 99999999999999999999 00:00:00 GMT")
@example("Mon, 01 Jan 2026 00:00:00 +99999999999999999999")
@given(_ANY_HEADER)
def test_whatever_retry_after_says_the_failure_counts_and_the_next_try_is_within_a_day(header: str) -> None:
    failure = failure_of(Answer(503, header), NOW)

    assert failure is not None
    assert failure.reason == "answered 503"
    assert failure.pause is None or timedelta(0) <= failure.pause <= timedelta(days=1)
    standing = after_failure(ChannelStanding(1, 0), failure, NOW, WebhookSettings())
    assert standing.failures == 1
    assert standing.next_try is not None


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        ("120", timedelta(minutes=2)),
        ("Wed, 04 Mar 2026 12:30:00 GMT", timedelta(minutes=30)),
        ("Wednesday, 04-Mar-26 12:30:00 GMT", timedelta(minutes=30)),
        ("Wed, 04 Mar 2026 11:30:00 GMT", timedelta(0)),
        ("Wed, 04 Mar 2099 12:30:00 GMT", timedelta(days=1)),
        ("99999999999999999999", timedelta(days=1)),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("soon", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_a_day_at_most(header: str, pause: timedelta | None) -> None:
    failure = failure_of(Answer(429, header), NOW)

    assert failure is not None
    assert failure.pause == pause
