"""The law as rows: every basis on which a record may leave, and which bases each purpose knows.

Read `rows_*.py` first: a row says who may ask, on which fact, under which conditions, for what, and what must be done.
"""
