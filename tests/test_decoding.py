import gzip
import random
import zlib

import brotli
import pytest
import zstandard

from crawler.decoding import decode

PAGE = b"<p>The bridge is closed.</p>" * 400
PLAIN_DEFLATE = zlib.compressobj(wbits=-zlib.MAX_WBITS)


@pytest.mark.parametrize(
    ("encodings", "packed"),
    [
        (["gzip"], gzip.compress(PAGE, mtime=0)),
        (["x-gzip"], gzip.compress(PAGE[:50], mtime=0) + gzip.compress(PAGE[50:], mtime=0)),
        (["gzip"], gzip.compress(PAGE, mtime=0) + b"\x00\x00padding"),
        (["deflate"], zlib.compress(PAGE)),
        (["deflate"], PLAIN_DEFLATE.compress(PAGE) + PLAIN_DEFLATE.flush()),
        (["br"], brotli.compress(PAGE)),
        (["zstd"], zstandard.compress(PAGE)),
        (["deflate, GZIP"], gzip.compress(zlib.compress(PAGE), mtime=0)),
        (["deflate", "gzip"], gzip.compress(zlib.compress(PAGE), mtime=0)),
        (["identity"], PAGE),
        ([], PAGE),
    ],
)
def test_every_encoding_comes_off(encodings, packed):
    decoded = decode(packed, encodings, bound=1_000_000)
    assert (decoded.body, decoded.is_decoded, decoded.complete) == (PAGE, True, True)


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_what_cannot_be_decoded_stays_as_it_came(name):
    decoded = decode(b"<html>not packed at all</html>", [name], bound=1000)
    assert (decoded.body, decoded.is_decoded) == (b"<html>not packed at all</html>", False)


def test_an_unknown_encoding_leaves_the_body_alone():
    assert not decode(PAGE, ["sdch"], bound=1000).is_decoded


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("gzip", gzip.compress(PAGE, mtime=0)),
        ("deflate", zlib.compress(PAGE)),
        ("br", brotli.compress(PAGE)),
        ("zstd", zstandard.compress(PAGE)),
    ],
)
def test_a_body_that_unpacks_to_too_much_is_cut_at_the_bound(name, packed):
    decoded = decode(packed, [name], bound=1000)
    assert decoded.body == PAGE[:1000]
    assert not decoded.complete


def test_a_packed_body_that_breaks_off_gives_what_came():
    noise = random.Random(1).randbytes(20_000)
    decoded = decode(gzip.compress(noise)[:10_000], ["gzip"], bound=1_000_000)
    assert decoded.is_decoded
    assert not decoded.complete
    assert noise.startswith(decoded.body)
    assert len(decoded.body) > 5000
