"""How the community decides."""
