"""Mutation testing of what decides: does a test notice when one word of it is changed?

`make mutants` changes one thing at a time in the pure modules (a comparison, a condition, a row of the law, a date) and
runs the tests on it. Not in CI: it takes most of an hour.
"""
