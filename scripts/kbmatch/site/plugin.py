"""Hands the pages made from the knowledge to MkDocs, without a file on disk.

Only this module knows MkDocs and its theme; what a page says and looks like inside is decided
elsewhere. One build makes every language: each has its own navigation, theme strings and index.
"""

from __future__ import annotations

import posixpath
import re
import shutil
from collections.abc import Iterator, MutableMapping
from html import escape
from pathlib import Path
from typing import Any, cast

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure import StructureItem
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page as SitePage
from mkdocs.structure.toc import AnchorLink, TableOfContents
from mkdocs.utils import meta

from ..knowledge.load import KnowledgeError, load_or_raise
from ..knowledge.model import Knowledge
from ..knowledge.store import DocumentStore
from ..texts import load
from .box import search_assets
from .data import Kept, build_assets
from .edition import contact_address, plain_contact
from .page import Heading, Page
from .pages import PageStore, build_pages
from .searchtext import WrittenPage
from .styles import Names, shrink
from .written import WrittenPages

log = get_plugin_logger(__name__)

_GAP = re.compile(r"\s*\n\s*")


class PluginConfig(Config):  # type: ignore[no-untyped-call]
    """The plugin's part of mkdocs.yml."""

    knowledge = config_options.Dir(exists=True, default="kb")
    sections = config_options.Type(dict, default={})


class MadeFile(File):
    """A file made from the knowledge; while serving, one that says the same is not built again."""

    changed = True

    def is_modified(self) -> bool:
        return self.changed or not Path(self.abs_dest_path).is_file()


class ReadyPage(SitePage):
    """A page whose HTML is finished: nothing is read, nothing converted."""

    def __init__(self, page: Page, file: File, config: MkDocsConfig) -> None:
        super().__init__(escape(page.title), file, config)
        self.ready = page

    def read_source(self, config: MkDocsConfig) -> None:
        """Set what MkDocs would read from front matter."""
        page = self.ready
        self.markdown = ""
        self.meta = {
            "title": escape(page.title),
            "description": escape(page.description),
            "kind": page.kind,
        }
        if page.wide:
            self.meta["hide"] = ["toc"]

    def render(self, config: MkDocsConfig, files: Files) -> None:
        """Take the finished HTML and its headings."""
        self.content = self.ready.html  # the theme's templates escape nothing: titles are escaped
        top = AnchorLink(escape(self.ready.title), "title", 1)
        top.children = [_anchor(heading) for heading in self.ready.headings]
        self.toc = TableOfContents([top])
        self.present_anchor_ids = None  # links between finished pages are checked by their maker


class _Compiled(BytecodeCache):
    """The theme's templates, compiled once: a server makes an environment for every look."""

    def __init__(self) -> None:
        self._codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill `bucket` if its template has been compiled; it refuses what is of other text."""
        if bucket.key in self._codes:
            bucket.bytecode_from_string(self._codes[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template."""
        self._codes[bucket.key] = bucket.bytecode_to_string()


