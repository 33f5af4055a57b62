"""Fills the templates for one edition: what every template may use, in one place."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from .edition import Edition, anchor, tool_path


@cache
def environment() -> Environment:
    """Return the templates, compiled once a process."""
    templates = Environment(
        loader=PackageLoader("kbmatch.site"),
        undefined=StrictUndefined,
        autoescape=lambda name: name is not None and name.endswith(".html"),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    templates.filters["sha256"] = _sha256
    return templates


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


class Renderer:
    """Templates with the texts, slots and links of one edition."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self._common = {
            "edition": edition,
            "knowledge": edition.knowledge,
            "settings": edition.settings,
            "slots": edition.slots,
            "t": edition.label,
            "n": edition.count,
            "x": edition.text,
            "anchor": anchor,
            "tool_path": tool_path,
        }
        self._helpers: dict[str, Mapping[str, Callable[..., str]]] = {}

    def render(self, template: str, prefix: str, **values: Any) -> Markup:
        """Return a template filled for a page whose language root is `prefix`."""
        if prefix not in self._helpers:
            self._helpers[prefix] = self._helpers_for(prefix)
        helpers = self._helpers[prefix]
        names = {**self._common, **helpers, **values}
        return Markup(environment().get_template(template).render(names))

    def _helpers_for(self, prefix: str) -> Mapping[str, Callable[..., str]]:
        prose = self.edition.prose(prefix)
        text = self.edition.text
        return {
            "url": lambda path: prefix + path,
            "md": lambda value: prose.block(text(value)),
            "mi": lambda value: prose.inline(text(value)),
        }
