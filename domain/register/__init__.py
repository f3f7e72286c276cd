"""The register of state information resources: who coordinates, what elements mean, who holds and who may use them."""
