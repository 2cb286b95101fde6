"""deploy/compose.yaml and deploy/kubernetes: what their schemas, against which `make check` holds them, cannot say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from signpost.channels.messenger import Messenger
from signpost.channels.slack import Slack
from signpost.channels.telegram import Telegram
from signpost.channels.twilio import Twilio
from signpost.files import ROOT, read
from signpost.handoff import SECRET
from signpost.kill_switch import FILE, KILL_SWITCH
from signpost.metrics import METRICS_TOKEN
from signpost.rasa_plugin import API_TOKEN
from signpost.settings import Settings
from tests.deploy.containerfile import stages

DEPLOY = ROOT / "deploy"
SECRETS = {
    METRICS_TOKEN,
    API_TOKEN,
    SECRET,
    *(name for channel in (Telegram, Slack, Twilio, Messenger) for name in channel.SECRETS),
}
# Longer than the longest turn and the time that a server takes to end.
GRACE = 30


def documents(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / "kubernetes" / name).read_text(encoding="utf-8")))


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    names = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    found = [document for name in names for document in documents(name) if document["kind"] == kind]
    return {document["metadata"]["name"]: document for document in found}


def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def container(name: str) -> dict[str, Any]:
    (only,) = of_kind("Deployment")[name]["spec"]["template"]["spec"]["containers"]
    return only


@pytest.mark.parametrize("name", ["signpost", "signpost-redis"])
def test_pods_run_without_rights_and_within_limits(name):
    pod = of_kind("Deployment")[name]["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    one = container(name)
    assert one["securityContext"]["readOnlyRootFilesystem"] is True
    assert one["securityContext"]["allowPrivilegeEscalation"] is False
    assert one["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    for amounts in (one["resources"]["requests"], one["resources"]["limits"]):
        assert set(amounts) == {"cpu", "memory"}


@pytest.mark.parametrize("name", ["signpost-1", "signpost-2", "redis", "nginx"])
def test_containers_run_without_rights_and_within_limits(name):
    service = compose()["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert "user" in service or service["build"]["dockerfile"] == "deploy/Containerfile"


def test_no_secret_stands_in_a_file():
    texts = {path: path.read_text(encoding="utf-8") for path in DEPLOY.rglob("*") if path.is_file()}
    assert "kind: Secret\n" not in "".join(texts.values())
    for line in texts[DEPLOY / "example.env"].splitlines():
        name, _, value = line.partition("=")
        assert not value or name == "LOG_LEVEL" or line.startswith("#")
    for environment in (container("signpost")["env"], container("signpost-redis")["env"]):
        password = next(entry for entry in environment if entry["name"] == "REDIS_PASSWORD")
        assert set(password["valueFrom"]) == {"secretKeyRef"}
    for service in compose()["services"].values():
        values = str(service.get("environment", {}))
        assert "PASSWORD" not in values or "${REDIS_PASSWORD:?" in values


def test_every_secret_that_signpost_reads_can_be_given():
    listed = set(re.findall(r"^([A-Z_]+)=", (DEPLOY / "example.env").read_text(encoding="utf-8"), re.M))
    assert listed >= SECRETS
    assert container("signpost")["envFrom"] == [{"secretRef": {"name": "signpost"}}]


@pytest.mark.parametrize("where", ["compose", "kubernetes"])
def test_redis_keeps_nothing_on_disk_and_asks_for_a_password(where):
    command = {
        "compose": lambda: compose()["services"]["redis"]["command"][0],
        "kubernetes": lambda: container("signpost-redis")["args"][0],
    }[where]()
    for part in ('--save ""', "--appendonly no", "requirepass", "--maxmemory "):
        assert part in command


def test_redis_is_reached_by_the_servers_only():
    assert compose()["services"]["redis"]["networks"] == ["inside"]
    assert compose()["networks"]["inside"]["internal"] is True
    assert "ports" not in compose()["services"]["redis"]
    policy = of_kind("NetworkPolicy")["signpost-redis"]["spec"]
    assert policy["podSelector"]["matchLabels"] == {"app.kubernetes.io/name": "signpost-redis"}
    (rule,) = policy["ingress"]
    assert rule["from"] == [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "signpost"}}}]
    assert "egress" not in policy and "Egress" in policy["policyTypes"]
    assert of_kind("NetworkPolicy")["nothing"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_the_kill_switch_is_a_folder_outside_of_the_image_in_both():
    mounts = {mount["name"]: mount for mount in container("signpost")["volumeMounts"]}
    values = {entry["name"]: entry.get("value") for entry in container("signpost")["env"]}
    assert Path(values[KILL_SWITCH]) == Path(mounts["switch"]["mountPath"]) / FILE.name
    assert "subPath" not in mounts["switch"]
    volumes = of_kind("Deployment")["signpost"]["spec"]["template"]["spec"]["volumes"]
    assert {"name": "switch", "configMap": {"name": "signpost-switch", "optional": True}} in volumes
    service = compose()["services"]["signpost-1"]
    assert service["environment"][KILL_SWITCH] == f"/switch/{FILE.name}"
    assert "./switch:/switch:ro" in service["volumes"]
    assert (DEPLOY / "switch").is_dir()


@pytest.mark.parametrize("path", ["settings/signpost.yml", "kubernetes/settings.yml"])
def test_the_settings_fit_and_count_the_web_server_in_front(path):
    assert read(DEPLOY / path, Settings).proxies == 1


def test_there_is_time_to_end_and_another_server_meanwhile():
    deployment = of_kind("Deployment")["signpost"]["spec"]
    assert deployment["template"]["spec"]["terminationGracePeriodSeconds"] >= GRACE
    assert compose()["services"]["signpost-1"]["stop_grace_period"] == f"{GRACE}s"
    assert deployment["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert of_kind("HorizontalPodAutoscaler")["signpost"]["spec"]["minReplicas"] >= 2
    assert of_kind("PodDisruptionBudget")["signpost"]["spec"]["maxUnavailable"] == 1


def test_ports_users_and_probes_are_those_of_the_image(server_routes):
    final = stages(DEPLOY / "Containerfile")[-1]
    one = container("signpost")
    (port,) = one["ports"]
    assert str(port["containerPort"]) == final.last("EXPOSE") == final.command("CMD")[-1]
    security = of_kind("Deployment")["signpost"]["spec"]["template"]["spec"]["securityContext"]
    assert f"{security['runAsUser']}:{security['runAsGroup']}" == final.last("USER")
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert one[probe]["httpGet"]["path"] in server_routes
        assert one[probe]["httpGet"]["port"] == port["name"]


@pytest.fixture
def server_routes() -> set[str]:
    """The routes of docs/openapi.yml, which a test holds against a running server."""
    return set(yaml.safe_load((ROOT / "docs" / "openapi.yml").read_text(encoding="utf-8"))["paths"])


@pytest.mark.skipif(not (DEPLOY / "nginx.conf").exists(), reason="nginx.conf comes with the shared store")
def test_nginx_is_given_the_servers_of_the_compose_file():
    services = compose()["services"]
    command = services["nginx"]["command"][0]
    named = dict(re.findall(r"s/(127\.0\.0\.1:\d+)/([\d.]+:5005)/", command))
    addresses = {services[name]["networks"]["inside"]["ipv4_address"] for name in ("signpost-1", "signpost-2")}
    assert {value.removesuffix(":5005") for value in named.values()} == addresses
    configuration = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert set(re.findall(r"server (127\.0\.0\.1:\d+)", configuration)) == set(named)
    (port,) = re.findall(r"listen (\d+)", configuration)
    assert services["nginx"]["ports"][0].endswith(f":{port}")
