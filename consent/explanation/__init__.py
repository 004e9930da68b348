"""Why a decision fell as it did, in words, for the requester, a privacy officer and the person himself.

Nothing here decides anything. Read `explain.py` first; all sentences stand in `texts/`, in Dutch and in English.
"""
