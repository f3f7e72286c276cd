"""A state information resource for trials and tests, with made-up people and parcels: how a real one may be built."""
