import re
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from fathom.report.charts import marks
from fathom.report.charts.scale import LARGEST, SMALLEST, around

values = st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=8)


@given(values, st.booleans())
def test_a_scale_holds_all_its_values_and_has_ticks_in_order(numbers, log):
    scale = around(numbers, 0, 100, log=log)
    assert scale.low < scale.high
    for value in (each for each in numbers if abs(each) < LARGEST and (each > SMALLEST or not log)):
        assert scale.low <= value <= scale.high
        assert 0 <= scale(value) <= 100
    ticks = scale.ticks()
    assert ticks == sorted(ticks)
    assert len(ticks) <= 12


def test_names_do_not_cover_each_other():
    points = [((100.0 + 3 * at, 100.0 + 5 * at), f"contender-{at}", "deep") for at in range(5)]
    drawn = marks.named(points, [], (0.0, 400.0))
    found = re.findall(r'x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)"[^>]*>([^<]+)<', drawn)
    boxes = [marks._box((float(x), float(y), anchor), marks._width(name)) for x, y, anchor, name in found]
    assert len(boxes) >= 3
    assert not any(marks._overlap(one, other) for one, other in combinations(boxes, 2))
