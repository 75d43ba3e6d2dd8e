"""Laws that means, totals, ratios and their errors obey for every sample."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sampling import SurveyDesign, mean, proportion, ratio, total
from sampling.estimates.estimators import variance
from tests.sampling import dense
from tests.sampling.samples import alike, samples


@given(samples())
def test_domains_equal_the_definition_written_out(sample):
    found = mean(sample.design(), sample.y, by=sample.by)
    expected = dense.mean_by(sample.y, sample.w, sample.by, **sample.structure)
    assert found.domains == tuple(expected)
    assert alike(found.value, [m for m, _ in expected.values()], scale=100)
    assert alike(found.se, np.sqrt([v for _, v in expected.values()]), scale=100)


@given(samples())
def test_adjusted_domains_equal_the_definition_written_out(sample):
    found = mean(sample.design(lonely="adjust"), sample.y, by=sample.by)
    expected = dense.mean_by(sample.y, sample.w, sample.by, lonely="adjust", **sample.structure)
    assert alike(found.se, np.sqrt([v for _, v in expected.values()]), scale=100)


@given(samples())
def test_a_total_equals_the_definition_written_out(sample):
    u = np.array(sample.w) * sample.y
    found = total(sample.design(), sample.y)
    assert alike(found.value, u.sum(), scale=1e4)
    assert alike(found.se, np.sqrt(dense.variance(u, **sample.structure)), scale=1e4)


@given(samples())
def test_adjusted_totals_of_domains_equal_the_definition_written_out(sample):
    found = total(sample.design(lonely="adjust"), sample.y, by=sample.by)
    for label in found.domains:
        inside = np.array([one == label for one in sample.by])
        u = np.where(inside, np.array(sample.w) * sample.y, 0.0)
        expected = dense.variance(u, lonely="adjust", **sample.structure)
        assert alike(found[label].se, np.sqrt(expected), scale=1e4)


@given(samples(), st.randoms())
def test_the_order_of_rows_and_the_names_of_labels_do_not_matter(sample, chance):
    order = list(range(len(sample.w)))
    chance.shuffle(order)
    before = mean(sample.design(), sample.y, by=sample.by)

    def moved(column):
        return [column[i] for i in order]

    fpc = [sample.frame[label] for label in moved(sample.strata)]
    strata = ["stratum " + label for label in moved(sample.strata)]
    design = SurveyDesign(
        moved(sample.w), strata=strata, psu=moved(sample.structure["psu"]), fpc=fpc, lonely="remove"
    )
    after = mean(design, moved(sample.y), by=moved(sample.by))
    assert alike(after.value, before.value, scale=100)
    assert alike(after.se, before.se, scale=100)
    assert after.df.tolist() == before.df.tolist()


@given(samples())
def test_calling_twice_changes_nothing_and_inputs_stay(sample):
    w, y, by = np.array(sample.w), np.array(sample.y), np.array(sample.by)
    copies = w.copy(), y.copy(), by.copy()
    design = sample.design(weights=w)
    first, second = (mean(design, y, by=by) for _ in range(2))
    assert first.value.tolist() == second.value.tolist()
    assert first.se.tolist() == second.se.tolist()
    assert all((a == b).all() and a.flags.writeable for a, b in zip((w, y, by), copies, strict=True))
    w[:] = 7
    assert mean(design, y).value == pytest.approx(mean(sample.design(), y).value)


@given(samples(), st.floats(1e-6, 1e6))
def test_weights_times_a_constant_leave_a_mean_as_it_is(sample, times):
    before, after = (
        mean(d, sample.y) for d in (sample.design(), sample.design(weights=np.array(sample.w) * times))
    )
    assert alike(after.value, before.value, scale=100)
    assert alike(after.se, before.se, scale=100)


@given(samples(), st.integers(-50, 50), st.integers(-50, 50))
def test_a_mean_follows_shift_and_scale(sample, a, b):
    before, after = mean(sample.design(), sample.y), mean(sample.design(), a + b * np.array(sample.y))
    assert alike(after.value, a + b * before.value, scale=1e4)
    assert alike(after.se, abs(b) * before.se, scale=1e4)


@given(samples())
def test_a_large_constant_takes_no_digits(sample):
    before, after = (mean(sample.design(), np.array(sample.y) + c, by=sample.by) for c in (0, 1e8))
    assert alike(after.value - 1e8, before.value, rel=1e-8, scale=1e5)
    assert np.allclose(after.se, before.se, rtol=1e-8, atol=1e-7)


@given(samples())
def test_totals_of_domains_add_up(sample):
    design = sample.design()
    assert alike(total(design, sample.y, by=sample.by).value.sum(), total(design, sample.y).value, scale=1e4)
    assert total(design, np.ones(design.n)).value == pytest.approx(sum(sample.w))


@given(samples())
def test_a_ratio_over_one_is_the_mean(sample):
    m = mean(sample.design(), sample.y, by=sample.by)
    for over in (1, np.ones(len(sample.y))):
        r = ratio(sample.design(), sample.y, over=over, by=sample.by)
        assert alike(r.value, m.value, scale=100)
        assert alike(r.se, m.se, scale=100)
        assert alike(np.where(m.se > 1e-6, r.deff, 0), np.where(m.se > 1e-6, m.deff, 0), rel=1e-6)


@given(samples(), st.data())
def test_a_ratio_is_a_total_over_a_total(sample, data):
    x = np.array(
        data.draw(st.lists(st.integers(1, 9), min_size=len(sample.y), max_size=len(sample.y))), float
    )
    design = sample.design()
    found = ratio(design, sample.y, over=x)
    r = total(design, sample.y).value / total(design, x).value
    assert alike(found.value, r, scale=100)
    assert alike(found.se, total(design, sample.y - r * x).se / total(design, x).value, rel=1e-7, scale=1e4)


@given(samples())
def test_a_subset_is_its_domain(sample):
    domain = mean(sample.design(), sample.y, by=sample.by)
    for label in domain.domains:
        alone = mean(sample.design().subset([one == label for one in sample.by]), sample.y)
        for name in ("value", "se", "df", "n"):
            assert alike(getattr(alone, name), getattr(domain[label], name), rel=1e-8, scale=100), name
        if alone.se > 1e-6:
            assert alike(alone.deff, domain[label].deff, rel=1e-6)


@given(samples())
def test_rows_of_weight_0_and_missing_ones_are_outside_the_domain(sample):
    out = np.array(sample.by) == sample.by[0]
    assume(not out.all())
    expected = mean(sample.design().subset(~out), sample.y)
    nought = mean(sample.design(weights=np.where(out, 0, sample.w)), sample.y)
    absent = mean(sample.design(), np.where(out, np.nan, sample.y), missing="domain")
    for found in (nought, absent):
        for name in ("value", "se", "df", "n"):
            assert alike(getattr(found, name), getattr(expected, name), scale=100), name


@given(samples())
def test_columns_are_estimated_each_by_itself(sample):
    table = np.column_stack([sample.y, np.array(sample.by) ** 2, np.ones(len(sample.y))])
    found = mean(sample.design(), table)
    assert found.vcov.shape == (3, 3)
    assert alike(np.diag(found.vcov), np.array(found.se) ** 2, scale=1e4)
    for place in range(2):
        one = mean(sample.design(), table[:, place])
        assert alike([found.value[place], found.se[place]], [one.value, one.se], scale=100)
    both = mean(sample.design(), table[:, 0] + table[:, 1])
    assert alike(both.se**2, found.vcov[:2, :2].sum(), rel=1e-7, scale=1e5)


@given(samples(), st.sampled_from(["remove", "adjust"]))
def test_covariances_of_domains_make_the_variance_of_their_sum(sample, lonely):
    design = sample.design(lonely=lonely)
    parts = total(design, sample.y, by=sample.by, vcov=True)
    assert alike(np.diag(parts.vcov), parts.se**2, scale=1e6)
    whole = total(design, sample.y)
    found = parts.contrast(dict.fromkeys(parts.domains, 1))
    assert alike(found.value, whole.value, scale=1e4)
    assert np.allclose(found.se**2, whole.se**2, rtol=1e-8, atol=1e-4)


@given(samples())
def test_a_census_has_no_error(sample):
    units = Counter(sample.strata) if sample.psu is None else Counter(unit[0] for unit in set(sample.psu))
    design = sample.design(fpc=[float(units[label]) for label in sample.strata], lonely="fail")
    assert mean(design, sample.y, by=sample.by).se.tolist() == [0] * len(set(sample.by))


@given(samples(), st.floats(-1e6, 1e6))
def test_a_constant_has_no_error(sample, constant):
    found = mean(sample.design(), np.full(len(sample.w), constant), by=sample.by)
    assert np.allclose(found.value, constant, rtol=1e-13)
    assert (found.se <= 1e-12 * abs(constant)).all()


@given(samples())
def test_a_unanimous_domain_is_exactly_0_or_1(sample):
    yes = [label % 2 == 0 for label in sample.by]
    found = proportion(sample.design(), yes, by=sample.by)
    assert found.value.tolist() == [float(label % 2 == 0) for label in found.domains]
    assert found.se.tolist() == [0] * len(found.domains)


@given(samples(clustered=False))
def test_strata_as_domains_have_the_textbook_error(sample):
    found = mean(sample.design(weights=np.ones(len(sample.y))), sample.y, by=sample.strata)
    for label in found.domains:
        y = np.array([value for value, h in zip(sample.y, sample.strata, strict=True) if h == label])
        s2 = y.var(ddof=1) if len(y) > 1 else 0
        expected = np.sqrt((1 - len(y) / sample.frame[label]) * s2 / len(y))
        assert found[label].se == pytest.approx(expected, rel=1e-9, abs=1e-10)
        assert found[label].df == len(y) - 1


@given(st.lists(st.integers(-20, 20), min_size=4, max_size=7), st.integers(2, 3))
def test_over_all_samples_the_variance_is_right_on_average(population, n):
    values = np.array(population, float)
    found = [
        mean(SurveyDesign(np.full(n, len(values) / n), fpc=len(values)), values[list(chosen)])
        for chosen in combinations(range(len(values)), n)
    ]
    assert np.mean([one.value for one in found]) == pytest.approx(values.mean(), abs=1e-9)
    truth = np.var([one.value for one in found])
    assert np.mean([one.se**2 for one in found]) == pytest.approx(truth, abs=1e-9)


@given(samples(clustered=False))
def test_collapsed_strata_are_one_stratum(sample):
    assume({"A", "B"} <= set(sample.strata))
    into = {"A": "B"}
    merged = [into.get(label, label) for label in sample.strata]
    frame = dict.fromkeys(merged, 0.0)
    for label, size in sample.frame.items():
        frame[into.get(label, label)] += size
    expected = SurveyDesign(sample.w, strata=merged, fpc=[frame[h] for h in merged], lonely="remove")
    found, wanted = (mean(d, sample.y, by=sample.by) for d in (sample.design().collapse(into), expected))
    assert alike(found.se, wanted.se, scale=100)
    assert found.df.tolist() == wanted.df.tolist()


@given(samples())
def test_sampling_fractions_do_as_well_as_sizes(sample):
    units = Counter(sample.strata) if sample.psu is None else Counter(unit[0] for unit in set(sample.psu))
    shares = [units[label] / sample.frame[label] for label in sample.strata]
    found, expected = (mean(d, sample.y) for d in (sample.design(fpc=shares), sample.design()))
    assert alike(found.se, expected.se, scale=100)


@given(samples())
def test_the_variance_of_a_column_is_that_of_the_population(sample):
    assume(min(Counter(sample.by).values()) > 1)
    found = variance(sample.design(), sample.y, by=sample.by)
    y, w = np.array(sample.y), np.array(sample.w)
    for label in found.domains:
        inside = np.array(sample.by) == label
        m = np.average(y[inside], weights=w[inside])
        expected = np.average((y[inside] - m) ** 2, weights=w[inside]) * inside.sum() / (inside.sum() - 1)
        assert found[label].value == pytest.approx(expected, rel=1e-9, abs=1e-9)
    shifted = variance(sample.design(), 3 - 2 * y, by=sample.by)
    assert alike(shifted.value, 4 * found.value, rel=1e-8, scale=1e4)
    assert alike(shifted.se, 4 * found.se, rel=1e-7, scale=1e6)


@given(samples(), st.data())
def test_domains_that_cross_the_strata_every_which_way(sample, data):
    n = len(sample.w)
    several = [data.draw(st.lists(st.integers(0, 40), min_size=n, max_size=n)) for _ in range(2)]
    by = list(zip(*several, strict=True))
    found = mean(sample.design(), sample.y, by=tuple(np.array(one) for one in several))
    assert found.domains == tuple(sorted(set(by)))
    expected = dense.mean_by(sample.y, sample.w, by, **sample.structure)
    assert alike(found.value, [m for m, _ in expected.values()], scale=100)
    assert alike(found.se, np.sqrt([v for _, v in expected.values()]), scale=100)


@given(samples())
def test_proportions_carry_counts_where_one_stratum_was_drawn_evenly(sample):
    yes = [value > 0 for value in sample.y]
    found = proportion(sample.design(), yes, by=sample.by)
    for label in found.domains:
        rows = [i for i, one in enumerate(sample.by) if one == label]
        strata, weights = {sample.strata[i] for i in rows}, {sample.w[i] for i in rows}
        counts = found[label].counts
        clustered = sample.psu is not None and len(set(sample.psu)) < len(sample.w)
        if len(strata) == len(weights) == 1 and not clustered:
            known = sample.frame[strata.pop()]
            assert (counts.k, counts.n, counts.N) == (sum(yes[i] for i in rows), len(rows), known)
        else:
            assert (counts.k, counts.n, counts.N) == (0, 0, 0)
    assert mean(sample.design(), yes, by=sample.by).counts is None


def test_an_endless_frame_gives_no_counts():
    assert proportion(SurveyDesign([1, 1, 1]), [1, 0, 1]).counts.N == 0
    assert proportion(SurveyDesign([1, 1, 1], fpc=7.5), [1, 0, 1]).counts.N == 0
    assert proportion(SurveyDesign([1, 1, 1], fpc=7), [1, 0, 1]).counts.N == 7
    assert proportion(SurveyDesign([1, 1, 1], fpc=7, psu=list("abc")), [1, 0, 1]).counts.N == 7
