"""The kit for agencies that subscribe to events: see README.md beside this package."""

from pencere_subscriber.errors import (
    DeadLetterError,
    GapError,
    LogAwayError,
    NotInLogError,
    NoTopicError,
    PlaceGoneError,
    Poison,
    ResetRefusedError,
    SettingsError,
    SubscriberError,
)
from pencere_subscriber.event import Event
from pencere_subscriber.holding import Positions
from pencere_subscriber.membership import Group
from pencere_subscriber.public_log import PublicLogCheck
from pencere_subscriber.settings import Settings
from pencere_subscriber.start import EARLIEST, LATEST, Start
from pencere_subscriber.subscriber import Subscriber, topic_of

__version__ = "0.1.0"
__all__ = [
    "EARLIEST",
    "LATEST",
    "DeadLetterError",
    "Event",
    "GapError",
    "Group",
    "LogAwayError",
    "NoTopicError",
    "NotInLogError",
    "PlaceGoneError",
    "Poison",
    "Positions",
    "PublicLogCheck",
    "ResetRefusedError",
    "Settings",
    "SettingsError",
    "Start",
    "Subscriber",
    "SubscriberError",
    "topic_of",
]
