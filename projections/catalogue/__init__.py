"""Agencies, services and their versions."""
