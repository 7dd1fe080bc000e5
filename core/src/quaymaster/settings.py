"""Typed settings, from flags, the environment and `quaymaster.toml`, in that order of precedence."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from quaymaster.errors import SettingsError, nearest_first
from quaymaster.http_settings import HttpSettings
from quaymaster.policy import Policy

__all__ = [
    "PluginSettings",
    "Profile",
    "ProfileSettings",
    "Settings",
    "explain",
    "load_settings",
    "settings_file",
    "user_settings_file",
]

_FILE_NAME = "quaymaster.toml"

_REGION_URLS = {"eu": "https://api.port.io", "us": "https://api.us.port.io"}
"""Base URLs by region (Port's docs: API reference, "Regions")."""

Names = Annotated[tuple[str, ...], NoDecode]
"""A list of names: a TOML array, or one string with commas."""


@dataclass(frozen=True)
class Profile:
    """One organisation in Port: where it is, where its credential comes from, and what may be done there.

    Attributes:
        name: The profile's name in the settings.
        base_url: Where the API is, without `/v1` and without a trailing slash. A scheme other than http and https is
            served by a pack (`sandbox://demo`).
        credentials: The reference of the credential: `env:ACME` stands for ACME_CLIENT_ID and ACME_CLIENT_SECRET,
            `keyring:acme` for what `quaymaster login` has put into the system's keyring.
        policy: What this profile allows.
        organization: The id of the organisation in Port that the credential must open; None if it is not pinned.
    """

    name: str
    base_url: str
    credentials: str
    policy: Policy
    organization: str | None = None


class ProfileSettings(BaseModel):
    """What one organisation needs: a `[profiles.NAME]` table, or the same fields at the top level."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    region: str = Field("eu", description="Port's region: eu or us")
    base_url: str | None = Field(None, description="where Port's API is, instead of a region")
    credentials: str = Field("env:PORT", description="where the credential comes from")
    organization: str | None = Field(
        None, description="the id of the only organization that the credential may open; `quaymaster login` pins it"
    )
    read_only: bool = Field(False, description="hide and refuse everything that can change Port")
    packs: Annotated[frozenset[str], NoDecode] | None = Field(
        None, description="packs that are offered, with their tools, prompts and resources; unset: all"
    )
    allowed_actions: Annotated[frozenset[str], NoDecode] | None = Field(
        None, description="self-service actions that may be run; unset: all"
    )
    allow_tools: Names | None = Field(None, description="glob patterns of the tools to offer; unset: all")
    deny_tools: Names = Field((), description="glob patterns of the tools to hide and refuse; wins over allow_tools")

    @field_validator("region")
    @classmethod
    def _known_region(cls, region: str) -> str:
        folded = region.strip().lower()
        if folded not in _REGION_URLS:
            raise ValueError(f"{region!r} is not a region of Port's; choose 'eu' or 'us'")
        return folded

    @field_validator("base_url")
    @classmethod
    def _usable_base_url(cls, base_url: str | None) -> str | None:
        if base_url is None or not base_url.strip():
            return None
        stripped = base_url.strip().rstrip("/").removesuffix("/v1")
        if "://" not in stripped:
            raise ValueError(f"{base_url!r} is not a URL; write it as https://HOST")
        return stripped

    @field_validator("packs", "allowed_actions", "allow_tools", "deny_tools", mode="before")
    @classmethod
    def _split_at_commas(cls, names: object) -> object:
        return [name.strip() for name in names.split(",") if name.strip()] if isinstance(names, str) else names

    def policy(self) -> Policy:
        """Returns the limits that these settings set."""
        return Policy(
            read_only=self.read_only,
            packs=self.packs,
            allowed_actions=self.allowed_actions,
            allow_tools=() if self.allow_tools is None else (self.allow_tools,),
            deny_tools=self.deny_tools,
        )

    def as_profile(self, name: str) -> Profile:
        """Returns these settings as the profile of that name."""
        base_url = self.base_url or _REGION_URLS[self.region]
        return Profile(name, base_url, self.credentials, self.policy(), self.organization)


class PluginSettings(BaseModel):
    """Which packs may load: the `[plugins]` table, or QUAYMASTER_PLUGINS__ALLOW and __DENY."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    allow: Names | None = Field(None, description="packs to load, as NAME or NAME@DISTRIBUTION; unset: all installed")
    deny: Names = Field((), description="packs never to import; wins over allow")
    lock: Path | None = Field(
        None, description="the file of trusted packs; unset: plugins.lock beside the settings file, if it is there"
    )
    load_timeout_s: float = Field(10.0, gt=0, le=300, description="how long a pack may take to import, in seconds")

    @field_validator("allow", "deny", mode="before")
    @classmethod
    def _split_at_commas(cls, names: object) -> object:
        return [name.strip() for name in names.split(",") if name.strip()] if isinstance(names, str) else names


class Settings(ProfileSettings, BaseSettings):
    """Everything that can be set. Tables that are not named here belong to the pack of that name."""

    model_config = SettingsConfigDict(
        env_prefix="QUAYMASTER_", env_nested_delimiter="__", extra="allow", populate_by_name=True
    )

    region: str = Field(
        "eu", validation_alias=AliasChoices("region", "QUAYMASTER_REGION", "PORT_REGION"), description="eu or us"
    )
    base_url: str | None = Field(
        None,
        validation_alias=AliasChoices("base_url", "QUAYMASTER_BASE_URL", "PORT_BASE_URL"),
        description="where Port's API is, instead of a region",
    )
    profiles: dict[str, ProfileSettings] = Field(default_factory=dict, description="one table an organisation")
    default_profile: str | None = Field(None, description="the profile for calls that name none; unset: the first")
    plugins: PluginSettings = PluginSettings()
    http: HttpSettings = HttpSettings()
    timeout_s: float = Field(60.0, gt=0, le=600, description="how long one call may take, in seconds")
    answer_tokens: int = Field(6000, ge=500, le=50_000, description="the longest answer, in estimated tokens")
    audit_file: Path | None = Field(None, description="append one line of JSON for each call to this file")
    state_url: SecretStr | None = Field(
        None,
        description="where sessions and other state are kept: sqlite:///PATH, or redis://HOST:PORT/DB to share it with "
        "other machines; unset: a file in the user's data folder",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Puts the settings files below the environment; no .env file is read."""
        files = [TomlConfigSettingsSource(settings_cls, path) for path in _settings_files()]
        _refuse_shared_profiles([it.toml_data for it in files])
        return init_settings, env_settings, *files

    def all_profiles(self) -> dict[str, Profile]:
        """Returns the profiles by name, the default one first; each is tightened by the top-level limits.

        A credential that the environment itself holds comes before profiles that do not use it: it is what the client
        that launched this server gave it.
        """
        if not self.profiles:
            return {"default": self.as_profile("default")}
        names = list(self.profiles)
        if self.default_profile is not None:
            if self.default_profile not in self.profiles:
                choices = ", ".join(nearest_first(self.default_profile, names))
                raise SettingsError(f"default_profile {self.default_profile!r} is not a profile; there are: {choices}")
            names.sort(key=lambda name: name != self.default_profile)
        elif _environment_has_credential() and all(it.credentials != "env:PORT" for it in self.profiles.values()):
            names.insert(0, "default")
        profiles = {name: self.profiles.get(name, self).as_profile(name) for name in names}
        return {name: replace(it, policy=it.policy.tightened_by(self.policy())) for name, it in profiles.items()}

    def only(self, name: str) -> "Settings":
        """Returns these settings with one profile, as if the others were not there.

        Raises:
            SettingsError: There is no such profile; the text lists those that there are.
        """
        if name not in self.profiles:
            choices = ", ".join(nearest_first(name, self.profiles)) or "none; `quaymaster login` makes one"
            raise SettingsError(f"unknown profile {name!r}; there are: {choices}")
        return self.model_copy(update={"profiles": {name: self.profiles[name]}, "default_profile": name})

    def table_of(self, pack: str) -> dict[str, object]:
        """Returns the table that the settings file has for a pack; empty if it has none."""
        table = (self.model_extra or {}).get(pack, {})
        if not isinstance(table, dict):
            raise SettingsError(f"setting {pack!r} must be a table: write [{pack}] and its fields below it")
        return table


def load_settings(**flags: object) -> Settings:
    """Returns the settings; flags that are None count as not given.

    Raises:
        SettingsError: A value cannot be used, or the settings file cannot be read.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # each is validated by its field
    except ValidationError as exc:
        raise SettingsError(explain(exc, "QUAYMASTER_")) from exc
    except (OSError, ValueError) as exc:
        raise SettingsError(f"cannot read {' or '.join(map(str, _settings_files()))}: {exc}") from exc


def settings_file() -> Path:
    """Returns where the settings file of this place is, whether it exists or not."""
    return Path(os.environ.get("QUAYMASTER_SETTINGS", _FILE_NAME))


def user_settings_file() -> Path:
    """Returns where the settings are that follow a person wherever a client launches the server.

    QUAYMASTER_SETTINGS names the only file there is; otherwise as the XDG Base Directory Specification says, and in
    APPDATA on Windows. By hand, because `platformdirs` takes longer to import than all settings to read.
    """
    if "QUAYMASTER_SETTINGS" in os.environ:
        return settings_file()
    folder = os.environ.get("APPDATA" if os.name == "nt" else "XDG_CONFIG_HOME")
    return (Path(folder) if folder else Path.home() / ".config") / "quaymaster" / _FILE_NAME


def _environment_has_credential() -> bool:
    names = (f"{prefix}_CLIENT_ID{suffix}" for prefix in ("QUAYMASTER", "PORT") for suffix in ("", "_FILE"))
    return any(os.environ.get(name) for name in names)


def _settings_files() -> list[Path]:
    """Returns the files that settings are read from, the one that wins first."""
    return list(dict.fromkeys([settings_file(), user_settings_file()]))


def _refuse_shared_profiles(files: Sequence[Mapping[str, object]]) -> None:
    """Refuses a profile that two files describe: a file in some folder must not change what a person has set up."""
    names = [set(profiles) for it in files if isinstance(profiles := it.get("profiles", {}), dict)]
    if shared := set.intersection(*names) if len(names) > 1 else set():
        raise SettingsError(
            f"profile {min(shared)!r} is in {settings_file()} and in {user_settings_file()}; keep it in one of them"
        )


def explain(exc: ValidationError, prefix: str) -> str:
    """Returns settings are wrong and by which variable each is set; never shows a value that may be a secret."""
    lines = []
    for error in exc.errors(include_input=False, include_url=False):
        path = [str(part) for part in error["loc"]]
        reason = error["msg"].removeprefix("Value error, ")
        lines.append(f"setting {'.'.join(path)!r} ({prefix}{'__'.join(path).upper()}): {reason}")
    return "; ".join(lines)
