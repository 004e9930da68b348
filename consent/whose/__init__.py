"""Whose word makes a fact, whose word confirms it, and who may end it: the table of the facts contract, as data.

Pure: who acts, the fact and what is known are handed in. Rows stand in `rows_*.py`, one for each kind of fact; each
names, in sentences that a privacy officer can read, who may do what. `allowed` is the one place that says yes or no.

Source: facts contract, *Who* and rules F3 and F4.
"""
