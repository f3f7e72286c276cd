"""The figures of the evaluation: for each service and month, what indicators are computed from."""
