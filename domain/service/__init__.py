"""A service of the catalogue and its versions."""
