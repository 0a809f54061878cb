"""Tests of the archive room, on real SQLite and real WARC files."""
