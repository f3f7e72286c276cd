"""The opening of the identities in one case, by two auditors together and for a time."""
