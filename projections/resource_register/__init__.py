"""The register of resources: who coordinates, what elements mean, who holds them and who may use them."""
