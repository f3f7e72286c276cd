"""Imports the `eventsourcing` package's modules of test cases.

For tests that are not about recorders they import a cipher that needs pycryptodome, which we do not install. The
package's cipher of the same name for `cryptography`, which we do install, replaces it.
"""

import sys

from eventsourcing import cryptography

sys.modules.setdefault("eventsourcing.cipher", cryptography)

from eventsourcing.tests import application, persistence  # noqa: E402 - they cannot be imported earlier

__all__ = ["application", "persistence"]
