"""Events on their way out: to webhooks, Splunk, syslog and files, by the worker."""
