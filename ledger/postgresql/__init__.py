"""PostgreSQL's plumbing: the one way in which this program opens a session, limits it, loses it and is elected by it.

Nobody opens a connection elsewhere; `tests/architecture/test_sessions.py` holds that.
"""
