"""The service as processes: the embedded database, and the supervisor that keeps everything running."""
