"""A window on fresh databases, for the draws of a small town."""

from tests.application.conftest import open_window

__all__ = ["open_window"]
