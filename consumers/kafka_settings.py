"""How our processes connect to Kafka, and what its topics are called."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Self

from ledger.published import channels

AUDIT: Final = channels.AUDIT
LEDGER: Final = "pencere.ledger"
EVENTS: Final = channels.EVENTS
PARTITIONS: Final = 6
LARGEST: Final = 18 << 20  # bytes of a record: one append takes 16 MiB at most, and every event must fit into a record
PASSWORDS: Final = "kafka-users.json"  # in the data folder, by `pencere kafka setup`

# By default the client waits up to 30 s before it tries to reach a broker again.
RECONNECT: Final[Mapping[str, Any]] = MappingProxyType(
    {"reconnect_backoff_ms": 50, "reconnect_backoff_max_ms": 500, "bootstrap_timeout_ms": 10_000}
)


def topic_of(agency: str) -> str:
    """Return the topic of an agency's events: each agency has one, so that the broker can enforce rights."""
    return f"{EVENTS}{agency}"


class KafkaSettings(NamedTuple):
    """Where Kafka is, and the user of this process; without a user the connection is open.

    Read from KAFKA_BOOTSTRAP_SERVERS, KAFKA_USER, KAFKA_PASSWORD, KAFKA_SASL_MECHANISM, KAFKA_CA_FILE (with it the
    connection uses TLS).
    """

    bootstrap_servers: str
    user: str | None = None
    password: str | None = None
    mechanism: str = "SCRAM-SHA-512"
    ca_file: str | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str], data: Path | None = None) -> Self | None:
        """Return the settings; None when there is no Kafka.

        Args:
            environment: the variables.
            data: a data folder; if no variable has the user's password, it is read from there.
        """
        servers = environment.get("KAFKA_BOOTSTRAP_SERVERS")
        if not servers:
            return None
        user, kept = environment.get("KAFKA_USER") or None, data / PASSWORDS if data else None
        known: dict[str, str] = json.loads(kept.read_text()) if user and kept and kept.exists() else {}
        return cls(
            servers,
            user,
            environment.get("KAFKA_PASSWORD") or known.get(user or ""),
            environment.get("KAFKA_SASL_MECHANISM") or "SCRAM-SHA-512",
            environment.get("KAFKA_CA_FILE") or None,
        )

    @classmethod
    def for_evidence(cls, environment: Mapping[str, str], data: Path) -> Self | None:
        """Return the settings of the process that asks resources: as KAFKA_EVIDENCE_USER, where that is set.

        Its password is KAFKA_EVIDENCE_PASSWORD, or in the data folder.
        """
        user = environment.get("KAFKA_EVIDENCE_USER")
        if not user:
            return cls.read(environment, data)
        own = {"KAFKA_USER": user, "KAFKA_PASSWORD": environment.get("KAFKA_EVIDENCE_PASSWORD") or ""}
        return cls.read({**environment, **own}, data)

    def __repr__(self) -> str:
        """Show no password."""
        return f"KafkaSettings({self.bootstrap_servers!r}, user={self.user!r})"

    def client(self) -> dict[str, Any]:
        """Return what every client of kafka-python is given."""
        settings: dict[str, Any] = {"bootstrap_servers": self.bootstrap_servers.split(","), **RECONNECT}
        protocol = "SSL" if self.ca_file else "PLAINTEXT"
        if self.ca_file:
            settings["ssl_cafile"] = self.ca_file
        if self.user:
            protocol = f"SASL_{protocol}"
            settings |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.user,
                "sasl_plain_password": self.password,
            }
        return settings | {"security_protocol": protocol}
