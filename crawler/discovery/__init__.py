"""Where stories are found: a listing's bytes in, links out. Pure: no Scrapy, network, clock or database."""
