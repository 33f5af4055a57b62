"""The house's rules: data flows one way, the engine has no word of registries, look-ups stay light."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kbmatch.cli.packs import PACK_MAKERS

PACKAGE = Path(__file__).parents[1] / "scripts" / "kbmatch"
PARTS = ("knowledge", "matching", "search", "site", "exports", "authoring", "delivery", "cli")
ALLOWED = {
    "knowledge": set(),
    "matching": {"knowledge"},
    "search": {"knowledge", "matching"},
    "exports": {"matching"},
    "site": {"knowledge", "matching", "search"},
    "authoring": {"knowledge", "matching", "search"},
    "delivery": {"knowledge", "matching", "search", "site"},
    "cli": set(PARTS),
}
# Only these may look at the checked model; at run time matching knows nothing but the pack.
COMPILERS = {"compile.py", "proofs.py", "rules.py"}


def imports(path: Path) -> set[str]:
    """Return the parts of the package that a module imports."""
    found = set()
    package = ["kbmatch", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            names = [module, *(f"{module}.{alias.name}" for alias in node.names)]
        for name in names:
            pieces = name.split(".")
            if pieces[0] == "kbmatch" and len(pieces) > 1 and pieces[1] in PARTS:
                found.add(pieces[1])
    return found


MODULES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_part_imports_only_what_lies_upstream(path: Path) -> None:
    part = path.relative_to(PACKAGE).parts[0]
    if part not in ALLOWED:
        return
    assert imports(path) - {part} <= ALLOWED[part]


def test_a_pack_is_made_anew_when_any_module_that_makes_it_has_changed() -> None:
    makers, unread = set(), ["compile"]
    while unread:
        makers.add(name := unread.pop())
        tree = ast.parse((PACKAGE / "matching" / f"{name}.py").read_text("utf-8"))
        named = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level == 1}
        unread += {module for module in named if module} - makers
    assert set(PACK_MAKERS) == makers


@pytest.mark.parametrize("name", [p.name for p in (PACKAGE / "matching").glob("*.py")])
def test_the_matcher_reads_packs_not_knowledge(name: str) -> None:
    if name not in COMPILERS:
        assert "knowledge" not in imports(PACKAGE / "matching" / name)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_knowledge_reads_yaml(path: Path) -> None:
    source = path.read_text("utf-8")
    part = path.relative_to(PACKAGE).parts[0]
    if re.search(r"^\s*(import yaml|from yaml)", source, re.MULTILINE):
        assert part in ("knowledge", "authoring"), "YAML is read in one place"


WORDS = r"\b(docker|acr|azure|azurecr|containerd|kubelet|podman|harbor|helm|kubernetes|aks|oci)\b"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_engine_does_not_know_what_the_knowledge_is_about(path: Path) -> None:
    """Code may not contain a word of our field; comments and docstrings may give examples."""
    tree = ast.parse(path.read_text("utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) in docstrings or isinstance(node.value, bytes):
                continue
            found = re.search(WORDS, node.value, re.IGNORECASE)
            assert not found, f"{path.name}:{node.lineno} says {found and found[0]!r}"


@pytest.mark.parametrize(
    "path",
    sorted((PACKAGE / "texts").rglob("*.json")),
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_the_engine_does_not_say_what_the_knowledge_is_about(path: Path) -> None:
    found = re.search(WORDS + r"|registry|登錄(?!檔)", path.read_text("utf-8"), re.IGNORECASE)
    assert not found, found and found[0]


HEAVY = ("yaml", "jinja2", "whoosh", "markdown_it", "mkdocs", "argparse", "dataclasses",
         "typing", "inspect", "pathlib", "subprocess", "hyperscan", "sqlite3", "email", "urllib")  # fmt: skip


def test_a_look_up_imports_nothing_it_does_not_need(tmp_path: Path) -> None:
    from kbmatch.matching.compile import compile_pack
    from small_knowledge import knowledge, symptom

    pack = tmp_path / "p.kbpack"
    pack.write_bytes(compile_pack(knowledge(symptom("jam", "paper jam in tray {number}"))))
    program = (
        "import sys; from kbmatch.cli.match import main;"
        f"status = main(['--kb', {str(pack)!r}, 'paper jam in tray 2']);"
        "print('\\n'.join(sys.modules), file=sys.stderr); sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(PACKAGE.parent), "PATH": "/usr/bin:/bin"},
        check=True,
    )
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert loaded.isdisjoint(HEAVY), sorted(loaded & set(HEAVY))
