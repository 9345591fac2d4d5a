"""The HTTP API: product back ends push events in, security teams pull them out."""
