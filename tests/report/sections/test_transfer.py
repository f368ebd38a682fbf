"""What starting from a trained network brought, as the report shows it."""

from dataclasses import replace

from fathom.report.evidence import Evidence
from fathom.report.sections import contenders, transfer

STEPS = [
    {"name": "head", "kept": True, "loss": 0.21, "right": 0.91, "seconds": 2.0, "learned": 0, "layers": 17},
    {"name": "last", "kept": True, "loss": 0.14, "right": 0.95, "seconds": 31.0, "learned": 4, "layers": 17},
    {"name": "all", "kept": False, "loss": None, "right": None, "seconds": 0.0, "learned": 17, "layers": 17},
]
LEARNERS = (
    ("pretrained", "deep", 0.9, 33.0),
    ("convolutional", "deep", 0.6, 70.0),
    ("baseline", "classical", 0.0, 0.1),
)


def test_each_step_is_a_row_with_what_it_brought(make_study):
    study = make_study("image-classification", learners=LEARNERS)
    study.trials[0].notes = {"transfer": STEPS}
    html = str(transfer.body(Evidence(study)))
    assert html.count("<tr>") == 4
    assert all(said in html for said in ("91.0 %", "0.14", "31.0 s", ">13<", "no time for it", "all layers"))
    assert "the best network from scratch, convolutional, reached" in html
    assert html in str(contenders.body(Evidence(study)))


def test_without_a_network_from_scratch_nothing_is_set_beside_it(make_study):
    study = make_study("image-classification", learners=(LEARNERS[0], LEARNERS[2]))
    study.trials[0].notes = {"transfer": STEPS[:1]}
    assert "nothing is beside it" in str(transfer.body(Evidence(study)))


def test_a_study_without_transfer_shows_none(make_study):
    assert transfer.body(Evidence(make_study())) is None


def test_detectors_are_told_by_how_precisely_they_find(make_study):
    study = make_study("image-classification", learners=LEARNERS)
    study.trials[0].notes = {"transfer": [{**step, "right": None} for step in STEPS]}
    study.problem = replace(study.problem, classes=(), boxes=("cat",))
    html = str(transfer.body(Evidence(study)))
    assert "79.0 %" in html
    assert "86.0 %" in html
    assert "log-loss" not in html


def test_what_was_left_out_for_lack_of_time_is_said(make_study):
    study = make_study("image-classification", learners=LEARNERS)
    rows = study.train_rows
    failed = {**STEPS[1], "loss": None, "right": None, "kept": False}
    study.trials[0].notes = {"transfer": [{**STEPS[0], "rows": rows // 2}, failed]}
    html = str(transfer.body(Evidence(study)))
    assert f"learned from {rows // 2:,} of the {rows:,} training rows" in html
    assert "it failed" in html
    study.trials[0].notes = {"transfer": [{**STEPS[0], "rows": rows}]}
    assert "training rows" not in str(transfer.body(Evidence(study)))


def test_a_step_that_was_left_out_for_the_next_is_not_said_to_lack_time(make_study):
    study = make_study("image-classification", learners=LEARNERS)
    left_out = {**STEPS[2], "name": "last", "learned": 4}
    study.trials[0].notes = {"transfer": [STEPS[0], left_out, {**STEPS[1], "name": "all", "learned": 17}]}
    html = str(transfer.body(Evidence(study)))
    assert "the time was kept for the step after it" in html
    assert "no time for it" not in html
