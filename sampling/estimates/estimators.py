"""Means, totals, proportions and ratios of a population and of its domains, from one sample."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypedDict, Unpack, overload

from sampling.designs.arrays import Floats, refuse
from sampling.designs.columns import Columns, Missing, columns
from sampling.designs.design import SurveyDesign
from sampling.designs.layout import Layout, layout
from sampling.errors import BadInput
from sampling.estimates.estimate import DomainEstimates, Estimate
from sampling.estimates.figures import (
    Deff,
    Figure,
    between_domains,
    column_covariance,
    counts_of,
    domain_estimates,
    fraction_of,
    joined,
    total_of,
    variance_of,
)
from sampling.estimates.lonely import rules


class Options(TypedDict, total=False):
    """What every estimator takes beside the design, y and by."""

    missing: Missing
    deff: Deff
    lonely_domains: bool
    vcov: bool


@overload
def mean(design: SurveyDesign, y: Any, *, by: None = None, **options: Unpack[Options]) -> Estimate: ...
@overload
def mean(design: SurveyDesign, y: Any, *, by: Any, **options: Unpack[Options]) -> DomainEstimates: ...
def mean(
    design: SurveyDesign,
    y: Any,
    *,
    by: Any = None,
    missing: Missing = "refuse",
    deff: Deff = "wor",
    lonely_domains: bool = False,
    vcov: bool = False,
) -> Estimate | DomainEstimates:
    """Return the weighted mean of `y` (n,), of every domain `by` (n,) or of the whole; or of columns (n, k).

    Parameters
    ----------
    by : labels (n,), or a tuple of label arrays for their crossing. Domains come sorted.
    missing : "refuse" raises for NaN, "domain" takes the complete rows as a domain.
    deff : against a simple random sample without replacement ("wor") or with it ("wr").
    lonely_domains : treats a stratum with one unit in the domain as the design's `lonely` treats a stratum
        with one unit.
    vcov : gives the covariances between the domains too (always given between columns).

    The value has the unit of `y`, and so has its error. Standard errors are linearised with the rows outside
    a domain as zeros, and less what calibrated weights explain. `deff` is NaN where a simple random sample
    would have no variance either. Raises BadInput, EmptyDomain, LonelyStratum.
    Source: Woodruff (1971), JASA 66; Särndal, Swensson and Wretman (1992), Model Assisted Survey Sampling,
    chapters 5 and 10.
    Formulas (3) and (6) to (9), the design effect (11) of method.md.

    >>> design = SurveyDesign([10, 10, 30, 30], strata=["E", "E", "H", "H"])
    >>> mean(design, [1, 3, 4, 8]).value
    5.0
    """
    options = Options(missing=missing, deff=deff, lonely_domains=lonely_domains, vcov=vcov)
    return _estimate(design, y, kind="mean", by=by, options=options)


@overload
def total(design: SurveyDesign, y: Any, *, by: None = None, **options: Unpack[Options]) -> Estimate: ...
@overload
def total(design: SurveyDesign, y: Any, *, by: Any, **options: Unpack[Options]) -> DomainEstimates: ...
def total(
    design: SurveyDesign,
    y: Any,
    *,
    by: Any = None,
    missing: Missing = "refuse",
    deff: Deff = "wor",
    lonely_domains: bool = False,
    vcov: bool = False,
) -> Estimate | DomainEstimates:
    """Return the weighted total Σwy of `y` (n,), in its unit, otherwise as `mean`.

    Its scores w·y are not centred; a lonely stratum under "adjust" is taken from the mean of all units.
    Source: Cochran (1977), Sampling Techniques, chapters 2, 5 and 11.
    Formula (5) of method.md.

    >>> design = SurveyDesign([10, 10, 30, 30], strata=["E", "E", "H", "H"])
    >>> total(design, [1, 0, 1, 1], by=["u", "v", "u", "v"]).value.tolist()
    [40.0, 30.0]
    """
    options = Options(missing=missing, deff=deff, lonely_domains=lonely_domains, vcov=vcov)
    return _estimate(design, y, kind="total", by=by, options=options)


@overload
def proportion(design: SurveyDesign, y: Any, *, by: None = None, **options: Unpack[Options]) -> Estimate: ...
@overload
def proportion(design: SurveyDesign, y: Any, *, by: Any, **options: Unpack[Options]) -> DomainEstimates: ...
def proportion(
    design: SurveyDesign,
    y: Any,
    *,
    by: Any = None,
    missing: Missing = "refuse",
    deff: Deff = "wor",
    lonely_domains: bool = False,
    vcov: bool = False,
) -> Estimate | DomainEstimates:
    """Return the weighted share, from 0 to 1, of rows where `y` (n,) is 1 or true, otherwise as `mean`.

    `counts` holds successes, rows and population of domains that were drawn evenly from one stratum: they
    have an exact interval. Raises BadInput for other values too.
    Source: Cochran (1977), Sampling Techniques, chapter 3.
    Formula (3) of method.md.

    >>> proportion(SurveyDesign([10, 10, 30, 30]), [True, False, True, True]).value
    0.875
    """
    options = Options(missing=missing, deff=deff, lonely_domains=lonely_domains, vcov=vcov)
    return _estimate(design, y, kind="proportion", by=by, options=options)


@overload
def ratio(
    design: SurveyDesign, y: Any, *, over: Any, by: None = None, **options: Unpack[Options]
) -> Estimate: ...
@overload
def ratio(
    design: SurveyDesign, y: Any, *, over: Any, by: Any, **options: Unpack[Options]
) -> DomainEstimates: ...
def ratio(
    design: SurveyDesign,
    y: Any,
    *,
    over: Any,
    by: Any = None,
    missing: Missing = "refuse",
    deff: Deff = "wor",
    lonely_domains: bool = False,
    vcov: bool = False,
) -> Estimate | DomainEstimates:
    """Return the total of `y` (n,) over the total of `over` (one number or (n,)), otherwise as `mean`.

    With r the ratio and x what is divided by, the scores are w(y - r x)/Σwx. Raises BadInput where x sums
    to 0 in a domain. Source: Cochran (1977), Sampling Techniques, chapter 6.
    Formula (4) of method.md.

    >>> ratio(SurveyDesign([10, 10]), [3, 1], over=[4, 4]).value
    0.5
    """
    options = Options(missing=missing, deff=deff, lonely_domains=lonely_domains, vcov=vcov)
    return _estimate(design, y, kind="ratio", over=over, by=by, options=options)


@overload
def variance(design: SurveyDesign, y: Any, *, by: None = None) -> Estimate: ...
@overload
def variance(design: SurveyDesign, y: Any, *, by: Any) -> DomainEstimates: ...
def variance(design: SurveyDesign, y: Any, *, by: Any = None) -> Estimate | DomainEstimates:
    """Return the population's variance of `y` (n,), in squares of its unit, or of columns (n, k).

    It is Σw(y - ȳ)²/Σw · n/(n - 1), n being rows with weight, as R's svyvar. The covariance of two columns is
    half of the variance of their sum less their own two; `vcov` gives its error.

    Raises TooFew for a domain of one row; otherwise as `mean`.
    Formula (10) of method.md.

    >>> variance(SurveyDesign([10, 10, 10, 10]), [1, 3, 4, 8]).value
    8.666666666666666
    """
    options = Options(missing="refuse", deff="wor", lonely_domains=False, vcov=False)
    return _estimate(design, y, kind="variance", by=by, options=options)


def _estimate(
    design: SurveyDesign, y: Any, *, kind: str, by: Any, options: Options, over: Any = None
) -> Estimate | DomainEstimates:
    if options["deff"] not in ("wor", "wr"):
        raise BadInput(f"The 'deff' parameter must be 'wor' or 'wr'. Got {options['deff']!r}.")
    data = columns(design, y, over=over, missing=options["missing"], single=by is not None)
    at = layout(design, by=by, complete=data.complete)
    w = at.take(design.weights)
    figures = [_figure(at, w, data, place, kind=kind) for place in range(data.y.shape[1])]
    lonely_domains = options["lonely_domains"]
    found = rules(at, lonely=design.lonely, lonely_domains=lonely_domains)
    counts = counts_of(at, w, at.take(data.y[:, 0])) if kind == "proportion" else None
    made = [
        domain_estimates(at, one, rules=found, kind=kind, deff=options["deff"], counts=counts)
        for one in figures
    ]
    if by is None:
        wanted = options["vcov"] or not data.flat
        return joined(
            made, flat=data.flat, vcov=column_covariance(at, figures, rules=found) if wanted else None
        )
    if not options["vcov"]:
        return made[0]
    return replace(made[0], vcov=between_domains(at, figures[0], rules=found, lonely_domains=lonely_domains))


def _figure(at: Layout, w: Floats, data: Columns, place: int, *, kind: str) -> Figure:
    y = at.take(data.y[:, place])
    if kind == "total":
        return total_of(at, w, y)
    if kind == "variance":
        return variance_of(at, w, y)
    if kind == "proportion":
        refuse((y != 0) & (y != 1), name="y", must="be 0 or 1 for a proportion", rows=at.rows)
        return fraction_of(at, w, y)
    over = 1.0 if data.over is None else at.take(data.over[:, place])
    return fraction_of(at, w, y, over=over)
