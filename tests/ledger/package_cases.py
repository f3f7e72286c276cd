"""The `eventsourcing` package's modules of test cases.

They import its cipher that wants pycryptodome, which we do not carry, for tests that are not about recorders. Its
cipher of the same name for `cryptography`, which we do carry, takes that place.
"""

import sys

from eventsourcing import cryptography

sys.modules.setdefault("eventsourcing.cipher", cryptography)

from eventsourcing.tests import application, persistence  # noqa: E402 - only now can they be imported

__all__ = ["application", "persistence"]
