"""Commands in the knowledge are right: shellcheck finds nothing, checks change nothing."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kbmatch.cli.slots import fill
from kbmatch.knowledge.model import Command
from kbmatch.matching.answer import answer, derive
from real_knowledge import knowledge, matcher

CHANGING = re.compile(
    r"\b(docker (rmi?|system prune|volume rm|push|login|logout|tag)|kubectl (apply|delete|create|edit|patch)"
    r"|az [a-z -]+ (create|delete|update|add|remove|set|reset|assign|enable|disable|import)\b"
    r"|systemctl (restart|stop|start)|(?<!-)\brm |mkfs|iptables -[AID])"
)
# Reads although a verb in it sounds otherwise.
READS = ("az acr update --help", "--dry-run", "az acr login -n", "--expose-token")


def commands() -> Iterator[tuple[str, Command, bool]]:
    """Every command with where it stands and whether it belongs to a check."""
    for cause in knowledge().causes.values():
        for command in cause.check.commands:
            yield f"cause {cause.id}", command, True
    for solution in knowledge().solutions.values():
        for step in solution.steps:
            for command in step.commands:
                yield f"solution {solution.id}", command, False
        for command in solution.verify.commands:
            yield f"solution {solution.id} (verify)", command, False


def filled(command: Command) -> str:
    examples = {name: slot.example for name, slot in knowledge().settings.slots.items()}
    return fill(command.run, {}, examples)


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
def test_shell_commands_pass_shellcheck(tmp_path: Path) -> None:
    names = {}
    for number, (where, command, _) in enumerate(commands()):
        if command.shell == "sh":
            path = tmp_path / f"{number}.sh"
            path.write_text(filled(command) + "\n", "utf-8")
            names[path.name] = where
    done = subprocess.run(
        [
            "shellcheck",
            "-s",
            "bash",
            "-S",
            "warning",
            "-e",
            "SC2034",  # one step sets a variable that the next one uses
            "-f",
            "gcc",
            *map(str, tmp_path.glob("*.sh")),
        ],
        capture_output=True,
        text=True,
    )
    found = [line for line in done.stdout.splitlines() if line]
    told = [f"{names[Path(line.split(':')[0]).name]}: {line}" for line in found]
    assert not told, "\n".join(told)


def test_checks_only_read() -> None:
    for where, command, is_check in commands():
        if is_check and not any(words in command.run for words in READS):
            assert not CHANGING.search(command.run), f"{where}: {command.run}"


def test_every_slot_of_a_command_is_filled() -> None:
    for where, command, _ in commands():
        left = re.findall(r"(?<![{$%\\])\{[a-z_]+\}(?!\})", filled(command))
        assert not left, f"{where}: {left}"


def test_commands_name_the_registry_by_the_slot_that_messages_fill() -> None:
    """`host` is the example's unless a message captures it; `login_server` is read out of any address."""
    for where, command, _ in commands():
        assert "{host}" not in command.run, where


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (
            'Get "https://reg.lab.lan:5000/v2/": tls: failed to verify certificate: '
            "x509: certificate signed by unknown authority",
            "reg.lab.lan:5000",
        ),
        (
            'Get "https://harbor.corp.example/v2/": tls: failed to verify certificate: '
            "x509: certificate signed by unknown authority",
            "harbor.corp.example:443",
        ),
    ],
)
def test_checks_of_a_message_ask_its_registry_at_its_port(text: str, address: str) -> None:
    found = answer(f"Error response from daemon: {text}", matcher(), "en").found[0]
    examples = {name: slot.example for name, slot in knowledge().settings.slots.items()}
    causes = knowledge().symptoms[found.id].causes
    asked = [
        fill(command.run, found.slots, examples)
        for cause in causes
        for command in knowledge().causes[cause.cause].check.commands
        if "openssl s_client -connect {login_server}" in command.run
    ]
    assert len(asked) >= 3
    assert all(f"-connect {address} " in run for run in asked), asked


def test_commands_ask_the_proxy_that_a_message_names() -> None:
    text = (
        'Error response from daemon: Get "https://registry-1.docker.io/v2/": '
        "proxyconnect tcp: dial tcp 10.1.2.3:3128: connect: connection refused"
    )
    found = answer(text, matcher(), "en").found[0]
    assert (found.slots["proxy_host"], found.slots["proxy_port"]) == ("10.1.2.3", "3128")
    examples = {name: slot.example for name, slot in knowledge().settings.slots.items()}
    check = knowledge().causes["proxy-needs-credentials"].check.commands[0]
    assert "-x http://10.1.2.3:3128 " in fill(check.run, found.slots, examples)


@pytest.mark.parametrize(
    ("text", "image"),
    [
        (
            'Error pulling image configuration: Get "https://harbor.corp.example/v2/": EOF',
            None,
        ),
        ("docker pull failed: Get https://harbor.corp.example/v2/: EOF", None),
        ('Failed to pull image "nginx": Get "https://registry-1.docker.io/v2/": EOF', "nginx"),
        (
            "Error: unable to pull quay.io/acme/web:2: Get https://quay.io/v2/: EOF",
            "quay.io/acme/web:2",
        ),
        (
            "docker pull alpine\nUsing default tag: latest\n"
            'Error response from daemon: Get "https://registry-1.docker.io/v2/": EOF',
            "alpine",
        ),
    ],
)
def test_commands_pull_the_image_of_a_message_and_no_other_word(
    text: str, image: str | None
) -> None:
    assert answer(text, matcher(), "en").found[0].slots.get("image") == image


@pytest.mark.parametrize(
    ("image", "slots"),
    [
        (
            "ghcr.io/acme/web:2",
            {"login_server": "ghcr.io", "repository": "acme/web", "tag": "2"},
        ),
        ("ghcr.io/acme/web", {"login_server": "ghcr.io", "repository": "acme/web"}),
        (
            "reg.example:5000/web:2",
            {
                "login_server": "reg.example",
                "service_port": "5000",
                "repository": "web",
                "tag": "2",
            },
        ),
        ("acme/web:2", {"repository": "acme/web", "tag": "2"}),
        ("nginx:1.27", {"repository": "nginx", "tag": "1.27"}),
    ],
)
def test_a_folder_of_docker_hub_is_no_registry(image: str, slots: dict[str, str]) -> None:
    read = {"image": image}
    derive(read, matcher().settings["derivations"])
    wanted = ("login_server", "service_port", "repository", "tag")
    assert {name: read[name] for name in wanted if name in read} == slots


def test_a_url_names_the_repository_and_the_tag_but_no_digest_as_tag() -> None:
    url = "https://registry-1.docker.io/v2/library/nginx/manifests/"
    for reference, tag in (("1.27", "1.27"), ("sha256:0123456789abcdef", None)):
        text = f'Error response from daemon: Get "{url}{reference}": EOF'
        slots = answer(text, matcher(), "en").found[0].slots
        assert (slots.get("repository"), slots.get("tag")) == ("library/nginx", tag)
