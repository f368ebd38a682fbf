from collections import Counter

from fathom import catalog


def test_no_name_stands_for_two_things():
    for rows in (catalog.TASKS, catalog.LEARNERS):
        assert [name for name, count in Counter(row.name for row in rows).items() if count > 1] == []


def test_every_task_has_contenders_of_both_families_beside_the_baseline():
    for task in catalog.TASKS:
        found = [row for row in catalog.learners_for(task.name) if row.contender and row.name != "baseline"]
        assert {row.family for row in found} == {"classical", "deep"}, task.name
