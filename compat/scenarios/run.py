"""Runs the scenarios of this folder against a server that speaks HeyGen's API: Rostrum or the original.

    python3 -m pip install -r compat/scenarios/requirements.txt
    python3 compat/scenarios/run.py --base-url http://127.0.0.1:8080 --api-key KEY --ours [FILE...]
    python3 compat/scenarios/run.py --base-url https://api.heygen.com --api-key KEY [--spend] [FILE...]

Prints a line for each scenario, and what was wrong with one that failed; exits with 1 when one did, with 2 when a file is
no scenario. Scenarios that state something of Rostrum's own run with --ours, those that cost credits elsewhere with --ours
or --spend. --send-from FOLDER names a folder with further files to send. --table FILE writes what came out as Markdown between
two marks of FILE. README.md tells how they are written.
"""

import argparse
import collections
import json
import mimetypes
import pathlib
import re
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

import yaml

import matching

HERE = pathlib.Path(__file__).resolve().parent
# Where files to send are looked for.
FOLDERS = [HERE.parent.parent / "fixtures"]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
BODIES = ("json", "text", "bytes", "multipart")
MARKS = ("<!-- scenarios: written by compat/scenarios/run.py -->", "<!-- scenarios: end -->")
# How long an answer may take, in seconds; a speech or an upload of a slow connection takes its time.
PATIENCE_S = 120

Answer = collections.namedtuple("Answer", "status headers body")


class Wrong(Exception):
    """A file that is no scenario."""


class Unexpected(Exception):
    """An answer that is not what the scenario says."""


def known(mapping, place, needed=(), may=()):
    """Checks the keys of a mapping: one that is not known is refused, so that a slip of the pen takes no check away."""
    if not isinstance(mapping, dict):
        raise Wrong(f"{place} must be a mapping")
    for key in needed:
        if key not in mapping:
            raise Wrong(f"{place} lacks '{key}'")
    for key in mapping:
        if key not in (*needed, *may):
            raise Wrong(f"{place} has an unknown key '{key}'")


# --- files ---------------------------------------------------------------------------------------------------------


def read(path):
    """A file's contents, checked."""
    with open(path, encoding="utf-8") as file:
        try:
            told = yaml.load(file, Loader=Loader)
        except yaml.YAMLError as error:
            raise Wrong(f"{path.name} is no YAML: {error}") from error
    known(told, path.name, ("noun", "scenarios"))
    names = set()
    for scenario in told["scenarios"]:
        known(scenario, path.name, ("name", "steps"), ("ours", "spends", "needs", "finally"))
        place = f"{path.name}: {scenario['name']}"
        if scenario["name"] in names:
            raise Wrong(f"{place}: the name stands twice")
        names.add(scenario["name"])
        if not isinstance(scenario.get("ours", ""), str) or not isinstance(scenario.get("spends", True), bool):
            raise Wrong(f"{place}: 'ours' is the reason in words, 'spends' true or false")
        if not isinstance(scenario.get("needs", []), list):
            raise Wrong(f"{place}: 'needs' is a list of names")
        for step in [*scenario["steps"], *scenario.get("finally", [])]:
            check_step(step, place)
    return told


def check_step(step, place):
    known(step, place, may=(*METHODS, *BODIES, "query", "headers", "key", "host", "expect", "capture", "until", "within_s"))
    methods = [method for method in METHODS if method in step]
    if len(methods) != 1:
        raise Wrong(f"{place}: a step has one method, this one has {methods or 'none'}")
    place = f"{place}: {methods[0]} {step[methods[0]]}"
    if sum(kind in step for kind in BODIES) > 1:
        raise Wrong(f"{place} has several bodies")
    if step.get("key", "valid") not in ("valid", "wrong", "none", "bearer"):
        raise Wrong(f"{place}: 'key' is valid, wrong, none or bearer")
    if step.get("host", "api") not in ("api", "upload"):
        raise Wrong(f"{place}: 'host' is api or upload")
    if ("until" in step) != ("within_s" in step):
        raise Wrong(f"{place}: 'until' and 'within_s' belong together")
    for name in ("bytes", "multipart"):
        if name in step:
            known(step[name], f"{place}: {name}", ("file",), ("field", "name", "type"))
            if not path_of(step[name]["file"]):
                raise Wrong(f"{place}: there is no fixture '{step[name]['file']}'")
    if "expect" not in step:
        raise Wrong(f"{place} expects nothing")
    known(step["expect"], f"{place}: expect", ("status",), ("headers", "body"))
    for name in ("body", "headers"):
        check_matcher(step["expect"].get(name), place)
    check_matcher(step.get("until"), place)
    for name, path in step.get("capture", {}).items():
        if not re.fullmatch(r"\w+", name) or not isinstance(path, str):
            raise Wrong(f"{place}: '{name}' captures no path")


def path_of(name):
    """The path of a file to send; none when it is not there."""
    return next((folder / name for folder in FOLDERS if (folder / name).is_file()), None)


