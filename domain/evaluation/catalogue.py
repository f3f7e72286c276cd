"""The declared catalogue: the indicators, and the published formula of the stars, which is data too."""

from typing import Final

from domain.evaluation.evidence_indicators import OF_EVIDENCE
from domain.evaluation.indicator import Criterion, Graded, IndicatorCatalogue, StarFormula
from domain.evaluation.indicators import INDICATORS

STARS: Final = StarFormula(
    version=1,
    formula={
        "en": "An indicator has one star, and one more for each step that its figure reaches. A criterion has the "
        "weighted mean of its indicators that have a figure, and the whole the weighted mean of the criteria that have "
        "one, before that is rounded; both are rounded half up to one digit after the point. What has no figure, or "
        "one that is withheld, is not measured and does not count."
    },
    criteria=(
        Criterion(
            id="accessibility",
            name={"en": "Accessibility", "az": "Əlçatanlıq"},
            weight=1,
            indicators=(
                Graded(indicator="stages_online", weight=2, steps=("0.3", "0.6", "0.8", "1")),
                Graded(indicator="share_electronic", weight=1, steps=("0.25", "0.5", "0.75", "0.9")),
            ),
        ),
        Criterion(id="data-management", name={"en": "Data management", "az": "Məlumatların idarə olunması"}, weight=1),
        Criterion(id="integration", name={"en": "Integration", "az": "İnteqrasiya"}, weight=1),
        Criterion(id="security", name={"en": "Security", "az": "Təhlükəsizlik"}, weight=1),
    ),
)

CATALOGUE: Final = IndicatorCatalogue(version=4, indicators=(*INDICATORS, *OF_EVIDENCE), stars=STARS)
