"""The HTTP API: back ends of the product write events, security teams read them."""
