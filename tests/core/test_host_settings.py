"""A pack's own settings: where they come from, and how a wrong one is named."""

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from quaymaster.errors import SettingsError
from quaymaster.host import load_host
from quaymaster.host.pack_settings import is_isolated, load_pack_settings
from quaymaster.settings import load_settings


class Harbour(BaseModel):
    name: str = "north"


class AcmeSettings(BaseModel):
    quay: str
    berths: int = Field(3, ge=1)
    ships: list[str] = []
    depths: dict[str, float] = {}
    harbour: Harbour = Harbour()
    key: SecretStr = SecretStr("")


def load(table=None, **environment):
    return load_pack_settings(AcmeSettings, "acme", table or {})


@pytest.fixture
def environment(monkeypatch):
    def set_all(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"QUAYMASTER_ACME__{name}", value)

    return set_all


def test_variables_win_over_the_table(environment):
    environment(QUAY="south")
    assert load({"quay": "north", "berths": 7}) == AcmeSettings(quay="south", berths=7)


@pytest.mark.parametrize("ships", ["a, b,", '["a", "b"]'])
def test_variable_of_several_parts_is_json_or_a_list_with_commas(environment, ships):
    environment(QUAY="[north]", SHIPS=ships, DEPTHS='{"a": 1.5}', HARBOUR='{"name": "south"}')
    assert load() == AcmeSettings(quay="[north]", ships=["a", "b"], depths={"a": 1.5}, harbour=Harbour(name="south"))


@pytest.mark.parametrize(
    ("table", "variables", "message"),
    [
        ({}, {}, "setting 'quay' (QUAYMASTER_ACME__QUAY): Field required"),
        (
            {"quay": "n", "berths": 0},
            {},
            "setting 'berths' (QUAYMASTER_ACME__BERTHS): Input should be greater than or equal to 1",
        ),
        (
            {"quay": "n"},
            {"BERTHS": "many"},
            "setting 'berths' (QUAYMASTER_ACME__BERTHS): Input should be a valid integer, unable to parse string as an "
            "integer",
        ),
        (
            {"quay": "n"},
            {"DEPTHS": "deep"},
            "setting 'depths' (QUAYMASTER_ACME__DEPTHS): Input should be a valid dictionary",
        ),
        (
            {"qay": "n"},
            {},
            "unknown setting 'qay' (QUAYMASTER_ACME__QAY); there are: quay, berths, ships, depths, harbour, key",
        ),
        (
            {"quay": "n"},
            {"BERTH": "7"},
            "unknown setting 'berth' (QUAYMASTER_ACME__BERTH); there are: berths, quay, ships, depths, harbour, key",
        ),
    ],
)
def test_wrong_setting_is_named_with_its_variable(environment, table, variables, message):
    environment(**variables)
    with pytest.raises(SettingsError) as caught:
        load(table)
    assert str(caught.value) == message


def test_secret_never_shows(environment):
    environment(QUAY="n", KEY="s3cret", BERTHS="s3cret")
    with pytest.raises(SettingsError) as caught:
        load()
    assert "s3cret" not in str(caught.value)
    environment(BERTHS="3")
    assert "s3cret" not in repr(load())


def test_settings_may_have_aliases_and_take_what_they_do_not_know(environment):
    class Open(BaseModel):
        model_config = ConfigDict(extra="allow")
        quay: str = Field(alias="theQuay")

    environment(QUAY="north", MORE="x")
    assert load_pack_settings(Open, "acme", {}).model_dump() == {"quay": "north", "more": "x"}
    assert load_pack_settings(Open, "other", {"theQuay": "south"}).quay == "south"


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("1", True), ("off", False), (None, False)])
def test_isolated_is_a_setting_of_the_cores_and_no_packs(environment, value, expected):
    environment(QUAY="north", **({} if value is None else {"ISOLATED": value}))
    assert is_isolated(load_settings(), "acme") is expected
    assert load({"isolated": True}).quay == "north"


def test_isolated_must_be_true_or_false(environment):
    environment(ISOLATED="a bit")
    with pytest.raises(SettingsError, match=r"\(QUAYMASTER_ACME__ISOLATED\) must be true or false"):
        is_isolated(load_settings(), "acme")


def test_table_of_no_pack_is_named_with_the_nearest(make_pack, tmp_path, monkeypatch, caplog):
    (tmp_path / "quaymaster.toml").write_text("reed_only = true\n[acne]\nquay = 'north'\n", encoding="utf-8")
    monkeypatch.setenv("QUAYMASTER_SETTINGS", str(tmp_path / "quaymaster.toml"))
    load_host(load_settings(), [make_pack("acme", "")])
    assert [message.partition(";")[2] for message in caplog.messages] == [
        " nearest: read_only, region, base_url",
        " nearest: acme, region, base_url",
    ]
