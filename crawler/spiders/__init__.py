"""The two entrances of the road: a visit to a site, and a replay of WARC files."""
