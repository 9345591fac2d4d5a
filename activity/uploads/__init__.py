"""Import of uploaded files into the log: upload, preview, import by the worker, summary."""
