"""Imports what another system recorded, through the same commands as every other change."""
