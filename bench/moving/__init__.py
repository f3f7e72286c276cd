"""Moving a day: an act of the law enters a calendar by which many open cases are counted."""
