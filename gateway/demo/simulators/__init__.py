"""Three record systems of three institutions, each a small program with its own shape, codes and language.

They stand in for systems that are not ours, so they share no code, no mapping and no word list with `adapters` (an
import contract holds it), and not with each other either. Each package has `start(folder, today=…)`, which gives back
the running system with `stop()`.
"""
