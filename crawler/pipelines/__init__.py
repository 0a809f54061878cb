"""From a capture to what the archive is told, in this order: read, normalise, deduplicate, store."""
