"""Opening the identities in a case: two auditors together, each with a reason, for a time, and told later."""
