"""The interface of a persistence module of the package: it makes recorders and mappers."""

from eventsourcing.domain import TAggregateID
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactoryError,
    Mapper,
    ProcessRecorder,
    TrackingRecorder,
    Transcoder,
)
from eventsourcing.popo import POPOFactory, POPOTrackingRecorder

from ledger.eventsourcing_adapter.mapper import LedgerMapper
from ledger.eventsourcing_adapter.recorder import LedgerRecorder
from ledger.eventsourcing_adapter.translation import translated
from ledger.store.threads import ThreadedLedger

LEDGER_URL = "PENCERE_LEDGER_URL"


class LedgerFactory(POPOFactory):
    """Stores events in the ledger, and keeps what can be computed from them (views, snapshots) in memory.

    The ledger contains only facts, and no role of an application may create a table beside it. To keep a view longer
    than its process, give it another database: `<PROJECTION>_PERSISTENCE_MODULE` names one of the package's modules.

    The setting `PENCERE_LEDGER_URL` is where the ledger is, as the role `pencere_writer` or, to read only,
    `pencere_reader`. Like every setting of the package it may be prefixed with the application's name.
    """

    _ledger: ThreadedLedger | None = None

    def application_recorder(self) -> ApplicationRecorder:
        """Return a recorder on the ledger; all recorders of one factory share its connections."""
        return LedgerRecorder(self._opened())

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """Return a recorder on the ledger for events; for anything else, such as snapshots, one in memory."""
        return self.application_recorder() if purpose == "events" else super().aggregate_recorder(purpose)

    def tracking_recorder(self, tracking_recorder_class: type[TrackingRecorder] | None = None) -> POPOTrackingRecorder:
        """Return a view of this class, in memory.

        Raises:
            InfrastructureFactoryError: the class needs a database; the text says which setting gives it one.
        """
        if tracking_recorder_class is None or issubclass(tracking_recorder_class, POPOTrackingRecorder):
            return super().tracking_recorder(tracking_recorder_class)
        name, setting = tracking_recorder_class.__name__, self.env.create_keys(self.PERSISTENCE_MODULE)[0]
        raise InfrastructureFactoryError(f"{name} has tables: let {setting} name the module of its database")

    def process_recorder(self) -> ProcessRecorder:
        """Refuse: events and tracking would have to commit together, and the ledger stores only events.

        Raises:
            InfrastructureFactoryError: always.
        """
        raise InfrastructureFactoryError("the ledger tracks nothing; an event-sourced projection cannot write to it")

    def mapper(
        self, transcoder: Transcoder | None = None, mapper_class: type[Mapper[TAggregateID]] | None = None
    ) -> Mapper[TAggregateID]:
        """Return a mapper that also knows Pencere's events, unless the settings name another."""
        if mapper_class is None and not self.env.get(self.MAPPER_TOPIC):
            mapper_class = LedgerMapper
        return super().mapper(transcoder, mapper_class)

    def close(self) -> None:
        """Answer waiting requests, and disconnect."""
        ledger, self._ledger = self._ledger, None
        if ledger is not None:
            ledger.close()

    def _opened(self) -> ThreadedLedger:
        if self._ledger is None:
            url = self.env.get(LEDGER_URL)
            if url is None:
                names = " or ".join(self.env.create_keys(LEDGER_URL))
                raise InfrastructureFactoryError(f"{names} must say where the ledger is")
            ledger = ThreadedLedger(url)
            with translated():
                ledger.open()
            self._ledger = ledger
        return self._ledger
