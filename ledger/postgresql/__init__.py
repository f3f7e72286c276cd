"""PostgreSQL's plumbing: the only code that opens sessions, limits them, handles their loss and elects by them.

No other code opens a connection; `tests/architecture/test_sessions.py` checks this.
"""
