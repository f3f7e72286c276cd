"""The timeline of each case, ready to be answered."""
