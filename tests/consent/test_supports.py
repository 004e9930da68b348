"""Of several facts that carry, the one that ends last is told; of those that end alike, the first."""

from datetime import UTC, datetime

import pytest

from consent.ends import Support, last

END = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["c2", "c10", "c1"], "c1"),
        (["c2", "c10"], "c10"),
        (["family[2]", "family[10]"], "family[2]"),
        (["family[10]", "family[1]"], "family[1]"),
        (["family[9]", "capacity[10]"], "capacity[10]"),
    ],
)
def test_of_those_that_end_alike_the_lowest_id_else_the_first_in_the_file_is_told(names: list[str], told: str) -> None:
    assert last([Support(END, (name,)) for name in names]).evidence == (told,)


def test_who_ends_later_is_told_wherever_he_stands() -> None:
    late = Support(END.replace(year=2028), ("family[10]",))
    assert last([Support(END, ("family[2]",)), late]) is late
