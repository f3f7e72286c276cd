"""Webhooks (Standard Webhooks 1.0.0): events that go to agencies' endpoints, at least once, in order per case."""
