"""Tests of Hemeroteca."""
