"""Commands of our own beside Scrapy's."""
