"""The registry of helplines: which line to name to whom, for which need."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from signpost.files import DATA, FileError, Strict, line_of, read, read_text, shown
from signpost.settings import settings_path

HELPLINES = DATA / "helplines.yml"
ELSEWHERE = "XX"

Role = Literal["emergency", "crisis", "support", "family", "alone"]
ROLES: tuple[Role, ...] = ("emergency", "crisis", "support", "family", "alone")

Digits = Annotated[str, StringConstraints(pattern=r"^\+?[0-9]+$")]


class TextLine(Strict):
    """A number to send a text message to, and the words to send where the line asks for certain ones."""

    to: str
    body: str | None = None


class Helpline(Strict):
    """One line a person can call, text or open."""

    id: str
    name: str
    short: str | None = None
    call: str | None = None
    said: str | None = None
    dial: Digits | None = None
    call_alternative: str | None = None
    text: TextLine | None = None
    tty: str | None = None
    web: str | None = None
    hours: str | None = None
    when: str | None = None
    free: bool = False
    languages: list[str] = []
    regions: list[str] = []
    needs: list[str] = Field(alias="for", min_length=1)
    confidence: Literal["A", "B"]
    last_checked: datetime.date

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if not (self.call or self.text or self.web):
            raise ValueError(f"{self.id} has no way to reach it; give `call`, `text` or `web`")
        if bool(self.call) != bool(self.dial):
            raise ValueError(f"{self.id} needs both `call` (as shown) and `dial` (digits)")
        return self

    @property
    def number(self) -> str:
        """How to reach it in the fewest words: "call or text 988", "116 123", "text SHOUT to 85258"."""
        if self.call and self.text and self.text.body is None and self.text.to == self.call:
            return f"call or text {self.call}"
        if self.call:
            return f"{self.call} or {self.call_alternative}" if self.call_alternative else self.call
        if self.text:
            return f"text {self.text.body} to {self.text.to}" if self.text.body else f"text {self.text.to}"
        assert self.web is not None
        return self.web.removeprefix("https://").removeprefix("www.").rstrip("/")

    @property
    def brief(self) -> str:
        """Name and number for a closing line."""
        name = self.short or self.name
        when = f" ({self.when})" if self.when else ""
        return f"{name}{when}" if name == self.number else f"{name}: {self.number}{when}"

    @property
    def full(self) -> str:
        """Name, every way to reach it, and when, for the full block."""
        ways = [self.number]
        if self.call and self.text and not self.number.startswith("call or text"):
            ways.append(f"text {self.text.body} to {self.text.to}" if self.text.body else f"text {self.text.to}")
        facts = [fact for fact in (self.hours, "free" if self.free else None, *self.regions) if fact]
        about = f" ({', '.join(facts)})" if facts else ""
        return f"{self.name}: {', or '.join(ways)}{about}"


class Country(Strict):
    """A country or region: its lines, and which of them answers which need."""

    name: str
    within: str
    parent: str | None = None
    roles: dict[Role, list[str]]
    lines: list[Helpline] = []


class _File(Strict):
    countries: dict[str, Country]


class RegistryError(ValueError):
    """The registry contradicts itself. `location` is where in the file, as keys from its top."""

    def __init__(self, location: tuple[str, ...], problem: str) -> None:
        super().__init__(f"{'.'.join(location)}: {problem}")
        self.location = location


class Registry:
    """Helplines by country code.

    Args:
        countries: code ("US", "GB-WLS", "XX" for elsewhere) to country.
        default: code of the country whose lines are shown to people who have not said where they are.

    Raises:
        RegistryError: a role names a line that is not there, a need has no line, an id stands twice, or a parent is
            unknown or has a parent itself.
    """

    def __init__(self, countries: dict[str, Country], default: str) -> None:
        self._countries = countries
        self._by_id: dict[str, Helpline] = {}
        self._default = default
        for code, country in countries.items():
            for line in country.lines:
                if line.id in self._by_id:
                    raise RegistryError(("countries", code, "lines"), f"the id {line.id} stands twice; rename one")
                self._by_id[line.id] = line
            if country.parent and (country.parent not in countries or countries[country.parent].parent):
                raise RegistryError(("countries", code, "parent"), f"{country.parent} is no country; name one")
        # Asked for in every reply, and never different.
        self._brief = {(code, role): self._joined(code, role) for code in countries for role in ROLES}
        self._blocks = {code: self._block(code) for code in countries}

    @property
    def countries(self) -> dict[str, Country]:
        return self._countries

    def code(self, stated: str | None) -> str:
        """Returns the code to use for what a person stated: theirs if known, else the operator's default."""
        return stated if isinstance(stated, str) and stated in self._countries else self._default

    def lines_for(self, code: str, role: Role) -> list[Helpline]:
        """Returns the lines for a need in a country, the first to name first; a region falls back on its parent."""
        country = self._countries[code]
        if role in country.roles:
            missing = [line for line in country.roles[role] if line not in self._by_id]
            if missing:
                raise RegistryError(("countries", code, "roles", role), f"no line has the id {missing[0]}; mend it")
            return [self._by_id[line] for line in country.roles[role]]
        return self.lines_for(country.parent, role) if country.parent else []

    def brief(self, code: str, role: Role) -> str:
        """Returns "name: number" for a need in a country, two lines joined by "or" where the first has office hours."""
        return self._brief[code, role]

    def emergency(self, code: str) -> str:
        """Returns the emergency number alone, as it stands in a sentence ("911")."""
        line = self.lines_for(code, "emergency")[0]
        return line.said or line.number

    def block(self, code: str) -> str:
        """Returns the full block: one line of text a helpline, the emergency number first."""
        return self._blocks[code]

    def _joined(self, code: str, role: Role) -> str:
        lines = self.lines_for(code, role)
        if not lines:
            raise RegistryError(("countries", code, "roles"), f"no line for '{role}'; name one")
        return " or ".join(line.brief for line in lines)

    def shown(self, code: str) -> list[Helpline]:
        """Returns every line to show in a country, the emergency number first, then its own, then its parent's."""
        country = self._countries[code]
        lines = list(self._countries[country.parent].lines) if country.parent else []
        own = {line.id for line in country.lines}
        named = [line for role in ROLES for line in self.lines_for(code, role)]
        first = self.lines_for(code, "emergency")
        every = {line.id: line for line in (*first, *country.lines, *named, *lines)}.values()
        return [line for line in every if line.id in own or not line.regions or country.name in line.regions]

    def _block(self, code: str) -> str:
        lines = (f"- {line.full}" for line in self.shown(code))
        return "\n".join([f"Help in {self._countries[code].within}:", *lines])


def load(default: str, path: Path = HELPLINES) -> Registry:
    """Reads the registry.

    Args:
        default: the operator's default country.
        path: the registry's file.

    Raises:
        FileError: the file does not fit, or has no such country; the message gives file, line and mend.
    """
    countries = read(path, _File).countries
    if default not in countries:
        place = f"{shown(settings_path())}, line {line_of(read_text(settings_path()), ('default_country',))}"
        raise FileError(
            f"{place}: default_country: {default} is not one of {', '.join(countries)}. Choose one of these."
        )
    try:
        return Registry(countries, default)
    except RegistryError as error:
        line = line_of(read_text(path), error.location)
        raise FileError(f"{shown(path)}, line {line}: {error}.") from error
