"""The cryptography of the exchange with resources: seals, signatures, and what is checked of a message."""
