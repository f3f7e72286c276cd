"""A desk: who sits at it, which chains keepers have anchored for it, and every draw of an official for its cases."""
