"""Says what an unexpected error was, for the log: never its text, which may contain what somebody sent."""

import traceback


def described(error: BaseException) -> str:
    """Return the kind and the place of an error and of its causes."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames]
    cause = error.__cause__
    led_to_by = f", caused by {described(cause)}" if cause is not None else ""
    return f"{type(error).__name__} at {' < '.join(reversed(places))}{led_to_by}"
