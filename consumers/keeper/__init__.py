"""A keeper of draws: a body of its own, with its own key and chains, that talks to a window by HTTP only."""
