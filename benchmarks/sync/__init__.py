"""What it costs to keep a repository in step, beside other collectors on the same server."""
