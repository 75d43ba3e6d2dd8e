"""What a worker's score is made of: whoever was asked weighs at least as much as all the rest."""

from __future__ import annotations

from collections.abc import Mapping

from huying.base.errors import Invalid
from huying.base.i18n import _
from sampling.comparing.composite import composed
from sampling.errors import SamplingError

WEIGHTS: Mapping[str, float] = {
    "satisfaction": 0.55,
    "confirmed_resolution": 0.25,
    "timeliness": 0.10,
    "reachability": 0.10,
}


def check_weights(weights: Mapping[str, float]) -> None:
    """Raise Invalid unless the weights are of these parts, sum to 1, and give satisfaction half or more."""
    try:
        composed(dict.fromkeys(WEIGHTS), weights=weights)
    except SamplingError as fault:
        raise Invalid(
            _("各项的份量合起来要正好是 1，居民的满意至少占一半：谁都不能把问到的人压到一半以下。")
        ) from fault
