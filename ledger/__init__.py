"""What did happen: the append-only event log, the vault and the embedded database."""
