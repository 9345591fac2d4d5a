"""Delivery of events to destinations, such as webhooks and syslog servers, by the worker."""
