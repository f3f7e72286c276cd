"""Writes the catalogue as linked data: services as CPSV-AP, resources as BRegDCAT-AP, in Turtle and in JSON-LD."""