def check_matcher(matcher, place):
    try:
        matching.check(matcher)
    except matching.NoMatcher as error:
        raise Wrong(f"{place}: {error}") from error


class Loader(yaml.SafeLoader):
    """Refuses a key that stands twice, of which YAML's own loader would drop one without a word."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"'{key}' stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


# Times of the form 2026-11-23 stay text.
Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: loader.construct_scalar(node))


# --- variables -----------------------------------------------------------------------------------------------------


def fill(value, variables):
    """Puts captured values in the places of `${name}`; one that stands alone keeps its type."""
    if isinstance(value, dict):
        return {key: fill(inner, variables) for key, inner in value.items()}
    if isinstance(value, list):
        return [fill(inner, variables) for inner in value]
    if not isinstance(value, str):
        return value

    def captured(name):
        if name not in variables:
            raise Unexpected(f"nothing was captured as '{name}'")
        return variables[name]

    alone = re.fullmatch(r"\$\{(\w+)\}", value)
    if alone:
        return captured(alone[1])
    return re.sub(r"\$\{(\w+)\}", lambda found: str(captured(found[1])), value)


def at(value, path):
    """The value at a path like `data.items[0].id`."""
    for name, index in re.findall(r"([^.\[\]]+)|\[(-?\d+)\]", path):
        try:
            value = value[int(index)] if index else value[name]
        except (KeyError, IndexError, TypeError):
            raise Unexpected(f"there is no {path} in {short(value)}") from None
    return value


def short(value):
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 600 else f"{text[:600]}…"


# --- requests ------------------------------------------------------------------------------------------------------


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Server:
    def __init__(self, base_url, upload_url, key):
        self.hosts = {"api": base_url.rstrip("/"), "upload": upload_url.rstrip("/")}
        self.key = key
        self.opener = urllib.request.build_opener(NoRedirect)

    def ask(self, method, step):
        """Sends what a step says and reads the answer."""
        path = step[method]
        is_whole = path.startswith(("http://", "https://"))
        url = path if is_whole else self.hosts[step.get("host", "api")] + path
        if "query" in step:
            url += ("&" if "?" in url else "?") + urllib.parse.urlencode(step["query"], doseq=True)
        # A whole URL is one that an answer told; it needs no key, and must not be shown one.
        key = step.get("key", "none" if is_whole else "valid")
        headers = {
            "valid": {"X-Api-Key": self.key},
            "wrong": {"X-Api-Key": "wrong" + secrets.token_hex(16)},
            "bearer": {"Authorization": f"Bearer {self.key}"},
            "none": {},
        }[key]
        body, kind = written(step)
        # An empty type keeps urllib from adding one of its own.
        headers |= {"Accept": "*/*", "User-Agent": "rostrum-scenarios", **({"Content-Type": kind} if kind else {})}
        headers |= {name: str(value) for name, value in step.get("headers", {}).items()}
        request = urllib.request.Request(url, body, headers, method=method)
        for waited in (1, 2, 4, 8, None):
            try:
                with self.opener.open(request, timeout=PATIENCE_S) as answer:
                    return self.read(answer)
            except urllib.error.HTTPError as refused:
                told = self.read(refused)
                # Too many at a time say nothing about the scenario.
                if told.status != 429 or waited is None:
                    return told
                time.sleep(waited)
            except OSError as error:
                raise Unexpected(f"no answer: {error}") from error

    @staticmethod
    def read(answer):
        content = answer.read()
        try:
            body = json.loads(content)
        except ValueError:
            body = content.decode("utf-8", "replace")
        return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, body)


def written(step):
    """The bytes of a step's body and their type."""
    if "json" in step:
        return json.dumps(step["json"]).encode(), "application/json"
    if "text" in step:
        return step["text"].encode(), "text/plain"
    if "bytes" in step:
        file = step["bytes"]
        return path_of(file["file"]).read_bytes(), file.get("type", kind_of(file["file"]))
    if "multipart" in step:
        file = step["multipart"]
        name = file.get("name", pathlib.Path(file["file"]).name)
        kind = file.get("type", kind_of(file["file"]))
        boundary = "scenario" + secrets.token_hex(16)
        disposition = f'form-data; name="{file.get("field", "file")}"; filename="{name}"'
        head = f"--{boundary}\r\nContent-Disposition: {disposition}\r\nContent-Type: {kind}\r\n\r\n"
        content = path_of(file["file"]).read_bytes()
        return b"".join([head.encode(), content, f"\r\n--{boundary}--\r\n".encode()]), f"multipart/form-data; boundary={boundary}"
    return (b"" if {"POST", "PUT", "PATCH"} & step.keys() else None), None


def kind_of(name):
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


# --- running -------------------------------------------------------------------------------------------------------


