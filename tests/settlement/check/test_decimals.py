"""Numbers of a scheme that would not fit what they are settled as are refused where they are written."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ValidationError

from fairwrench.settlement.scheme.cycle import Lateness
from fairwrench.settlement.scheme.scheme import Coefficient, Deductions, Eligibility

TOO_FINE: list[tuple[type[BaseModel], dict[str, object], str]] = [
    (Eligibility, {"wage_below": "800.005"}, "2 decimals"),
    (Lateness, {"amount": "500.123"}, "2 decimals"),
    (Deductions, {"warn_share": "0.2", "minimum_wage": {"朝阳店": "2420.001"}}, "2 decimals"),
    (Coefficient, {"by": "grade", "grades": {"A": "1.20001"}}, "4 decimals"),
    (Coefficient, {"by": "piecewise", "piecewise": [["90.005", "1"]]}, "2 decimals"),
]


@pytest.mark.parametrize(("part", "document", "says"), TOO_FINE)
def test_a_number_finer_than_its_unit_is_refused(part: type[BaseModel], document: dict[str, object], says: str) -> None:
    """Fails when a tenth of a fen in a scheme would pass its check and end the settling of a month in a fault."""
    with pytest.raises(ValidationError, match=f"more than {says}"):
        part.model_validate(document)
