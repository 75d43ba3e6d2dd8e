"""Tests and regressions of a survey under the names of R's functions, each as a table."""

from __future__ import annotations

from typing import Any

import numpy as np

from sampling.comparing import tests
from sampling.comparing.independence import Statistic
from sampling.comparing.tests import Score, Test
from sampling.designs.layout import layout
from sampling.errors import BadInput
from sampling.estimates.estimate import Estimate
from sampling.estimates.regression import Family, regression
from sampling.intervals.effective import around
from sampling.tables.factors import Factor, factor
from sampling.tables.figures import VARIABLE, Estimates, of_one
from sampling.tables.formulas import categories, measured, model_matrix, named_columns, one_column, sides
from sampling.tables.survey import Survey
from sampling.tables.table import Table


def svychisq(of: str, design: Survey, *, statistic: Statistic = "F") -> Table:
    """Return the test that two columns, "a + b", have nothing to do with each other. R's svychisq.

    One row: the statistic's name, its value, `df` (and `ddf` of an F), `p_value`; see `tests.chisquare`.
    Formula (71) of method.md.

    >>> from sampling import svydesign
    >>> asked = svydesign({"a": list("uuuuvvvv"), "b": list("xxxyxyyy"), "pw": [1] * 8}, weights="pw")
    >>> print(svychisq("a + b", asked))
    statistic  value  df  ddf  p_value  method
    F           1.75   1    7    0.227  linearised/1
    """
    found = {name: categories(column) for name, column in named_columns(design.table, of).items()}
    if len(found) != 2:
        raise BadInput(f"Two columns are wanted here, 'a + b'. Got {', '.join(found)}.", items=list(found))
    rows, columns = (one.labels for one in found.values())
    made = tests.chisquare(design.design, rows, columns, statistic=statistic)
    return Table({"statistic": factor([statistic]), "value": [made.statistic], **_chance(made)})


def svyttest(formula: str, design: Survey, *, level: float = 0.95) -> Estimates:
    """Return the test that a mean is the same in two groups, "y ~ group", or is 0, "y ~ 0". R's svyttest.

    The row holds the difference, second group less first, with its interval at the test's degrees of freedom.
    Formula (69) of method.md.

    >>> from sampling import svydesign
    >>> asked = svydesign({"y": [1, 2, 3, 2, 4, 5], "g": list("aaabbb"), "pw": [1] * 6}, weights="pw")
    >>> svyttest("y ~ g", asked)["t"].round(3).tolist()
    [1.768]
    """
    left, right = sides(formula)
    name, column = one_column(design.table, left)
    y = measured(column, name=name)
    if right == "0":
        return _tested(tests.ttest(design.design, y), label=name, level=level)
    group = categories(one_column(design.table, right)[1])
    made = tests.ttest(design.design, y, group=group.codes)
    return _tested(made, label=_apart(name, group, design), level=level)


def svyranktest(formula: str, design: Survey, *, test: Score = "wilcoxon", level: float = 0.95) -> Estimates:
    """Return the rank test that a column is as large in one of two groups as in the other. R's svyranktest.

    The row holds the difference of the groups' mean scores, see `tests.ranks`.
    Formula (70) of method.md.

    >>> from sampling import svydesign
    >>> asked = svydesign({"y": [1, 2, 3, 2, 4, 5], "g": list("aaabbb"), "pw": [1] * 6}, weights="pw")
    >>> svyranktest("y ~ g", asked)["estimate"].round(4).tolist()
    [0.3333]
    """
    left, right = sides(formula)
    name, column = one_column(design.table, left)
    group = categories(one_column(design.table, right)[1])
    made = tests.ranks(design.design, measured(column, name=name), group=group.codes, score=test)
    return _tested(made, label=_apart(name, group, design), level=level)


def svyglm(formula: str, design: Survey, *, family: Family = "gaussian", level: float = 0.95) -> Estimates:
    """Return the coefficients of a regression, "y ~ a + b": factors without their first level. R's svyglm.

    `family` is "gaussian" or "binomial" (R's quasibinomial), see `sampling.regression`. Each coefficient has
    its t and the chance of one as large.
    Formula (66) of method.md.

    >>> from sampling import svydesign
    >>> schools = svydesign({"y": [1, 2, 3, 4.5], "kind": list("EEHH"), "pw": [1] * 4}, weights="pw")
    >>> svyglm("y ~ kind", schools)["estimate"].round(4).tolist()
    [1.5, 2.25]
    """
    left, right = sides(formula)
    name, column = one_column(design.table, left)
    x = model_matrix(design.table, right)
    found = regression(
        design.design, measured(column, name=name), np.column_stack(list(x.values())), family=family
    )
    estimate = Estimate(
        value=found.coef,
        se=found.se,
        df=found.df,
        deff=np.full(len(found.coef), np.nan),
        n=int(layout(design.design).n[0]),
        kind="coefficient",
    )
    limits = around(found.coef, found.se, df=found.df, level=level)
    rows = of_one(estimate, {VARIABLE: factor(list(x), list(x))}, level=level, limits=limits)
    t = found.coef / found.se
    columns = {**rows, "t": t, "p_value": _two_sided(t, df=found.df)}
    return Estimates.of(columns, keys=list(x), vcov=found.vcov)


def _apart(name: str, group: Factor, design: Survey) -> str:
    """Which group less which, of those that have rows."""
    first, second = np.unique(layout(design.design).take(group.codes)).tolist()
    return f"{name}: {group.levels[second]} - {group.levels[first]}"


def _two_sided(t: Any, *, df: int) -> Any:
    from scipy.special import stdtr  # noqa: PLC0415 - numpy alone at import

    return 2 * stdtr(df, -np.abs(t))


def _tested(found: Test, *, label: str, level: float) -> Estimates:
    df = found.df if isinstance(found.df, (int, float)) else found.df[0]
    limits = found.estimate.interval(level, df=df)
    rows = of_one(found.estimate, {VARIABLE: factor([label])}, level=level, limits=limits)
    told = {"df": np.array([df]), "t": np.array([found.statistic]), "p_value": np.array([found.p_value])}
    return Estimates.of({**rows, **told})


def _chance(found: Test) -> dict[str, Any]:
    both = found.df if isinstance(found.df, tuple) else (found.df,)
    freedom = {name: [float(df)] for name, df in zip(("df", "ddf"), both, strict=False)}
    return {**freedom, "p_value": [found.p_value], "method": factor([found.method])}
