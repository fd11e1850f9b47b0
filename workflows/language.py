"""Dutch, French, English: choosing a text, and saying a reason as a sentence with its facts written the local way."""

import string
import tomllib
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from workflows.money import show_amount
from workflows.problems import Reason

LANGUAGES = ("nl", "fr", "en")
OFFICIAL = ("nl", "fr")
NAMES = {"nl": "Nederlands", "fr": "Français", "en": "English"}
BRUSSELS = ZoneInfo("Europe/Brussels")
_AT = {"nl": "om", "fr": "à", "en": "at"}
SENTENCES = Path(__file__).parent / "sentences"

Text = Mapping[str, str]


def text_in(text: Text | str, language: str) -> str:
    """The text in the language; where it lacks, English falls back to French and the others to each other."""
    if isinstance(text, str):
        return text
    for candidate in (language, "fr" if language != "fr" else "nl", "nl", "en"):
        if text.get(candidate):
            return text[candidate]
    return ""


def show_day(day: date | str, language: str) -> str:
    """`31 januari 2027`, `31 janvier 2027`, `31 January 2027`; the first day of a French month is `1er`."""
    if isinstance(day, str):
        day = date.fromisoformat(day[:10])
    pattern = "'1er' MMMM y" if language == "fr" and day.day == 1 else "d MMMM y"
    return format_date(day, pattern, locale=_locale(language))


def show_moment(moment: datetime | str, language: str) -> str:
    """A UTC instant in Brussels time, to the minute, or to the second where the second is not zero."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return show_wall(moment.astimezone(BRUSSELS), language)


def show_clock(moment: datetime, language: str) -> str:
    """The Brussels hour and minute of an instant: `17:42`, `17 h 42`."""
    local = moment.astimezone(BRUSSELS)
    return f"{local:%-H}\u00a0h\u00a0{local:%M}" if language == "fr" else f"{local:%H:%M}"


def _clock(local: datetime, language: str) -> str:
    """Hour and minute, and the second where it is not zero."""
    if language == "fr":
        return f"{local:%-H}\u00a0h\u00a0{local:%M}" + (f"\u00a0min\u00a0{local:%S}\u00a0s" if local.second else "")
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def hours_in_brussels(wall: datetime) -> int:
    """How often a Brussels wall-clock time exists: once, in the night of winter time twice, of summer time never."""
    first, second = (wall.replace(tzinfo=BRUSSELS, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return 1
    return 2 if first.astimezone(UTC).astimezone(BRUSSELS).replace(tzinfo=None) == wall.replace(tzinfo=None) else 0


def show_wall(wall: datetime | str, language: str) -> str:
    """A Brussels wall-clock time as it was typed, also where the clock skips it."""
    given = datetime.fromisoformat(wall) if isinstance(wall, str) else wall
    return f"{show_day(given.date(), language)} {_AT[language]} {_clock(given, language)}"


def show_score(hundredths: int, language: str) -> str:
    """A score held in 1/100 point, such as 74,56."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}{'.' if language == 'en' else ','}{rest:02d}"


def show_share(hundredths: int, language: str) -> str:
    """A share held in 1/100 %, such as `7 %` or `12,5 %`; English writes no space."""
    whole, rest = divmod(hundredths, 100)
    decimals = f"{'.' if language == 'en' else ','}{rest:02d}".rstrip("0") if rest else ""
    return f"{whole}{decimals}{'' if language == 'en' else chr(0xA0)}%"


def tidy(text: str | None) -> str:
    """What a person typed, in one form: a newline is one character, accents are composed, no control characters."""
    composed = unicodedata.normalize("NFC", (text or "").replace("\r\n", "\n").replace("\r", "\n"))
    kept = (sign for sign in composed if sign in "\n\t" or unicodedata.category(sign) != "Cc")
    return "".join(kept).strip()


def seen_length(text: str) -> int:
    """The number of characters a person sees: a new line is one, a letter with its accents is one, and so is a picture
    that is made of several."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    count, joined, half_flag = 0, False, False
    for sign in composed:
        flag = "\U0001f1e6" <= sign <= "\U0001f1ff"
        adds = joined or unicodedata.category(sign) in ("Mn", "Me") or "\U0001f3fb" <= sign <= "\U0001f3ff"
        joined = sign == "\u200d"
        if not (adds or joined or (flag and half_flag)):
            count += 1
        half_flag = flag and not half_flag
    return count


def say(reason: Reason, language: str) -> str:
    """The reason as a sentence of the language."""
    sentence = sentences()[reason.code]
    return _Local(language).vformat(text_in(sentence, language), (), reason.facts)


@cache
def sentences() -> dict[str, Text]:
    """Every sentence by its code, the languages side by side, from `workflows/sentences/*.toml`."""
    found: dict[str, Text] = {}
    for path in sorted(SENTENCES.glob("*.toml")):
        for code, text in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if code in found:
                raise ValueError(f"{path.name}: the sentence {code} stands in two files")
            found[code] = text
    return found


def fill(template: str, facts: Mapping[str, Any], language: str) -> str:
    """Fill the fixed placeholders of a text that people edit; no code runs in it."""
    return _Local(language).vformat(template, (), facts)


def placeholders(template: str) -> frozenset[str]:
    """What stands between braces in a template, the format with the name: `awarded:money`, `rank`.

    Raises ValueError on a brace that is left open.
    """
    return frozenset(
        name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
        for _, name, form, conversion in string.Formatter().parse(template)
        if name is not None
    )


def _locale(language: str) -> str:
    return {"nl": "nl_BE", "fr": "fr_BE", "en": "en_GB"}[language]


class _Local(string.Formatter):
    """`{ceiling:money}`, `{at:moment}`, `{starts:day}`, `{mean:score}`, `{zone}`: facts as the language writes them."""

    def __init__(self, language: str) -> None:
        self.language = language

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        return kwargs[field_name], field_name  # no attribute, no index: a placeholder is a name and nothing else

    def format_field(self, value: Any, format_spec: str) -> str:
        match format_spec:
            case "money":
                return show_amount(value, self.language)
            case "moment":
                return show_moment(value, self.language)
            case "wall":
                return show_wall(value, self.language)
            case "day":
                return show_day(value, self.language)
            case "score":
                return show_score(value, self.language)
            case "share":
                return show_share(value, self.language)
            case "reason":
                return say(Reason(value["code"], value["facts"]), self.language)
        return self._plain(value)

    def _plain(self, value: Any) -> str:
        if isinstance(value, Mapping):
            return text_in(value, self.language)
        if isinstance(value, (list, tuple)):
            return ", ".join(self._plain(part) for part in value)
        return str(value)
