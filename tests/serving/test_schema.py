"""The OpenAPI document holds: schemathesis asks what it allows and what it forbids, with every check."""

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

EXAMPLES = 12  # for each operation; 500 were asked of it by hand


@pytest.fixture(scope="module")
def table_schema(client):
    return described(client)


@pytest.fixture(scope="module")
def number_schema(serving, make):
    with serving(make.ages(), token="a-secret") as client:
        client.headers["authorization"] = "Bearer a-secret"
        yield described(client)


def described(client):
    document = client.get("/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=str(client.base_url))
    return schema
