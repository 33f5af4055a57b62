"""`kb serve`: the site while it is written; a saved YAML file shows in the browser at once."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kbmatch.cli.commands.build import CONFIGURATION, checkout
from kbmatch.cli.common import fail, language_of_environment
from kbmatch.texts import load as load_texts

MAX_PORT = 65535


def configure(parser: argparse.ArgumentParser, text: Mapping[str, str]) -> None:
    """Declare the arguments."""
    own = load_texts("delivery", language_of_environment())
    parser.add_argument(
        "--address", default="127.0.0.1:8000", metavar="HOST:PORT", help=own["serve.address"]
    )
    parser.add_argument("--open", action="store_true", help=own["serve.open"])
    parser.add_argument("--kb", metavar="DIR", help=own["build.kb"])


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted."""
    language = language_of_environment()
    text = load_texts("delivery", language)
    root = checkout(text)
    _refuse_bad_address(arguments.address, text)
    if arguments.kb and not (Path(arguments.kb) / "kb.yaml").is_file():
        fail(text["serve.no-knowledge"].format(path=arguments.kb))
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    try:
        from mkdocs.commands.serve import serve
        from mkdocs.exceptions import Abort, ConfigurationError, PluginError

        from kbmatch.cli.serving import keep_serving
    except ImportError:
        fail(text["build.no-site-builder"])
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.WARNING)
    handler.addFilter(lambda record: "'dirty' build" not in record.getMessage())
    logging.getLogger("mkdocs").addHandler(handler)
    options: dict[str, Any] = {"plugins": _plugins(root, arguments.kb)} if arguments.kb else {}
    # A rebuild makes a million short-lived values; collecting them takes a fifth of its time.
    gc.set_threshold(500_000, 20, 20)
    print(text["serve.building"], flush=True)
    running = text["serve.running"].format(address=arguments.address)
    try:
        with keep_serving(text["serve.problem"], running):
            serve(
                str(root / CONFIGURATION),
                livereload=True,
                build_type="dirty",  # only what has changed is built again
                open_in_browser=arguments.open,
                dev_addr=arguments.address,
                watch=[str(root / "site_overrides")],
                **options,
            )
    except (Abort, ConfigurationError, PluginError) as error:
        print(str(error), file=sys.stderr)
        return 1
    except OSError as error:
        fail(f"{arguments.address}: {error.strerror}")
    return 0


def _refuse_bad_address(address: str, text: Mapping[str, str]) -> None:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) <= MAX_PORT:
        fail(text["serve.bad-address"].format(address=address))


def _plugins(root: Path, knowledge: str) -> list[object]:
    """Return mkdocs.yml's plugins with another knowledge directory."""
    from mkdocs.utils.yaml import get_yaml_loader, yaml_load

    with (root / CONFIGURATION).open("rb") as file:
        plugins: list[object] = yaml_load(file, get_yaml_loader())["plugins"]
    for plugin in plugins:
        if isinstance(plugin, dict) and "kbmatch" in plugin:
            plugin["kbmatch"]["knowledge"] = str(Path(knowledge).absolute())
    return plugins
