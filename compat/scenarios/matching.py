"""What an answer is to look like, and what is wrong with one that does not.

A value is matched by an equal one; a mapping by one that has these fields, and maybe others; a list by one of the same
length, item by item. A mapping of the words below states more; all of it must hold.

    $type: string           or integer, number, boolean, object, list, null; or a list of these
    $matches: "v_[a-z]+"    a regular expression for the whole text
    $one_of: [a, b]         one of these matchers
    $not: matcher
    $present: true          any value but null
    $absent: true           no such field, or null
    $length: 3              of a list or text; $at_least and $at_most for numbers and lengths
    $each: matcher          for every item of a list
    $contains: matcher      for at least one item of a list
"""

import re


class Absent:
    def __repr__(self):
        return "nothing"


# In the place of a field that is not there.
ABSENT = Absent()

TYPES = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "list": lambda value: isinstance(value, list),
    "null": lambda value: value is None,
}


class NoMatcher(Exception):
    """A mapping that states nothing that can be checked."""


def is_words(matcher):
    return isinstance(matcher, dict) and any(str(key).startswith("$") for key in matcher)


def check(matcher):
    """Refuses a word that is not known, or that has a value it cannot have."""
    if isinstance(matcher, list):
        for inner in matcher:
            check(inner)
    elif is_words(matcher):
        for word, value in matcher.items():
            check_word(word, value)
    elif isinstance(matcher, dict):
        for inner in matcher.values():
            check(inner)


def check_word(word, value):
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if word == "$type":
        fits = all(name in TYPES for name in listed(value))
    elif word == "$matches":
        fits = isinstance(value, str) and is_regular(value)
    elif word == "$one_of":
        fits = isinstance(value, list) and len(value) > 1
        check(value)
    elif word in ("$present", "$absent"):
        fits = value is True
    elif word in ("$length", "$at_least", "$at_most"):
        # A number that an earlier step captured is not known yet.
        fits = is_number or isinstance(value, str)
    elif word in ("$not", "$each", "$contains"):
        fits = True
        check(value)
    else:
        raise NoMatcher(f"'{word}' is no word of a matcher")
    if not fits:
        raise NoMatcher(f"'{word}' cannot be {value!r}")


def is_regular(text):
    try:
        return bool(re.compile(text))
    except re.error:
        return False


def listed(value):
    return value if isinstance(value, list) else [value]


def faults(matcher, value, place="body"):
    """What is wrong with a value, a line each."""
    if is_words(matcher):
        found = []
        for word, wanted in matcher.items():
            found += word_faults(word, wanted, value, place)
        return found
    if isinstance(matcher, dict):
        if not isinstance(value, dict):
            return [f"{place} is {value!r:.200}, not an object"]
        found = []
        for key, inner in matcher.items():
            found += faults(inner, value.get(key, ABSENT), f"{place}.{key}")
        return found
    if isinstance(matcher, list):
        if not isinstance(value, list) or len(value) != len(matcher):
            return [f"{place} is {value!r:.200}, not a list of {len(matcher)}"]
        found = []
        for index, (inner, item) in enumerate(zip(matcher, value)):
            found += faults(inner, item, f"{place}[{index}]")
        return found
    # True is 1 to Python, and not to JSON.
    is_equal = value == matcher and isinstance(value, bool) == isinstance(matcher, bool)
    return [] if is_equal else [f"{place} is {value!r:.200}, not {matcher!r}"]


def word_faults(word, wanted, value, place):
    if word == "$absent":
        return [] if value is ABSENT or value is None else [f"{place} is {value!r:.200}, not absent"]
    if value is ABSENT:
        return [f"{place} is not there"]
    if word == "$present":
        return [] if value is not None else [f"{place} is null"]
    if word == "$type":
        is_one = any(TYPES[name](value) for name in listed(wanted))
        return [] if is_one else [f"{place} is {value!r:.200}, of another type than {wanted}"]
    if word == "$matches":
        fits = isinstance(value, str) and re.fullmatch(wanted, value, re.DOTALL)
        return [] if fits else [f"{place} is {value!r:.200}, which does not match {wanted}"]
    if word == "$one_of":
        fits = any(not faults(one, value, place) for one in wanted)
        return [] if fits else [f"{place} is {value!r:.200}, none of {wanted!r}"]
    if word == "$not":
        return [] if faults(wanted, value, place) else [f"{place} is {value!r:.200}, which it is not to be"]
    if word in ("$length", "$at_least", "$at_most"):
        return size_faults(word, wanted, value, place)
    if not isinstance(value, list):
        return [f"{place} is {value!r:.200}, not a list"]
    by_item = [faults(wanted, item, f"{place}[{index}]") for index, item in enumerate(value)]
    if word == "$each":
        return [fault for found in by_item for fault in found]
    return [] if any(not found for found in by_item) else [f"{place} has no item like {wanted!r}"]


def size_faults(word, wanted, value, place):
    is_number = TYPES["number"](value)
    if not is_number and not isinstance(value, (str, list)) or is_number and word == "$length":
        return [f"{place} is {value!r:.200}, which has no length"]
    size = value if is_number else len(value)
    fits = {"$length": size == wanted, "$at_least": size >= wanted, "$at_most": size <= wanted}[word]
    return [] if fits else [f"{place} is {size} {'' if is_number else 'long'}, not {word[1:].replace('_', ' ')} {wanted}"]
