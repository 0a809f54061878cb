"""Every setting of the crawler, each with its reason. The only reader of the environment in this room.

A setting of ours and its environment variable share one name. What counts, first to last: the command line (``-s``),
the environment, the site file, this file.
"""

from __future__ import annotations

import os
from importlib.metadata import version

# What a site's log and our own call us.
BOT_NAME = "hemeroteca"
# Only replay has a name of its own here; the news spider gets one from each site file.
SPIDER_MODULES = ["crawler.spiders"]
# A site file is a spider: `scrapy list` lists the files, `scrapy crawl NAME` crawls one.
SPIDER_LOADER_CLASS = "crawler.loader.SiteLoader"
# Our own `crawl`: Scrapy's ends with status 0 after most failures, and a scheduled job must be heard.
COMMANDS_MODULE = "crawler.commands"

# ------------------------------------------------------------------ ours

# Where the archive is; a relative path is taken from where the command is started.
HEMEROTECA_HOME = os.environ.get("HEMEROTECA_HOME", "./hemeroteca-data")
# SQLAlchemy URL of the archive's database; empty is SQLite in the archive's folder.
HEMEROTECA_DATABASE = os.environ.get("HEMEROTECA_DATABASE", "")
# Folders of further site files, separated as in PATH: an operator's private ones stay outside the package.
HEMEROTECA_SITES = os.environ.get("HEMEROTECA_SITES", "")
# Ask loopback and private addresses too; only tests and the demo should.
HEMEROTECA_ALLOW_PRIVATE = os.environ.get("HEMEROTECA_ALLOW_PRIVATE", "0") or "0"
# Seconds by which the one clock is ahead; tests and the demo move it.
HEMEROTECA_CLOCK_OFFSET = os.environ.get("HEMEROTECA_CLOCK_OFFSET", "0")
# Who to write to: a page or a mailbox that somebody reads. A paper that sees us in its log must find us.
HEMEROTECA_CONTACT = os.environ.get("HEMEROTECA_CONTACT", "https://hemeroteca.example/about")
# Processes that read pages: with two, reading keeps up with several downloads a second.
HEMEROTECA_READERS = os.environ.get("HEMEROTECA_READERS", "2")
# Seconds one page may take to read; the slowest of a thousand real pages took under two.
HEMEROTECA_READ_TIMEOUT = os.environ.get("HEMEROTECA_READ_TIMEOUT", "30")
# MiB of data a process that reads may take, 0 for any. It starts with 90, a page of 2 MB adds 100; a page made
# to fill the memory would take gigabytes.
HEMEROTECA_READ_MEMORY = os.environ.get("HEMEROTECA_READ_MEMORY", "1024")
# Pages of a feed or section in one visit, while they still give links that are new; the next visit goes on from there.
HEMEROTECA_FEED_PAGES = os.environ.get("HEMEROTECA_FEED_PAGES", "50")
# Requests that one visit may make for what is kept beside pages (`also` in a site file): a theme has some dozens of
# files, a story a picture or ten.
HEMEROTECA_BESIDE_REQUESTS = os.environ.get("HEMEROTECA_BESIDE_REQUESTS", "400")
# MiB that one of them may have: pictures straight from a camera have ten, and are kept cut off where they are bigger.
HEMEROTECA_BESIDE_MIB = os.environ.get("HEMEROTECA_BESIDE_MIB", "10")
# The browser for sites whose pages need one: a path or a name; empty looks for Chromium where systems have it.
HEMEROTECA_BROWSER = os.environ.get("HEMEROTECA_BROWSER", "")
# text, none, or json: one line on standard output at the end of a visit.
VISIT_REPORT = "text"
# Seconds between two lines that say how far a visit is, where no terminal shows one that moves; 0 for none at all.
VISIT_PROGRESS = 60.0

# ------------------------------------------------------------------ who we are

# We say who we are, whatever the site: no file can change it.
USER_AGENT = f"hemeroteca/{version('hemeroteca')} (+{HEMEROTECA_CONTACT})"
# A site that does not want us is not asked; this is the name its robots.txt can use.
ROBOTSTXT_USER_AGENT = "hemeroteca"
ROBOTSTXT_OBEY = True
# A page must be what any reader sees, not what a session was given.
COOKIES_ENABLED = False
# How we came to a page is not its server's business.
REFERRER_POLICY = "no-referrer"
# Scrapy asks for English; a paper in several languages must answer as it would without being asked.
DEFAULT_REQUEST_HEADERS = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
# What an archive keeps must come from the paper itself; whoever must read behind a dead certificate says so with -s.
DOWNLOAD_VERIFY_CERTIFICATES = True

