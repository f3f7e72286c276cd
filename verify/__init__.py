"""Checks receipts without anything of ours."""