class KnowledgePlugin(BasePlugin[PluginConfig]):  # type: ignore[no-untyped-call]
    """The MkDocs plugin `kbmatch`."""

    def __init__(self) -> None:
        self._knowledge: Knowledge | None = None
        self._pages: dict[str, list[Page]] = {}
        self._navigation: dict[str, Navigation] = {}
        self._addresses: set[str] = set()
        self._texts: dict[str, dict[str, str]] = {}
        self._documents = DocumentStore()
        self._store = PageStore()
        self._kept = Kept()
        self._compiled = _Compiled()
        self._built: dict[str, Page | str] = {}
        self._written: dict[str, dict[str, WrittenPage]] = {}
        self._look = 0.0
        self._serving = False
        self._checked = ""
        self._extension: WrittenPages

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Keep this plugin, and the pages it has made, from one rebuild of a server to the next."""
        self._serving = command == "serve"

    @property
    def languages(self) -> tuple[str, ...]:
        assert self._knowledge is not None
        return self._knowledge.settings.languages

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Read the knowledge; stop here when it has problems, all of them listed."""
        try:
            self._knowledge = load_or_raise(Path(self.config.knowledge), self._documents)
        except KnowledgeError as error:
            raise PluginError(str(error)) from error
        self._texts = {language: load("site", language) for language in self.languages}
        self._checked = _last_check(self._knowledge)
        self._extension = WrittenPages(self._knowledge)
        config.markdown_extensions.append(self._extension)
        fences = [{"name": "*", "class": "", "format": self._extension.fence}]
        config.mdx_configs["pymdownx.superfences"] = {"custom_fences": fences}
        config.watch.append(str(Path(self.config.knowledge)))
        theme = Path(config.theme.custom_dir or ".")
        look = max((path.stat().st_mtime for path in theme.rglob("*")), default=0.0)
        if look != self._look:  # the theme has changed, so every page has
            self._look = look
            self._store.clear()
            self._built.clear()
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the generated pages and data files."""
        assert self._knowledge is not None
        for language in self.languages:
            introduction = self._introduction(files, language)
            starts = self._starts(files, language)
            pages = list(build_pages(self._knowledge, language, introduction, self._store, starts))
            log.info("%s: %d pages from the knowledge", language, len(pages))
            self._pages[language] = pages
            for page in pages:
                source = posixpath.splitext(page.address)[0] + ".md"
                file = self._made(config, source, page, "")
                files.append(file)
                ReadyPage(page, file, config)
        for asset in build_assets(self._knowledge, config.site_url or "", self._kept):
            files.append(self._made(config, asset.path, asset.content, asset.content))
        for listed in files.documentation_pages():
            listed.inclusion = InclusionLevel.NOT_IN_NAV
        self._addresses = {file.dest_uri for file in files.documentation_pages()}
        self._written = {  # a page may have gone since the last look
            language: {
                path: page
                for path, page in written.items()
                if f"{language}/{path}" in self._addresses
            }
            for language, written in self._written.items()
        }
        return files

    def _made(self, config: MkDocsConfig, source: str, made: Page | str, content: str) -> MadeFile:
        file = cast(MadeFile, MadeFile.generated(config, source, content=content))
        file.changed = self._built.get(source) != made
        self._built[source] = made
        return file

    def _introduction(self, files: Files, language: str) -> str:
        """Take the hand-written text of the home page out of the hand-written pages."""
        file = files.get_file_from_path(f"{language}/index.md")
        if file is None:
            return ""
        text, _ = meta.get_data(file.content_string)
        files.remove(file)
        return text

    def _starts(self, files: Files, language: str) -> list[tuple[str, str]]:
        """Return path and title of the pages that the home page offers beside its box."""
        found = []
        for file in files.documentation_pages():
            if file.src_uri.startswith(f"{language}/") and file.src_uri.endswith(".md"):
                _, data = meta.get_data(file.content_string)
                if data.get("start"):
                    found.append((file.dest_uri.partition("/")[2], str(data["title"])))
        return found

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Make one navigation a language: hub pages only, so that it never grows."""
        for language in self.languages:
            self._navigation[language] = self._navigation_of(language, config, files)
        return nav

    def _navigation_of(self, language: str, config: MkDocsConfig, files: Files) -> Navigation:
        texts = self._texts[language]
        home = self._page_at(f"{language}/index.md", config, files)
        items: list[StructureItem] = [home]
        pages = [home]
        listed = {home.file.src_uri}
        for name, patterns in self.config.sections.items():
            children: list[SitePage] = []
            for pattern in patterns:
                for page in self._matching(language, pattern, config, files):
                    if page.file.src_uri not in listed:
                        listed.add(page.file.src_uri)
                        children.append(page)
            if children:
                section = Section(texts[f"nav.{name}"], list(children))
                for child in children:
                    child.parent = section
                items.append(section)
                pages += children
        navigation = Navigation(items, pages)
        navigation.homepage = home
        return navigation

    def _matching(
        self, language: str, pattern: str, config: MkDocsConfig, files: Files
    ) -> Iterator[SitePage]:
        """Yield the pages of a section's entry: a name, or `*` for the rest of a folder."""
        folder, _, name = pattern.rpartition("/")
        if name != "*":
            uri = f"{language}/{pattern}.md"
            if files.get_file_from_path(uri) is not None:
                yield self._page_at(uri, config, files)
            return
        root = posixpath.join(language, folder)
        generated = [
            f"{posixpath.splitext(page.address)[0]}.md"
            for page in self._pages[language]
            if folder and posixpath.dirname(page.address) == root
        ]
        written = sorted(
            file.src_uri
            for file in files.documentation_pages()
            if posixpath.dirname(file.src_uri) == root and not isinstance(file.page, ReadyPage)
        )
        for uri in (*generated, *written):
            yield self._page_at(uri, config, files)

    def _page_at(self, uri: str, config: MkDocsConfig, files: Files) -> SitePage:
        file = files.get_file_from_path(uri)
        assert file is not None
        page = file.page or SitePage(None, file, config)
        if self._serving and not isinstance(page, ReadyPage):
            page.read_source(config)  # its title, should it not be built again
        return page

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Let the theme's templates be compiled once."""
        env.bytecode_cache = self._compiled
        return env

    def on_page_context(
        self, context: Any, *, page: SitePage, config: MkDocsConfig, nav: Navigation
    ) -> Any:
        """Give the theme the page's language: strings, navigation, search, other editions."""
        language, _, rest = page.url.partition("/")
        if language in self._navigation:
            self._speak(language, rest, config, context)
            folder = posixpath.dirname(page.url)
            context["base_url"] = posixpath.relpath(language, folder or ".")
            context["root_url"] = posixpath.relpath(".", folder or ".")
        return context

    def on_template_context(self, context: Any, *, template_name: str, config: MkDocsConfig) -> Any:
        """Set a language for templates that belong to none (sitemap)."""
        self._speak(self.languages[0], "index.html", config, context)
        context["languages"] = self.languages
        context["root_url"] = context["base_url"]
        context["sitemap_pages"] = sorted(self._addresses)
        return context

    def _speak(
        self, language: str, rest: str, config: MkDocsConfig, context: MutableMapping[str, Any]
    ) -> None:
        assert self._knowledge is not None
        config.theme["language"] = language
        config.site_name = self._knowledge.settings.title[language]
        config.site_description = self._knowledge.settings.description[language]
        config.extra["alternate"] = [
            {
                "name": self._texts[other]["language.name"],
                "lang": other,
                "link": f"{other}/{rest if f'{other}/{rest}' in self._addresses else 'index.html'}",
            }
            for other in self.languages
        ]
        context["nav"] = self._navigation[language]
        context["kb_text"] = self._texts[language]
        context["kb_language"] = language
        context["kb_hash"] = self._knowledge.source_hash[:12]
        context["kb_checked"] = self._checked
        how = f"{language}/how-to-use.html"
        context["kb_how"] = how if how in self._addresses else ""
        context["kb_contact"] = contact_address(self._knowledge.settings)
        context["kb_contact_now"] = plain_contact(context["kb_contact"])

    def on_page_markdown(
        self, markdown: str, *, page: SitePage, config: MkDocsConfig, files: Files
    ) -> None:
        """Say in which language a page written by hand is."""
        language = page.url.partition("/")[0]
        if language in self.languages:
            self._extension.speak(language)

    def on_page_content(
        self, html: str, *, page: SitePage, config: MkDocsConfig, files: Files
    ) -> str:
        """Finish a page written by hand; keep what the search must know of it."""
        language, _, path = page.url.partition("/")
        if isinstance(page, ReadyPage) or language not in self.languages:
            return html
        description = str(page.meta.get("description", ""))
        words = tuple(map(str, page.meta.get("words") or ()))
        written = WrittenPage(path, str(page.title), description, html, words)
        self._written.setdefault(language, {})[path] = written
        return self._extension.finish(html, "../" * path.count("/"))

    def on_post_page(self, output: str, *, page: SitePage, config: MkDocsConfig) -> str:
        """Drop the blank lines and indents that the theme's templates leave around the content."""
        frame, start, rest = output.partition("<article")
        content, end, foot = rest.rpartition("</article>")
        return _GAP.sub("\n", frame) + start + content + end + _GAP.sub("\n", foot)

    @event_priority(-100)  # after every plugin that adds files
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Write what the search knows; drop what no page uses."""
        assert self._knowledge is not None
        site = Path(config.site_dir)
        for language in self.languages:
            written = self._written.get(language, {}).values()
            for asset in search_assets(self._knowledge, language, self._pages[language], written):
                target = site / asset.path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(asset.content, encoding="utf-8")
        shutil.rmtree(site / "assets" / "javascripts", ignore_errors=True)
        for source_map in site.rglob("*.map"):
            source_map.unlink()
        if not self._serving:  # a server's pages change from one look to the next
            _shrink_styles(site)


def _last_check(knowledge: Knowledge) -> str:
    """Return the day of the newest check in the knowledge."""
    days = [item.checked for symptom in knowledge.symptoms.values() for item in symptom.evidence]
    return max((*days, *(table.checked for table in knowledge.tables)), default="")


def _shrink_styles(site: Path) -> None:
    """Leave in the theme's stylesheets what the pages and scripts of this site use."""
    names = Names()
    for page in site.rglob("*.html"):
        names.add_page(page.read_text(encoding="utf-8"))
    for script in site.glob("assets/**/*.js"):
        if script.parent.name != "box":  # messages and their words: no script sets a class by them
            names.add_script(script.read_text(encoding="utf-8"))
    sheets = sorted(site.glob("assets/stylesheets/*.css"))
    ours = [sheet.read_text(encoding="utf-8") for sheet in site.glob("assets/kb/**/*.css")]
    small = shrink([sheet.read_text(encoding="utf-8") for sheet in sheets], names, ours)
    for sheet, css in zip(sheets, small, strict=True):
        sheet.write_text(css, encoding="utf-8")


def _anchor(heading: Heading) -> AnchorLink:
    link = AnchorLink(escape(heading.title), heading.id, heading.level)
    link.children = [_anchor(child) for child in heading.children]
    return link
