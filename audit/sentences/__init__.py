"""Events as plain sentences, in Dutch and in English: who, in which role, what about, and why it was allowed.

Read `sentence.py` first. Nothing here decides who may read a sentence; `audit.own_log` does, for the people concerned.
"""
