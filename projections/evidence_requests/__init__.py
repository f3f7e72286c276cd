"""Which cases wait for evidence: what must be asked, and when time runs out."""
