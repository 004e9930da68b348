"""The log as the people concerned read it: which lines, in days, newest first.

Read `withheld.py` first. Nothing here knows the law of who may look at all; `consent.whose_log` does.
"""