def run_step(server, step, variables):
    """Carries out a step; adds what it captures to the variables."""
    filled = fill(step, variables)
    method = next(method for method in METHODS if method in step)
    answer = server.ask(method, filled)
    if "until" in step:
        end = time.monotonic() + step["within_s"]
        pause = 0.1
        while matching.faults(filled["until"], answer.body) and answer.status < 400:
            if time.monotonic() > end:
                raise Unexpected(f"{method} {filled[method]}: not within {step['within_s']} s, at last {short(answer.body)}")
            time.sleep(pause)
            pause = min(pause * 1.5, 10)
            answer = server.ask(method, filled)
    expected = filled["expect"]
    faults = matching.faults(expected["status"], answer.status, "status")
    for name, matcher in expected.get("headers", {}).items():
        faults += matching.faults(matcher, answer.headers.get(name.lower(), matching.ABSENT), f"header {name}")
    if "body" in expected:
        faults += matching.faults(expected["body"], answer.body)
    if faults:
        told = "\n".join(f"  {fault}" for fault in faults)
        raise Unexpected(f"{method} {filled[method]}\n{told}\n  {answer.status} {short(answer.body)}")
    for name, path in step.get("capture", {}).items():
        variables[name] = at(answer.body, path)


def run(server, scenario, told):
    """Runs a scenario with the values that the caller told; gives what was wrong, or nothing."""
    # Names that must be unique in a workspace end with it, so that a scenario may run again.
    variables, wrong = {"unique": secrets.token_hex(4), **told}, []
    try:
        for number, step in enumerate(scenario["steps"], 1):
            try:
                run_step(server, step, variables)
            except Unexpected as error:
                raise Unexpected(f"step {number}: {error}") from error
    except Unexpected as error:
        wrong.append(str(error))
    # What is to be tidied up is, also when something went wrong before: then as far as it goes.
    for step in scenario.get("finally", []):
        try:
            run_step(server, step, variables)
        except Unexpected as error:
            if not wrong:
                wrong.append(f"in the end: {error}")
    return "\n".join(wrong)


def table(rows):
    """The results as Markdown: rows of noun, scenario, number of steps, result, and why it is of Rostrum alone."""
    lines = ["| noun | scenario | requests | |", "|---|---|---|---|"]
    for noun, scenario, result in rows:
        steps = len(scenario["steps"]) + len(scenario.get("finally", []))
        own = f" (ours: {scenario['ours']})" if "ours" in scenario else ""
        lines.append(f"| {noun} | {scenario['name']}{own} | {steps} | {result} |")
    return "\n".join(lines)


def write_table(path, rows):
    text = path.read_text(encoding="utf-8")
    before, begin, rest = text.partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    if not (begin and end):
        raise Wrong(f"{path} lacks the marks {MARKS[0]} and {MARKS[1]}")
    path.write_text(f"{before}{begin}\n\n{table(rows)}\n\n{end}{after}", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--base-url", required=True, help="the server's address, like http://127.0.0.1:8080")
    parser.add_argument("--upload-url", help="where v1 uploads go; for api.heygen.com upload.heygen.com, else the base URL")
    parser.add_argument("--api-key", required=True)
    parser.add_argument("--ours", action="store_true", help="the server is Rostrum: run what is of Rostrum alone, too")
    parser.add_argument("--spend", action="store_true", help="run what costs credits, too")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a value that scenarios need")
    parser.add_argument("--send-from", type=pathlib.Path, help="a folder with further files to send, beside the fixtures")
    parser.add_argument("--table", type=pathlib.Path, help="a Markdown file to write the results to, between two marks")
    parser.add_argument("files", nargs="*", type=pathlib.Path, help="scenarios; by default all of this folder")
    given = parser.parse_args()
    upload_url = given.upload_url or given.base_url.replace("//api.heygen.com", "//upload.heygen.com")
    server = Server(given.base_url, upload_url, given.api_key)
    files = given.files or sorted(HERE.glob("*.yaml"))
    values = dict(value.split("=", 1) for value in given.set)
    if given.send_from:
        FOLDERS.append(given.send_from)
        values |= {f"size_of_{path.name.replace('.', '_')}": path.stat().st_size for path in given.send_from.iterdir()}
    rows, failed = [], 0
    try:
        for told in [read(path) for path in files]:
            for scenario in told["scenarios"]:
                lacking = [name for name in scenario.get("needs", []) if name not in values]
                if lacking:
                    result, wrong = f"skipped: needs --set {lacking[0]}=", ""
                elif "ours" in scenario and not given.ours:
                    result, wrong = "skipped: of Rostrum alone", ""
                elif scenario.get("spends") and not (given.ours or given.spend):
                    result, wrong = "skipped: costs credits", ""
                else:
                    wrong = run(server, scenario, values)
                    result = "failed" if wrong else "passed"
                failed += bool(wrong)
                rows.append((told["noun"], scenario, result))
                print(f"{result:8} {told['noun']}: {scenario['name']}", flush=True)
                if wrong:
                    print("  " + wrong.replace("\n", "\n  "), flush=True)
        if given.table:
            write_table(given.table, rows)
    except Wrong as error:
        print(f"run.py: {error}", file=sys.stderr)
        sys.exit(2)
    results = collections.Counter(result.split(":")[0] for *_, result in rows)
    print(", ".join(f"{results[name]} {name}" for name in ("passed", "failed", "skipped")))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
