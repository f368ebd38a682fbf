"""What Prometheus collects."""

from prometheus_client.parser import text_string_to_metric_families


def samples(client):
    text = client.get("/metrics").text
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_durations_are_labelled_by_template_and_never_by_path(client, make):
    client.get("/v2/models/people/versions/1")
    client.get("/v2/models/nobody")
    client.get("/some/strange/path")
    client.post("/predict", json={"row": make.row})
    client.request("PROPFIND", "/predict")
    found = samples(client)
    count = "http_server_request_duration_seconds_count"
    assert found[count, "/v2/models/{model}/versions/{version}", "200", "GET"] == 1
    assert found[count, "/v2/models/{model}", "404", "GET"] == 1
    assert found[count, "/predict", "200", "POST"] == 1
    assert found[count, "404", "GET", "other"] == 1
    assert found[count, "/predict", "405", "_OTHER"] == 1
    text = client.get("/metrics").text
    assert "nobody" not in text
    assert "strange" not in text


def test_the_queue_is_told(client, make):
    client.post("/predict", json={"row": make.row})
    found = samples(client)
    assert found[("fathom_queue_depth",)] == 0
    assert found[("fathom_running",)] == 0
    assert found[("fathom_rejected_total",)] == 0
    assert found[("fathom_expired_total",)] == 0
    assert found[("fathom_batch_size_count",)] >= 1
