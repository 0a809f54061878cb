"""Fetches and reads regional news: site files, spiders, discovery, reading, pipelines.

It tells the archive what it saw (:mod:`archive`); the archive never imports this package.
"""
