"""Metrics for operators, in Prometheus' format: numbers of this process and of the databases, without personal data."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

from api.log_watch import LogStanding
from api.webhook_watch import Watched
from ledger.channels.legal_time import TimeStanding
from projections.positions import Standing

_SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_MICROSECONDS: Final = 1_000_000
_BATCH: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


class Metrics:
    """The meters of one process. Each is described where it is created, and in docs/operator.md."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        own = self.registry
        self._append_seconds = Histogram(
            "pencere_append_seconds", "From sending a batch to its commit.", buckets=_SECONDS, registry=own
        )
        self._append_batch = Histogram(
            "pencere_append_batch_requests", "Requests that shared a commit.", buckets=_BATCH, registry=own
        )
        self._refusals = Counter("pencere_refusals", "Answers that were problems, by rule.", ["rule"], registry=own)
        gauge = partial(Gauge, registry=None)  # numbers from a database: shown when it answers
        self._position = gauge("pencere_ledger_position", "The ledger's last position.")
        self._view_position = gauge("pencere_view_position", "The position up to which a view is folded.", ["view"])
        self._view_lag = gauge("pencere_view_lag_events", "Events that a view is behind.", ["view"])
        self._view_stopped = gauge("pencere_view_stopped", "1 when a view folds no more.", ["view"])
        self._published = gauge(
            "pencere_published_position",
            "Up to where a channel is acknowledged.",
            ["channel"],
        )
        self._publishing_lag = gauge("pencere_publishing_lag_events", "Events that a channel is behind.", ["channel"])
        self._webhook_waiting = gauge(
            "pencere_webhook_waiting_seconds", "For how long the oldest event waits.", ["subscription"]
        )
        self._webhook_failing = gauge(
            "pencere_webhook_failing_seconds", "For how long an endpoint has failed.", ["subscription"]
        )
        self._webhook_disabled = gauge("pencere_webhook_disabled", "1 when a webhook was given up.", ["subscription"])
        self._log_size = gauge("pencere_log_size", "Events that the last checkpoint covers.")
        self._log_lag = gauge("pencere_log_lag_events", "Events that no checkpoint covers yet.")
        self._log_signed = gauge("pencere_log_signed_seconds", "When the last one was signed, since 1970.")
        self._log_witness = gauge("pencere_log_witness_size", "The size that a witness has cosigned last.", ["witness"])
        self._log_alarm = gauge(
            "pencere_log_alarm",
            "1 while the signer has stopped, or a witness refuses.",
            ["source", "kind"],
        )
        self._time_stands_still = gauge("pencere_time_stands_still", "1 while the sources of time disagree.")
        self._time_difference = gauge(
            "pencere_time_difference_seconds", "The machine's clock minus a source of time.", ["source"]
        )
        self._time_server_away = gauge("pencere_time_server_away", "1 while the time server does not answer.")
        self._time_looked = gauge("pencere_time_looked_seconds", "When time was looked at last, since 1970.")
        self._looks_waiting = gauge("pencere_looks_waiting", "Looks that were taken in and not recorded yet.")

    def appended(self, requests: int, seconds: float) -> None:
        """Count a batch that was committed."""
        self._append_seconds.observe(seconds)
        self._append_batch.observe(requests)

    def refused(self, rule: str) -> None:
        """Count a problem that was answered."""
        self._refusals.labels(rule).inc()

    def text(
        self,
        head: int | None,
        standings: Sequence[Standing] | None,
        channels: Mapping[str, int] | None,
        webhooks: Sequence[Watched] | None,
        looks_waiting: int,
        log: LogStanding | None,
        time: TimeStanding | None,
    ) -> bytes:
        """Return all metrics in Prometheus' text format. A value of None was not available, and is left out.

        Args:
            head: the ledger's last position.
            standings: the position of each view.
            channels: how far each outgoing channel is.
            webhooks: the state of the webhooks.
            looks_waiting: how many looks are not recorded yet.
            log: the state of the public log.
            time: what the host of the reactions saw of time.
        """
        self._looks_waiting.set(looks_waiting)
        known = [self._looks_waiting]
        if head is not None:
            self._position.set(head)
            known.append(self._position)
        if standings is not None:
            known += self._views(head, standings)
        if channels is not None:
            known += self._channels(head, channels)
        if webhooks is not None:
            known += self._webhooks(webhooks)
        if log is not None:
            known += self._log(head, log)
        if time is not None:
            known += self._time(time)
        told = CollectorRegistry()
        for gauge in known:
            told.register(gauge)
        return generate_latest(self.registry) + generate_latest(told)

    def _views(self, head: int | None, standings: Sequence[Standing]) -> list[Gauge]:
        for view, position, stopped in standings:
            self._view_position.labels(view).set(position)
            self._view_stopped.labels(view).set(stopped is not None)
            if head is not None:
                self._view_lag.labels(view).set(max(0, head - position))
        return [self._view_position, self._view_stopped, *([] if head is None else [self._view_lag])]

    def _channels(self, head: int | None, channels: Mapping[str, int]) -> list[Gauge]:
        for channel, position in channels.items():
            self._published.labels(channel).set(position)
            if head is not None:
                self._publishing_lag.labels(channel).set(max(0, head - position))
        return [self._published, *([] if head is None else [self._publishing_lag])]

    def _webhooks(self, webhooks: Sequence[Watched]) -> list[Gauge]:
        gauges = [self._webhook_waiting, self._webhook_failing, self._webhook_disabled]
        for gauge in gauges:
            gauge.clear()  # webhooks that have ended are no longer reported
        for name, waiting, failing, is_disabled in webhooks:
            self._webhook_waiting.labels(name).set(waiting)
            self._webhook_failing.labels(name).set(failing)
            self._webhook_disabled.labels(name).set(is_disabled)
        return gauges

    def _log(self, head: int | None, log: LogStanding) -> list[Gauge]:
        self._log_size.set(log.size)
        self._log_signed.set(log.signed_at)
        for gauge in (self._log_witness, self._log_alarm):
            gauge.clear()
        for witness, size in log.witnesses.items():
            self._log_witness.labels(witness).set(size)
        for alarm in log.alarms:
            self._log_alarm.labels(alarm.source, alarm.kind).set(1)
        gauges = [self._log_size, self._log_signed, self._log_witness, self._log_alarm]
        if head is not None:
            self._log_lag.set(max(0, head - log.size))
            gauges.append(self._log_lag)
        return gauges

    def _time(self, time: TimeStanding) -> list[Gauge]:
        self._time_stands_still.set(time.stands_still is not None)
        self._time_looked.set(time.looked_at / _MICROSECONDS)
        self._time_difference.clear()
        for source in ("ledger", "elapsed", "server"):
            difference = getattr(time, source)
            if difference is not None:
                self._time_difference.labels(source).set(difference / _MICROSECONDS)
        gauges = [self._time_stands_still, self._time_looked, self._time_difference]
        if time.server_is_away is not None:
            self._time_server_away.set(time.server_is_away)
            gauges.append(self._time_server_away)
        return gauges
