"""The timeline of each case, stored as it is answered."""
