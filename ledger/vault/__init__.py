"""The vault: a key for each person in each case, and what is sealed under it."""
