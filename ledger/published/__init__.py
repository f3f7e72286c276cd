"""The published language: what agencies and auditors are told of an event, as JSON Schemas that are kept for ever."""
