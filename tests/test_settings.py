"""The settings of an installation: whatever is wrong in the environment stops the start with its name."""

import os

import pytest

from config.settings import SettingsError, load


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in which nothing of ours is set."""
    for name in [name for name in os.environ if name.upper().startswith("OPROEP_")]:
        monkeypatch.delenv(name)


def refusal(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load()
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("oproep_mode", "unknown setting oproep_mode; did you mean OPROEP_MODE?"),
        ("Oproep_Mode", "unknown setting Oproep_Mode; did you mean OPROEP_MODE?"),
        ("OPROEP_BASE_ULR", "unknown setting OPROEP_BASE_ULR; did you mean OPROEP_BASE_URL?"),
        ("oproep_base_ulr", "unknown setting oproep_base_ulr; did you mean OPROEP_BASE_URL?"),
    ],
)
def test_a_name_that_is_nearly_a_setting_is_refused_with_the_one_that_was_meant(
    monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    assert refusal(monkeypatch, **{name: "production"}) == said


@pytest.mark.parametrize("name", ["OPROEP_PORT", "oproep_colour", "OPROEP_"])
def test_an_unknown_name_is_refused_with_the_names_there_are(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    said = refusal(monkeypatch, **{name: "1"})
    assert said.startswith(f"unknown setting {name}; known: OPROEP_BASE_URL, OPROEP_DATABASE_URL, ")


def test_the_right_name_beside_a_slip_does_not_hide_the_slip(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(monkeypatch, OPROEP_SMTP_PORT="25", oproep_smtp_port="26").startswith(
        "unknown setting oproep_smtp_port; "
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPROEP_MODE", "live"), ("OPROEP_SMTP_PORT", "many"), ("OPROEP_UPLOAD_LIMIT", "0"),
        ("OPROEP_TRUSTED_PROXIES", "-1"), ("OPROEP_DATABASE_URL", "mysql://here"), ("OPROEP_REDIS_URL", "here"),
        ("OPROEP_BASE_URL", "oproep.example.org"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_with_its_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    assert refusal(monkeypatch, **{name: value}).startswith(f"{name}: ")


def test_names_of_others_are_none_of_our_business(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_OPROEP_MODE", "x")
    assert load().mode == "development"
