"""Files that administrators upload, on their way into the log: preview, import, summary."""
