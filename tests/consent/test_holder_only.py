"""What a basis says of itself and others rely on: that of a record it looks at nothing but the holder."""

from itertools import product
from pathlib import Path

import pytest

from consent.answers import Answer, Satisfied
from consent.decide import prepare
from consent.law.basis import own_answer
from consent.steps import Steps, plain
from schemas.words import Category, Regime
from tests.consent.test_foresee import PART, some_worlds

WORLDS = PART // 2


def told(answer: Answer) -> object:
    return Satisfied if isinstance(answer, Satisfied) else (type(answer), answer.reason)


@pytest.mark.parametrize("folder", ["scenarios", "worlds"])
def test_a_basis_that_says_that_it_looks_at_the_holder_only_does(folder: str, shared: Path) -> None:
    tried = 0
    for name, request, facts in some_worlds(shared, folder, WORLDS):
        situation = prepare(request, facts, request.at).situation
        for holder in [one.id for one in facts.organisations]:
            answers: dict[str, set[object]] = {}
            for category, regime in product(Category, (Regime.JEUGDWET, Regime.WGBO)):
                steps = Steps(situation)  # new ones, which remember no answer yet
                question = steps._question(plain(holder, category, regime, situation))
                for basis in [one for one in steps._bases if one.looks_at_holder_only]:
                    answers.setdefault(basis.number, set()).add(told(own_answer(basis, question)))
            assert all(len(each) == 1 for each in answers.values()), name
            tried += len(answers)
    assert tried
