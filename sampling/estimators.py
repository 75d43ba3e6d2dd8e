"""Means, totals, proportions and ratios of a population and of its domains, from one sample."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypedDict, Unpack, overload

from sampling.arrays import Floats, refuse
from sampling.columns import Columns, Missing, columns
from sampling.design import SurveyDesign
from sampling.errors import BadInput
from sampling.estimates import DomainEstimates, Estimate
from sampling.figures import (
    Deff,
    Figure,
    between_domains,
    column_covariance,
    domain_estimates,
    fraction_of,
    joined,
    total_of,
)
from sampling.layout import Layout, layout
from sampling.linearisation import rules


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

    Standard errors are linearised, with the rows outside a domain as zeros (Särndal, Swensson and Wretman
    1992). Raises BadInput, EmptyDomain, LonelyStratum.

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
    """Return the weighted total of `y` (n,), otherwise as `mean`."""
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
    """Return the weighted share of rows where `y` (n,) is 1 or true, otherwise as `mean`."""
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
    """Return the total of `y` (n,) over the total of `over` (one number or (n,)), otherwise as `mean`."""
    options = Options(missing=missing, deff=deff, lonely_domains=lonely_domains, vcov=vcov)
    return _estimate(design, y, kind="ratio", over=over, by=by, options=options)


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
    made = [domain_estimates(at, w, one, rules=found, kind=kind, deff=options["deff"]) for one in figures]
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
    if kind == "proportion":
        refuse((y != 0) & (y != 1), name="y", must="be 0 or 1 for a proportion", rows=at.rows)
        return fraction_of(at, w, y)
    over = 1.0 if data.over is None else at.take(data.over[:, place])
    return fraction_of(at, w, y, over=over)
