"""How services are evaluated: a declared catalogue of indicators, their figures, and the stars made of them."""
