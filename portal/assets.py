"""Build the portal's style sheet, script and fonts from the fetched packages: `python -m portal.assets`.

GOV.UK Frontend (MIT) brings proven form components. Its compiled CSS also names a typeface that may only be
used on GOV.UK, a crown, and British government colours. This step takes all of that out and leaves the bare
components, in the cascade layer `govuk`, so that `static/oproep.css`, which stands outside any layer, always
has the last word.
"""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE_MODULES = ROOT / "node_modules"
TARGET = ROOT / "portal" / "static" / "build"

GOVUK_CSS = "govuk-frontend/dist/govuk/govuk-frontend.min.css"
GOVUK_JS = "govuk-frontend/dist/govuk/govuk-frontend.min.js"
FONT = "@fontsource-variable/figtree/files/figtree-{subset}-wght-normal.woff2"

# What each font file covers, as its package declares: the second is fetched only for letters like ő or ł.
SUBSETS = {
    "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,"
    "U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD",
    "latin-ext": "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+0304,U+0308,U+0329,"
    "U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF",
}

# Components of the British government's own page, or that we draw ourselves: dead weight here.
UNUSED = re.compile(
    r"\.govuk-(?:header|footer|service-navigation|generic-header|cookie-banner|exit-this-page|logo|phase-banner|"
    r"accordion|table|task-list|panel|grid|template|skip-link|width-container|main-wrapper|section-break|"
    r"link-image|summary-card|back-link|link--inverse|breadcrumbs--inverse|button--inverse|"
    r"button--start|button__start-icon|tag--|body-lead|\!|clearfix)"
)

# The values written out in the components, and the custom properties of oproep.css that take their place.
COLOURS = {
    "#0b0c0c": "var(--ink)",
    "#484949": "var(--ink-2)",
    "#cecece": "var(--line)",
    "#858686": "var(--line-strong)",
    "#f3f3f3": "var(--card-2)",
    "#f4f8fb": "var(--card-2)",
    "#1d70b8": "var(--brand)",
    "#1a65a6": "var(--brand)",
    "#0f385c": "var(--brand-strong)",
    "#d2e2f1": "var(--brand-tint)",
    "#ca3535": "var(--bad)",
    "#0f7a52": "var(--good)",
    "#fd0": "var(--focus)",
}
TEXT_SIZE = {"font-size:1.1875rem;line-height:1.3157894737": "font-size:1.0625rem;line-height:1.53"}


class PackagesMissing(SystemExit):
    """The front-end packages are not there; the text says how to get them."""


def build(node_modules: Path, target: Path) -> None:
    """Write `govuk.css`, `govuk.js` and the font files into `target`, over what an earlier build left there.

    Raises PackagesMissing, which names `make setup`, if `node_modules` lacks a package.
    """
    wanted = [GOVUK_CSS, GOVUK_JS, *(FONT.format(subset=subset) for subset in SUBSETS)]
    missing = [name for name in wanted if not (node_modules / name).is_file()]
    if missing:
        raise PackagesMissing(f"Run `make setup` first: {node_modules} lacks the front-end files {', '.join(missing)}.")
    target.mkdir(parents=True, exist_ok=True)
    css = (node_modules / GOVUK_CSS).read_text("utf-8")
    (target / "govuk.css").write_text(_faces() + _rethemed(css), "utf-8")
    script = (node_modules / GOVUK_JS).read_text("utf-8")
    (target / "govuk.js").write_text(re.sub(r"//# sourceMappingURL=\S*", "", script), "utf-8")
    for subset in SUBSETS:
        shutil.copyfile(node_modules / FONT.format(subset=subset), target / f"figtree-{subset}.woff2")


def _faces() -> str:
    return "".join(
        "@font-face{font-family:Figtree;font-style:normal;font-weight:300 900;font-display:swap;"
        f'src:url(figtree-{subset}.woff2) format("woff2");unicode-range:{letters}}}\n'
        for subset, letters in SUBSETS.items()
    )


def _rethemed(css: str) -> str:
    """The components of GOV.UK Frontend's compiled CSS, without its typeface, crown and colours."""
    css = re.sub(r"/\*.*?\*/|@charset[^;]*;", "", css, flags=re.S)
    kept = "".join(_kept(css))
    kept = re.sub(r'"?GDS Transport"?,arial,sans-serif', "var(--font)", kept)
    kept = re.sub(r"var\((--govuk-[a-z-]+),#[0-9a-f]+\)", r"var(\1)", kept)
    for size, ours in TEXT_SIZE.items():
        kept = kept.replace(size, ours)
    for colour, ours in COLOURS.items():
        kept = re.sub(re.escape(colour) + r"\b", ours, kept)
    kept = re.sub(r"background-color:#fff\b", "background-color:var(--card)", kept)
    kept = re.sub(r"(?<![-\w])color:#fff\b", "color:var(--on-brand)", kept)
    source = "/* From GOV.UK Frontend (MIT licence), changed by portal/assets.py */\n"
    return f"{source}@layer reset,govuk;@layer govuk{{{kept}}}\n"


def _kept(css: str) -> Iterator[str]:
    for prelude, body in _blocks(css):
        if prelude == "@font-face" or prelude == "@media print":
            continue  # the typeface, and a typeface for paper: oproep.css has its own print styles
        if prelude.startswith(("@media", "@supports")):
            inner = "".join(_kept(body))
            if inner:
                yield f"{prelude}{{{inner}}}"
        elif prelude == ":root":
            # Breakpoints are read by its script; the colours are set in oproep.css.
            yield ":root{" + ";".join(re.findall(r"--govuk-breakpoint-[^;]+", body)) + "}"
        else:
            selectors = [selector for selector in prelude.split(",") if not UNUSED.search(selector)]
            if selectors:
                yield f"{','.join(selectors)}{{{body}}}"


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """Each `prelude{body}` at the top of a minified style sheet; a body may hold blocks of its own."""
    start = depth = opened = 0
    for mark in re.finditer(r"[{}]", css):
        if mark.group() == "{":
            if depth == 0:
                opened = mark.end()
            depth += 1
            continue
        depth -= 1
        if depth == 0:
            yield css[start : opened - 1].strip(), css[opened : mark.start()]
            start = mark.end()


if __name__ == "__main__":
    build(NODE_MODULES, TARGET)
    sys.stdout.write(f"Style sheet, script and fonts are in {TARGET}\n")