# ------------------------------------------------------------------ politeness

# Most of these sites are one small server: one request at a time, then wait. A site file's visit.delay goes before.
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_REQUESTS = 4
DOWNLOAD_DELAY = 2.0
# The delay is what we promise; Scrapy would make every second wait shorter.
DOWNLOAD_DELAY_JITTER = 0.0
# A server that answers slowly is asked more slowly; DOWNLOAD_DELAY stays the floor.
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 0.0
AUTOTHROTTLE_MAX_DELAY = 60.0
# One more try, later: an outage of a moment loses nothing, and a dying server is left alone.
RETRY_TIMES = 1
# Our own line says what failed; Scrapy's would say it as an error.
RETRY_GIVE_UP_LOG_LEVEL = "INFO"
# Real redirects of stories are one or two; more is a loop.
REDIRECT_MAX_TIMES = 5
# Papers make their pages reload themselves this way: it is no redirect.
METAREFRESH_ENABLED = False

# ------------------------------------------------------------------ bounds

# Our slowest paper answers in 20 seconds; a minute is a server that has given up.
DOWNLOAD_TIMEOUT = 60
# The biggest honest page is a few megabytes, the biggest sitemap 50 unpacked: what is bigger is cut and said to be.
DOWNLOAD_MAXSIZE = 24 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
# A page that breaks off is kept as far as it came, marked as truncated.
DOWNLOAD_FAIL_ON_DATALOSS = False
# Every answer reaches the spider: a 404 is news about a story.
HTTPERROR_ALLOW_ALL = True
# Newest first: listings print the newest story first, and a visit may be cut short.
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"

# ------------------------------------------------------------------ the road

# Ours stand around all of Scrapy's: the guard before anything is asked, the capture before anything is changed.
DOWNLOADER_MIDDLEWARES = {
    # Before robots.txt is asked for: what is forbidden to us is not even named to the server.
    "crawler.middlewares.GuardMiddleware": 40,
    # Which server a request is for, before its robots.txt is asked for.
    "crawler.middlewares.MannersMiddleware": 45,
    # In the place of Scrapy's own, which takes a robots.txt that answers 503 for leave to ask for everything.
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.middlewares.RobotsMiddleware": 100,
    # Just nearer to the network than Scrapy's own redirects (600), to say which of them are not followed.
    "crawler.redirects.StoryRedirectMiddleware": 610,
    # Nearer to the network than redirect, retry and decompression, so that no fetch escapes the archive.
    "crawler.middlewares.CaptureMiddleware": 930,
}
EXTENSIONS = {
    # Opens the archive and gives the account of the visit.
    "crawler.extensions.Visit": 10,
    # Says how far the visit is.
    "crawler.progress.Progress": 20,
    # Budgets, waits and the least delay of each server.
    "crawler.manners.Manners": 25,
    # Scrapy's own would go below the Crawl-delay of a server that answers quickly.
    "scrapy.extensions.throttle.AutoThrottle": None,
    "crawler.manners.Throttle": 30,
    # Asks for counters that a script would load, where the site file wants it.
    "crawler.counting.Counting": 40,
}
# The addresses behind a name are looked at too, at the moment of connecting: a public name may lead into a network.
TWISTED_DNS_RESOLVER = "crawler.resolver.PublicResolver"
# In this order, always: identity is decided on normalised text, and only what has an identity is stored.
ITEM_PIPELINES = {
    "crawler.pipelines.render.RenderPipeline": 50,
    "crawler.pipelines.read.ReadPipeline": 100,
    "crawler.pipelines.normalise.NormalisePipeline": 200,
    "crawler.pipelines.deduplicate.DeduplicatePipeline": 300,
    "crawler.pipelines.store.StorePipeline": 400,
    "crawler.pipelines.beside.BesidePipeline": 500,
}

# ------------------------------------------------------------------ quiet

# What an operator should read of a scheduled run: site first, then what, then the address.
LOG_LEVEL = "INFO"
LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"
# Scrapy's own account of itself; our summary takes its place.
LOG_VERSIONS: list[str] = []
STATS_DUMP = False
LOGSTATS_INTERVAL = 0
# Both would open a port: one of them runs the code it is sent.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
