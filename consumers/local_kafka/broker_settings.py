"""The settings of a local broker (KRaft): open, or with users and rights."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ADMIN = "admin"
MECHANISM = "SCRAM-SHA-512"


class Ports(NamedTuple):
    """Where one broker listens: for clients, and for the other brokers' controllers."""

    client: int
    controller: int


def broker_settings(number: int, ports: Sequence[Ports], folder: Path, admin_password: str | None) -> Mapping[str, str]:
    """Return the settings of a broker.

    Args:
        number: the broker's number, from 1.
        ports: the ports of all brokers.
        folder: where its data is.
        admin_password: if it is given, clients need users and rights; None: everybody may do everything.
    """
    own = ports[number - 1]
    kind = "SASL_PLAINTEXT" if admin_password else "PLAINTEXT"
    copies = str(min(3, len(ports)))
    settings = {
        "process.roles": "broker,controller",
        "node.id": str(number),
        "controller.quorum.voters": ",".join(
            f"{node}@127.0.0.1:{each.controller}" for node, each in enumerate(ports, start=1)
        ),
        "listeners": f"CLIENT://127.0.0.1:{own.client},CONTROLLER://127.0.0.1:{own.controller}",
        "advertised.listeners": f"CLIENT://127.0.0.1:{own.client}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "CLIENT",
        "listener.security.protocol.map": f"CONTROLLER:PLAINTEXT,CLIENT:{kind}",
        "log.dirs": str(folder / "log"),
        "default.replication.factor": copies,
        "min.insync.replicas": "2" if copies == "3" else "1",
        "offsets.topic.replication.factor": copies,
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": "2" if copies == "3" else "1",
        "share.coordinator.state.topic.replication.factor": copies,
        "share.coordinator.state.topic.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
        "auto.create.topics.enable": "false",
        # A killed broker can rejoin only when its old session has ended; the default is 9 s.
        "broker.session.timeout.ms": "2000",
        "broker.heartbeat.interval.ms": "500",
    }
    if admin_password:
        settings |= _rights(admin_password)
    return settings


def written(settings: Mapping[str, str]) -> str:
    """Return the text of a properties file."""
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def _rights(admin_password: str) -> Mapping[str, str]:
    login = f'{_SCRAM} required username="{ADMIN}" password="{admin_password}";'
    return {
        "sasl.enabled.mechanisms": MECHANISM,
        "sasl.mechanism.inter.broker.protocol": MECHANISM,
        f"listener.name.client.{MECHANISM.lower()}.sasl.jaas.config": login,
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        # Nobody on the clients' listener is ANONYMOUS; on the controllers', which only this machine reaches, all are.
        "super.users": f"User:{ADMIN};User:ANONYMOUS",
        "allow.everyone.if.no.acl.found": "false",
    }


_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"
