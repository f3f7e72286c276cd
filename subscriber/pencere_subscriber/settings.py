"""Where Kafka is, and the user of this process."""

import os
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from pencere_subscriber.errors import SettingsError

_MECHANISM = "SCRAM-SHA-512"


class Settings(NamedTuple):
    """How to connect. Without a user the connection is open; with a file of certificates it uses TLS.

    Read from KAFKA_BOOTSTRAP_SERVERS, KAFKA_USER, KAFKA_PASSWORD, KAFKA_SASL_MECHANISM, KAFKA_CA_FILE.
    """

    bootstrap_servers: str
    user: str | None = None
    password: str | None = None
    mechanism: str = _MECHANISM
    ca_file: str | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Return the settings.

        Raises:
            SettingsError: nothing says where Kafka is.
        """
        servers = environment.get("KAFKA_BOOTSTRAP_SERVERS")
        if not servers:
            raise SettingsError("KAFKA_BOOTSTRAP_SERVERS says where Kafka is, and is not set")
        return cls(
            servers,
            environment.get("KAFKA_USER") or None,
            environment.get("KAFKA_PASSWORD") or None,
            environment.get("KAFKA_SASL_MECHANISM") or _MECHANISM,
            environment.get("KAFKA_CA_FILE") or None,
        )

    def __repr__(self) -> str:
        """Show no password."""
        return f"Settings({self.bootstrap_servers!r}, user={self.user!r})"

    def client(self) -> dict[str, Any]:
        """Return what every client of kafka-python is given."""
        options: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap_servers.split(","),
            # By default the client waits up to 30 s before it tries to reach a broker again.
            "reconnect_backoff_ms": 50,
            "reconnect_backoff_max_ms": 500,
        }
        protocol = "SSL" if self.ca_file else "PLAINTEXT"
        if self.ca_file:
            options["ssl_cafile"] = self.ca_file
        if self.user:
            protocol = f"SASL_{protocol}"
            options |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.user,
                "sasl_plain_password": self.password,
            }
        return options | {"security_protocol": protocol}
