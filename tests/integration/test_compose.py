"""`docker-compose.yml` itself: it is valid, whole, and gives nothing away."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from compose_file import (
    FILE,
    OURS,
    ROOT,
    SECRETS,
    SERVERS,
    NotSet,
    raw_environments,
    read,
    services,
    variables,
)

from api.routes import storage_events
from earmark.settings import PREFIX, Settings
from workers.crew import STOP_SECONDS

SECRET_NAME = re.compile(r"PASSWORD|SECRET|TOKEN|ACCESS_KEY|ROOT_USER|AUTH|_URL$")
"""Variables of a service that hold a secret, or an address with one in it."""


def test_it_is_what_the_compose_specification_allows() -> None:
    program = Path(sys.executable).with_name("check-jsonschema")
    command = [str(program), "--builtin-schema", "vendor.compose-spec", str(FILE)]
    checked = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_it_has_our_parts_and_the_servers_they_need() -> None:
    assert set(services()) == {*OURS, *SERVERS}


@pytest.mark.parametrize("name", [*OURS, *SERVERS])
def test_every_service_is_watched_and_has_an_image(name: str) -> None:
    service = services()[name]
    assert service["image"]
    if name == "setup":
        assert service["healthcheck"] == {"disable": True}
        assert service["restart"] == "no"
        return
    assert service["restart"] == "unless-stopped"
    test = service["healthcheck"]["test"]
    assert test[0] in ("CMD", "CMD-SHELL")
    assert test[1:3] == ["earmark", "health"] if name in OURS else len(test) > 1


def test_every_service_that_keeps_data_has_a_volume_of_its_own() -> None:
    document = read()
    mounted = [
        volume.split(":")[0] for service in document["services"].values() for volume in service.get("volumes", ())
    ]
    assert sorted(mounted) == sorted(document["volumes"])
    keeping = {name for name, service in document["services"].items() if service.get("volumes")}
    assert keeping == {*OURS, *SERVERS} - {"setup"}
    for name in keeping & set(OURS):
        service = document["services"][name]
        assert service["volumes"][0].endswith(f":{service['environment']['EARMARK_DATA_DIR']}")


def secrets_in_the_file() -> list[tuple[str, str, str]]:
    return [
        (service, name, str(value))
        for service, environment in raw_environments().items()
        for name, value in environment.items()
        if SECRET_NAME.search(name)
    ]


@pytest.mark.parametrize(("service", "name", "value"), secrets_in_the_file())
def test_no_secret_has_a_default(service: str, name: str, value: str) -> None:
    assert re.search(r"\$\{\w+:\?set \w+ in \.env", value), f"{name} of {service}"


def test_secrets_are_there_to_be_checked() -> None:
    assert len(secrets_in_the_file()) >= 20


@pytest.mark.parametrize("missing", SECRETS)
def test_nothing_starts_before_every_secret_is_set(missing: str) -> None:
    with pytest.raises(NotSet, match=f"set {missing} in .env"):
        read({**SECRETS, missing: ""})


def test_what_must_be_set_is_known() -> None:
    assert {variable.name for variable in variables() if variable.is_needed} == set(SECRETS)


def test_what_is_published_is_this_machines_alone_until_told_otherwise() -> None:
    published = {name: service["ports"] for name, service in services().items() if "ports" in service}
    assert set(published) == {"api", "minio"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)
    opened = services({**SECRETS, "EARMARK_HOST": "0.0.0.0", "EARMARK_PORT": "80"})["api"]
    assert opened["ports"] == ["0.0.0.0:80:8484"]
    assert (opened["environment"]["EARMARK_HOST"], opened["environment"]["EARMARK_PORT"]) == ("0.0.0.0", "8484")


def test_our_variables_are_settings() -> None:
    settings = {PREFIX + name.upper() for name in Settings.model_fields}
    given = {name for service in OURS for name in services()[service]["environment"]}
    assert given <= settings


def test_what_it_asks_for_stands_in_the_example_with_the_same_default() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    for variable in variables():
        found = re.search(rf"^# {variable.name}=(.*)$", example, re.MULTILINE)
        assert found, variable.name
        assert variable.default in (None, found[1]), variable.name


def needed_by(name: str, document: dict[str, Any]) -> set[str]:
    direct = document["services"][name].get("depends_on", {})
    return set(direct) | {further for other in direct for further in needed_by(other, document)}


@pytest.mark.parametrize("name", OURS)
def test_a_service_starts_after_what_it_speaks_to(name: str) -> None:
    environment = services()[name]["environment"]
    hosts = {
        urlsplit(environment[variable]).hostname
        for variable in ("EARMARK_DATABASE_URL", "EARMARK_BROKER_URL", "EARMARK_S3_ENDPOINT")
    }
    assert hosts == set(SERVERS)
    assert hosts <= needed_by(name, read())
    assert name == "setup" or services()[name]["depends_on"]["setup"] == {"condition": "service_completed_successfully"}


def test_credentials_are_those_that_the_servers_are_set_up_with() -> None:
    found = services()
    api, postgres, minio = (found[name]["environment"] for name in ("api", "postgres", "minio"))
    database, broker = urlsplit(api["EARMARK_DATABASE_URL"]), urlsplit(api["EARMARK_BROKER_URL"])
    assert (database.username, database.password) == (postgres["POSTGRES_USER"], postgres["POSTGRES_PASSWORD"])
    assert database.path == f"/{postgres['POSTGRES_DB']}"
    assert found["redis"]["command"][-2:] == ["--requirepass", broker.password]
    assert found["redis"]["environment"]["REDISCLI_AUTH"] == broker.password
    assert api["EARMARK_S3_ACCESS_KEY"] == minio["MINIO_ROOT_USER"]
    assert api["EARMARK_S3_SECRET_KEY"] == minio["MINIO_ROOT_PASSWORD"]


def test_the_store_tells_the_api_what_lands() -> None:
    found = services()
    minio, api = found["minio"]["environment"], found["api"]
    endpoint = urlsplit(minio["MINIO_NOTIFY_WEBHOOK_ENDPOINT_EARMARK"])
    assert (endpoint.hostname, str(endpoint.port)) == ("api", api["environment"]["EARMARK_PORT"])
    assert [endpoint.path] == [route.path for route in storage_events.router.routes]  # type: ignore[attr-defined]
    token = api["environment"]["EARMARK_STORAGE_EVENTS_TOKEN"]
    assert minio["MINIO_NOTIFY_WEBHOOK_AUTH_TOKEN_EARMARK"] == f"Bearer {token}"
    *_, target, kind = found["setup"]["environment"]["EARMARK_S3_NOTIFY_ARN"].split(":")
    assert minio[f"MINIO_NOTIFY_{kind.upper()}_ENABLE_{target}"] == "on"


@pytest.mark.parametrize("name", OURS)
def test_a_service_has_time_to_stop_in_order(name: str) -> None:
    assert int(services()[name]["stop_grace_period"].removesuffix("s")) > STOP_SECONDS
