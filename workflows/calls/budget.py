"""What a call says about money asked for: cost categories and their caps, overheads, co-financing. Pure data.

Shares are whole numbers in 1/100 %: 700 is 7 %.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from workflows.calls.strict import Cents, Code, Strict, Words

Share = Annotated[int, Field(ge=1, le=10000, strict=True)]


class CostCategory(Strict):
    """A heading of costs. What is not direct is overheads. `cap_hundredths`: at most this part of all costs."""

    code: Code
    direct: bool = True
    cap_hundredths: Share | None = None
    cap_cents: Cents | None = None
    name: Words
    help: Words | None = None


class Budget(Strict):
    """The budget an applicant fills in. `overheads_hundredths`: overheads come to at most this part of the direct
    costs. `cofinancing_hundredths`: own means and other funders pay at least this part of all costs."""

    overheads_hundredths: Share | None = None
    cofinancing_hundredths: Share | None = None
    categories: tuple[CostCategory, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        codes = [category.code for category in self.categories]
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"categories.code: {code} stands there twice, expected each once")
        if not any(category.direct for category in self.categories):
            raise ValueError("categories.direct: expected at least one direct category")
        if self.overheads_hundredths is not None and all(category.direct for category in self.categories):
            raise ValueError("overheads_hundredths: expected a category with direct = false")
        return self
