"""Starts, watches and stops brokers as processes of this machine."""

import json
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from kafka import KafkaAdminClient
from kafka.errors import KafkaConfigurationError, KafkaError

from consumers.child_process import die_with_parent
from consumers.local_kafka.broker_settings import ADMIN, MECHANISM, Ports, broker_settings, written
from consumers.local_kafka.jars import LocalKafkaError, Progress, class_path, default_cache, java, run_tool

_HEAP = ("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_PATIENCE = 90.0


class LocalKafka:
    """Brokers in a folder, which run while the context is open.

    Args:
        folder: their data; the same folder has the same topics again.
        brokers: 1 or 3.
        port: of the first broker; None: a free port, and the same one again next time.
        secure: with users (SCRAM) and rights (the standard authorizer).
        progress: called while jars are downloaded, the first time.

    Raises:
        LocalKafkaError: on entry, when the brokers cannot run; the text says why.
    """

    def __init__(
        self,
        folder: Path,
        *,
        brokers: int = 1,
        port: int | None = None,
        secure: bool = False,
        progress: Progress = lambda _done, _total: None,
    ) -> None:
        self.folder, self._count, self._port, self._secure = folder.resolve(), brokers, port, secure
        self._progress = progress
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._java = [java(), *_HEAP, "-cp", class_path(default_cache(), self._progress)]
        kept = self._kept()
        self._ports = [Ports(*each) for each in kept["ports"]]
        self._admin_password: str | None = kept["admin_password"]
        try:
            for number in range(1, self._count + 1):
                self._format(number, kept["cluster"])
                self.start(number)
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def bootstrap_servers(self) -> str:
        """The addresses for clients."""
        return ",".join(f"127.0.0.1:{ports.client}" for ports in self._ports)

    def client_settings(self, user: str = ADMIN, password: str | None = None) -> Mapping[str, Any]:
        """Return the settings of a kafka-python client, as the administrator or as another user."""
        settings: dict[str, Any] = {"bootstrap_servers": self.bootstrap_servers.split(",")}
        if self._secure:
            settings |= {
                "security_protocol": "SASL_PLAINTEXT",
                "sasl_mechanism": MECHANISM,
                "sasl_plain_username": user,
                "sasl_plain_password": password or self._admin_password,
            }
        return settings

    def start(self, number: int) -> None:
        """Start a broker; `wait_until_ready` returns when it is ready."""
        with (self._own(number) / "broker.log").open("ab") as log:
            self._processes[number] = subprocess.Popen(  # noqa: S603 - our own command
                [*self._java, "kafka.Kafka", str(self._own(number) / "broker.properties")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_on_its_own,  # noqa: PLW1509 - one system call, no lock
            )

    def kill(self, number: int) -> None:
        """`kill -9` a broker."""
        process = self._processes.pop(number)
        process.kill()
        process.wait()

    def stop(self) -> None:
        """Stop all brokers."""
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()

    def wait_until_ready(self) -> None:
        """Return when every started broker is in the cluster and accepts messages."""
        give_up_at = time.monotonic() + _PATIENCE
        while not self._are_all_there():
            self._check_alive()
            if time.monotonic() > give_up_at:
                raise LocalKafkaError(f"the brokers do not get ready; their words are in {self.folder}/*/broker.log")
            time.sleep(0.1)  # between two looks

    def _are_all_there(self) -> bool:
        if not all(_takes_connections(self._ports[number - 1].client) for number in self._processes):
            return False
        try:
            admin = KafkaAdminClient(**self.client_settings(), bootstrap_timeout_ms=2000, request_timeout_ms=5000)
        except KafkaConfigurationError:
            raise
        except (KafkaError, OSError):
            return False
        try:
            brokers = admin.describe_cluster()["brokers"]
            return sum(not broker["is_fenced"] for broker in brokers) >= len(self._processes)
        except (KafkaError, OSError):
            return False
        finally:
            admin.close()

    def _check_alive(self) -> None:
        for number, process in self._processes.items():
            if process.poll() is not None:
                words = (self._own(number) / "broker.log").read_text(errors="replace")[-2000:]
                raise LocalKafkaError(f"broker {number} has ended: {words}")

    def _own(self, number: int) -> Path:
        return self.folder / f"broker-{number}"

    def _format(self, number: int, cluster: str) -> None:
        own = self._own(number)
        own.mkdir(exist_ok=True)
        file = own / "broker.properties"
        file.touch(mode=0o600)
        file.write_text(written(broker_settings(number, self._ports, own, self._admin_password)))
        if (own / "log" / "meta.properties").exists():
            return
        command = [*self._java, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(file)]
        if self._admin_password:
            command += ["--add-scram", f"{MECHANISM}=[name={ADMIN},password={self._admin_password}]"]
        run_tool(command)

    def _kept(self) -> dict[str, Any]:
        """Return the stored settings of the folder's cluster; create them for a new one."""
        kept = self.folder / "cluster.json"
        if kept.exists():
            known: dict[str, Any] = json.loads(kept.read_text())
            if len(known["ports"]) != self._count or bool(known["admin_password"]) != self._secure:
                raise LocalKafkaError(f"{self.folder} holds another kind of cluster; choose another folder")
            if self._port is not None:
                known["ports"] = _ports(self._count, self._port)
            return known
        made = {
            "cluster": _cluster_id(),
            "ports": _ports(self._count, self._port),
            "admin_password": secrets.token_urlsafe(24) if self._secure else None,
        }
        kept.touch(mode=0o600)
        kept.write_text(json.dumps(made))
        return made


def _cluster_id() -> str:
    """Return a random id as Kafka takes it: 16 bytes in URL-safe base64 that do not look like an option."""
    while (made := secrets.token_urlsafe(16)).startswith("-"):
        pass
    return made


def _ports(brokers: int, first: int | None) -> list[Ports]:
    free = [_free_port() for _ in range(2 * brokers)]
    clients = [first + number for number in range(brokers)] if first is not None else free[:brokers]
    return [Ports(*pair) for pair in zip(clients, free[brokers:], strict=True)]


def _takes_connections(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _on_its_own() -> None:
    """Let the broker end with its parent, and protect it from the terminal's Ctrl-C."""
    die_with_parent()
    os.setpgrp()
