"""The archive in a browser: pages for people, and the routers of its API and standards.

Only ``hemeroteca serve`` imports this room: it needs the extra ``web``. It asks the archive, read-only, and never
imports the crawler.
"""

from archive.web.app import create_app
from archive.web.contract import Gate, Terms

__all__ = ["Gate", "Terms", "create_app"]
