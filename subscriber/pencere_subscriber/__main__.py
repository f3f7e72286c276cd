"""Prints an agency's events, one a line, for pipes: `python -m pencere_subscriber --agency A --json`."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence

from kafka.errors import KafkaError

from pencere_subscriber.errors import SettingsError, SubscriberError
from pencere_subscriber.event import Event
from pencere_subscriber.public_log import PublicLogCheck
from pencere_subscriber.start import Start
from pencere_subscriber.subscriber import Subscriber, topic_of


def main(arguments: Sequence[str] | None = None) -> None:
    """Print events until interrupted, or until everything that was there is printed."""
    asked = _parser().parse_args(arguments)
    # kafka-python logs every try to connect as an error; the code that connects reports what matters.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    try:
        check = _check(asked.log, asked.key, asked.share)
        with Subscriber(topic_of(asked.agency), asked.group, start=Start.parse(asked.start), check=check) as subscriber:
            for events in subscriber.batches(until_caught_up=asked.until_caught_up):
                lines = b"".join((event.structured() if asked.json else _line(event)) + b"\n" for event in events)
                sys.stdout.buffer.write(lines)
                # After a crash before this, the next run of the group prints the lines again.
                sys.stdout.buffer.flush()
    except BrokenPipeError:
        # The reader has closed the pipe; discard what the interpreter would still write.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (SubscriberError, KafkaError, OSError) as error:
        sys.exit(f"pencere: {error}")


def _check(url: str | None, key: str | None, share: float) -> Callable[[Event], None]:
    if url is None and key is None:
        return lambda _event: None
    if url is None or key is None:
        raise SettingsError("to check events against the public log, say both --log and --key")
    return PublicLogCheck(url, key, share=share)


def _line(event: Event) -> bytes:
    return f"{event.sequence}\t{event.attributes['time']}\t{event.type}\t{event.case_id}".encode()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("pencere subscribe", description="Print an agency's events, one a line.")
    parser.add_argument("--agency", required=True, help="whose events")
    parser.add_argument(
        "--from",
        dest="start",
        default="earliest",
        help="earliest, latest, position:N (of the ledger), or a date; where the group has a place, that goes first",
    )
    parser.add_argument("--until-caught-up", action="store_true", help="end when everything that is there is printed")
    parser.add_argument("--group", help="keep the place under this name; the next run goes on there")
    parser.add_argument("--log", help="check the events against the public log there, for instance https://HOST/log")
    parser.add_argument("--key", help="the log's public key, from somebody else than the one who serves the log")
    parser.add_argument("--share", type=float, default=1.0, help="check this share of the events only: 0.01 of them")
    parser.add_argument("--json", action="store_true", help="each event as a CloudEvent in JSON")
    return parser


if __name__ == "__main__":
    main()
