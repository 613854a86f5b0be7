"""Writes down what became of the examples of documents: their requests as scenarios, and a table.

    keep.py KEPT REQUESTS

KEPT is what `run.py --keep` wrote. REQUESTS becomes a file of scenarios for compat/scenarios/run.py with the requests of all
examples that worked, each once; the table is printed.
"""

import collections
import json
import re
import sys

# What documents are about, by the first digits of the SHA-256 of their text.
NAMES = {
    "cfb2a74fd492": "assets of v1, by a URL that is asked for",
    "44ce28933668": "assets of v1, with the file as the body",
    "4388aa9271ee": "assets of v3",
    "88b2553931f6": "pages on v1 and v2 for writers of programs, spring of 2026",
    "c34d18d9f14d": "pages of the developers' site, June 2026",
}


def scenarios(kept):
    """The text of a file of scenarios."""
    examples = collections.defaultdict(set)
    for told in kept:
        if told["steps"]:
            examples[json.dumps(told["steps"])].add((told["document"], told["example"]))
    lines = [
        "# Requests as examples of HeyGen's documents make them, with other files and other words: written by keep.py.",
        "noun: documents",
        "scenarios:",
    ]
    seen = collections.Counter()
    for steps, of in examples.items():
        steps = json.loads(steps)
        asked = ", then ".join(f"{method} {step[method]}" for step in steps for method in [next(iter(step))])
        seen[asked] += 1
        again = f", body {seen[asked]}" if seen[asked] > 1 else ""
        name = f"{asked}{again} (as in {len(of)} example{'s' * (len(of) > 1)})"
        needs = ["  needs: [source]"] if "${source}" in json.dumps(steps) else []
        spends = any("POST" in step and not re.search("/assets?$|complete", step["POST"]) for step in steps)
        lines += [f"- name: {json.dumps(name)}", *needs, *["  spends: true"] * spends, "  steps:"]
        lines += [f"  - {json.dumps(step)}" for step in steps]
    return "\n".join(lines) + "\n"


def table(kept):
    """What became of the examples of each document."""
    lines = ["| document | uploads that work | others answered | that cannot run as they stand | without a request |"]
    lines.append("|---|---|---|---|---|")
    for document in dict.fromkeys(told["document"] for told in kept):
        of = collections.defaultdict(list)
        for told in kept:
            if told["document"] == document:
                of[told["of"]].append(told)
        counts = [sum(told["became"] == "works" for told in of[kind]) for kind in ("uploads", "others")]
        reasons = collections.Counter(told["became"] for told in of["uploads"] + of["others"])
        del reasons["works"]
        told = ", ".join(f"{count} × {reason}" for reason, count in sorted(reasons.items()))
        uploading = {told["example"] for told in of["uploads"]}
        silent = sum(told["example"] not in uploading for told in of["none"])
        name = NAMES.get(document, document)
        lines.append(f"| {name} | {counts[0]} of {len(of['uploads'])} | {counts[1]} | {told} | {silent} |")
    return "\n".join(lines)


def main():
    kept, requests = sys.argv[1:]
    with open(kept, encoding="utf-8") as file:
        kept = [json.loads(line) for line in file]
    with open(requests, "w", encoding="utf-8") as file:
        file.write(scenarios(kept))
    print(table(kept))


if __name__ == "__main__":
    main()
