"""The Merkle tree of the ledger (RFC 6962, RFC 9162) and its public form: tiles, checkpoints, proofs (C2SP)."""
