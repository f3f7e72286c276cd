"""The published language: what agencies and auditors learn of an event, as JSON Schemas that are kept forever."""
