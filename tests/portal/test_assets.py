"""What the build step leaves of GOV.UK Frontend, and what a first visit has to fetch."""

import gzip
import re
from pathlib import Path

import pytest

from portal.assets import NODE_MODULES, PackagesMissing, build

STATIC = Path(__file__).resolve().parents[2] / "portal" / "static"
TEMPLATES = STATIC.parent / "templates"
KIB = 1024


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not NODE_MODULES.is_dir():
        pytest.skip("the front-end packages are not fetched: run `make setup`")
    target = tmp_path_factory.mktemp("build")
    build(NODE_MODULES, target)
    return target


def gzipped(*files: Path) -> int:
    return sum(len(gzip.compress(file.read_bytes())) for file in files)


def test_the_build_consists_of_a_style_sheet_a_script_and_two_fonts(built: Path) -> None:
    assert sorted(file.name for file in built.iterdir()) == [
        "figtree-latin-ext.woff2",
        "figtree-latin.woff2",
        "govuk.css",
        "govuk.js",
    ]


def test_nothing_of_the_british_governments_typeface_or_crown_is_left(built: Path) -> None:
    found = [
        (file.name, word)
        for file in (built / "govuk.css", built / "govuk.js")
        for word in ("GDS Transport", "crown", "/assets/", "fonts/")
        if word.lower() in file.read_text("utf-8").lower()
    ]
    assert found == []


def test_the_only_faces_are_figtrees_and_their_files_are_there(built: Path) -> None:
    css = (built / "govuk.css").read_text("utf-8")
    faces = re.findall(r"@font-face\{font-family:([^;]+);", css)
    addresses = re.findall(r"url\(([^)]+)\)", css)
    assert faces == ["Figtree", "Figtree"]
    assert [address for address in addresses if not (built / address).is_file()] == []


def test_the_components_stand_in_a_layer_with_every_brace_closed(built: Path) -> None:
    css = (built / "govuk.css").read_text("utf-8")
    assert css.count("{") == css.count("}")
    assert css.split("@layer reset,govuk;")[1].startswith("@layer govuk{")
    for component in ("button", "input", "radios", "error-summary", "file-upload", "character-count", "tabs"):
        assert f".govuk-{component}" in css


def test_every_custom_property_the_components_ask_for_is_set_by_our_style_sheet(built: Path) -> None:
    asked = set(re.findall(r"var\((--[a-z0-9-]+)\)", (built / "govuk.css").read_text("utf-8")))
    ours = set(re.findall(r"(--[a-z0-9-]+):", (STATIC / "oproep.css").read_text("utf-8")))
    assert asked - ours == set()


def test_building_twice_gives_the_same_files(built: Path) -> None:
    before = {file.name: file.read_bytes() for file in built.iterdir()}
    build(NODE_MODULES, built)
    assert {file.name: file.read_bytes() for file in built.iterdir()} == before


def test_without_the_packages_it_says_to_run_make_setup(tmp_path: Path) -> None:
    with pytest.raises(PackagesMissing, match="make setup"):
        build(tmp_path / "node_modules", tmp_path / "build")
    assert not (tmp_path / "build").exists()


def test_a_first_visit_stays_light(built: Path) -> None:
    css = gzipped(built / "govuk.css", STATIC / "oproep.css")
    script = gzipped(built / "govuk.js", STATIC / "oproep.js")
    font = (built / "figtree-latin.woff2").stat().st_size
    assert css <= 24 * KIB
    assert script <= 14 * KIB
    assert css + script + font <= 60 * KIB


def test_no_template_of_the_kit_needs_an_inline_style_or_script() -> None:
    found = [
        (name, part)
        for name in ("base.html", "components.html")
        for part in re.findall(
            r"<style|<script(?![^>]* src=)|\sstyle=\"|\son[a-z]+=\"",
            re.sub(r"\{#.*?#\}", "", (TEMPLATES / name).read_text("utf-8"), flags=re.S),
        )
    ]
    assert found == []
