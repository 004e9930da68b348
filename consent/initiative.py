"""Whether a request is the holder's telling: apart from `consent.decided`, for it looks at the law.

Source: decision contract, section 4, *A holder decision*.
"""

from collections.abc import Iterable
from typing import Literal

from consent.decided import Decided
from consent.law.purposes import is_only_told
from schemas.words import Purpose


def who_began(purpose: Purpose, decided: Iterable[Decided]) -> Literal["holder"] | None:
    """Return the `initiative` of a request for which these decisions count.

    What the holder decided of his own accord reaches whom he tells when that one asks. Where a purpose knows nothing
    else (LB-23) the request is then the holder's telling; where it does, who asks stays who asks (LB-07 before LB-08).
    """
    tells = any(one.approved and one.answers is None for one in decided)
    return "holder" if tells and is_only_told(purpose) else None
