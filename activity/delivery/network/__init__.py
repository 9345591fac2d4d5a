"""Connections to receivers: public addresses only, with one deadline for each request."""
