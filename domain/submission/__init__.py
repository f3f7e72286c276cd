"""A request that may no longer be submitted, because its key was destroyed before."""
