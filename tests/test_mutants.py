"""What `./test --mutants` takes out still stands in the tree, and the tests that must notice it exist."""

from __future__ import annotations

import pytest

from tests.mutants import MUTANTS, TOP, Mutant, mutated

pytestmark = pytest.mark.rules


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_lock_stands_where_the_mutant_takes_it_out(mutant: Mutant) -> None:
    assert mutated(mutant) != (TOP / mutant.file).read_text()
    file, _colon, name = mutant.test.partition("::")
    assert f"def {name}(" in (TOP / file).read_text()
