"""`make mutants`."""

import sys

from tests.mutants.run import run

sys.exit(run())
