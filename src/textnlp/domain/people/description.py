"""A persona in a few English sentences that say the same as its fields."""

from typing import Any

from textnlp.domain.people.contact import CONTACT_AGE
from textnlp.domain.people.life import ADULT_AGE, RETIRED
from textnlp.domain.people.persona import Persona
from textnlp.domain.people.table import shared_table

_EDUCATION = {
    "none": "has no formal education",
    "primary school": "finished primary school",
    "lower secondary school": "finished lower secondary school",
    "upper secondary school": "finished upper secondary school",
    "vocational training": "completed vocational training",
    "bachelor's degree": "has a bachelor's degree",
    "master's degree": "has a master's degree",
    "doctorate": "has a doctorate",
}
_PRONOUNS = {"female": "she", "male": "he"}
_POSSESSIVES = {"female": "Her", "male": "His"}
_VARIANTS = 2


def describe(person: dict[str, Any], *, persona: Persona, place: str, number: int) -> str:
    """Return three or four sentences about a person.

    Args:
        person: Their fields.
        persona: Their character.
        place: Where they live, in Latin letters.
        number: Decides between ways of saying the same.
    """
    rest, opening = divmod(number, _VARIANTS)
    rest, closing = divmod(rest, _VARIANTS)
    they = _PRONOUNS[person["sex"]]
    sentences = [_opening(person, place=place, variant=opening)]
    if person["age"] >= ADULT_AGE:
        sentences.append(f"{they.capitalize()} {_status(person)} and {_EDUCATION[person['education']]}.")
    sentences.append(f"{they.capitalize()} {_likings(person, persona=persona, number=rest)}.")
    if closing:
        sentences.append(
            f"{_POSSESSIVES[person['sex']]} goal is to {persona.goal}; in conversation {they} is {persona.style}."
        )
    else:
        sentences.append(f"{they.capitalize()} wants to {persona.goal} and comes across as {persona.style}.")
    return " ".join(sentences)


def article_of(age: int) -> str:
    """Return "a" or "an", whichever stands before an age in digits when it is read aloud."""
    return "an" if age in {8, 11, 18} or age // 10 == 8 else "a"  # noqa: PLR2004 -- eight, eleven, eighteen, eighty


def join(items: list[str]) -> str:
    """Return items as an English enumeration."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _opening(person: dict[str, Any], *, place: str, variant: int) -> str:
    name, age, occupation = person["name_latin"], person["age"], person["occupation"]
    if occupation == RETIRED:
        return f"{name} is {age} years old, {RETIRED}, and lives in {place}."
    where = f"who lives in {place}" if variant else f"from {place}"
    if age == 0:
        return f"{name} is a baby {where}."
    return f"{name} is {article_of(age)} {age}-year-old {occupation or 'child'} {where}."


def _status(person: dict[str, Any]) -> str:
    status = person["marital_status"]
    return "lives with a partner" if status == "cohabiting" else f"is {status}"


def _likings(person: dict[str, Any], *, persona: Persona, number: int) -> str:
    phrases = shared_table().trait_phrases
    told = [phrases[trait][level] for trait, level in persona.levels.items() if level in phrases[trait]]
    likes = f"enjoys {join(persona.interests)}"
    return f"{told[number % len(told)]} and {likes}" if told and person["age"] >= CONTACT_AGE else likes
