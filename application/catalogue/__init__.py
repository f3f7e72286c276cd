"""The catalogue of services and agencies: read, and changed by the coordinator."""
