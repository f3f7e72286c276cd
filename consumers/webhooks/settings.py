"""The settings of webhooks: allowed addresses, time limits, how many deliveries run at once."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import NamedTuple, Self

from application.settings import number_above_0
from application.subscriptions.egress import Egress


class WebhookSettings(NamedTuple):
    """What an operator may choose.

    Attributes:
        egress: where webhooks may go.
        give_up_after: a webhook that has failed for this long is disabled.
        first_pause: the pause after the first failure; each further failure doubles it.
        longest_pause: the longest pause.
        time_limit: seconds within which an endpoint must answer.
        at_once: how many deliveries of one subscription may be under way at a time.
        ca_file: certificates to trust instead of the system's.
    """

    egress: Egress = Egress()
    give_up_after: timedelta = timedelta(days=5)
    first_pause: timedelta = timedelta(seconds=1)
    longest_pause: timedelta = timedelta(hours=1)
    time_limit: float = 15
    at_once: int = 8
    ca_file: str | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Read PENCERE_WEBHOOK_ALLOW, _PLAIN_HTTP, _GIVE_UP_HOURS, _LONGEST_PAUSE, _TIME_LIMIT, _AT_ONCE, _CA_FILE.

        Raises:
            SettingsError: one of them makes no sense.
        """
        usual, number = cls(), partial(number_above_0, environment)
        return cls(
            egress=Egress.read(environment),
            give_up_after=timedelta(hours=number("PENCERE_WEBHOOK_GIVE_UP_HOURS", usual.give_up_after.days * 24)),
            longest_pause=timedelta(seconds=number("PENCERE_WEBHOOK_LONGEST_PAUSE", usual.longest_pause.seconds)),
            time_limit=number("PENCERE_WEBHOOK_TIME_LIMIT", usual.time_limit),
            at_once=int(number("PENCERE_WEBHOOK_AT_ONCE", usual.at_once, "a whole number", whole=True)),
            ca_file=environment.get("PENCERE_WEBHOOK_CA_FILE") or None,
        )
