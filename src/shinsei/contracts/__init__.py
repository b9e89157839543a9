"""What the services agree on: topics, headers, and how domain values become bytes and come back."""
