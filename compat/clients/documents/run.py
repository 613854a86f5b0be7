"""Runs the examples of uploads, or of other operations, that documents give, as they stand, against a server.

    run.py [--of PATHS] [--others] [--keep FILE] HOST KEY DIR DOCUMENT...

With --of, the examples whose requests match that regular expression are run, and not those of uploads. With --others the
documents are not ours: examples that cannot run as they stand are told of with the reason, and are no failures. With --keep
what became of each example is added to FILE, a line of JSON each, with its requests, for keep.py.

HOST is the server's URL, KEY an API key of it. DIR holds one file of each kind, `sample.png` and so on, `fetch.cjs` and
npm's packages of package.json; examples run in it. Of an example only the host is changed, placeholders are filled in, and
`stat -f%z`, which is macOS's, is spelt as on Linux. What an example takes from the text around it is put in front of it:
the key, the import of `fs`, functions of earlier examples. A function that an example defines and does not call is called.

Requests go through a proxy. An upload worked when its file is there, another example when each of its requests was answered
with success. Prints a line per example and exits with 1 when one failed.
"""

import argparse
import collections
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import urllib.error
import urllib.request

import proxy

HOSTS = r"https://(?:api|upload)\.heygen\.com|http://127\.0\.0\.1:8080"
LANGUAGES = {
    "bash": "bash", "sh": "bash", "curl": "bash",
    "python": "python",
    "typescript": "typescript",
    "javascript": "javascript",
}  # fmt: skip
UPLOADS = re.compile(r"/v1/asset\b|/v3/assets\b|/v1/talking_photo\b")
DEFINITION = {
    "typescript": re.compile(r"^async function (\w+)\(([^)]*)\)", re.M),
    "python": re.compile(r"^def (\w+)\(([^)]*)\)", re.M),
}


def examples(text):
    """The line, the language and the code of each example."""
    fenced = re.compile(r"^( *)```(\w+)[^\n]*\n(.*?)^ *```", re.S | re.M)
    found = [(m.start(), m[2], textwrap.dedent(m[3])) for m in fenced.finditer(text)]
    on_one_line = re.compile(r"```(bash|curl|sh)(?: theme=\{null\})? (\S[^\n]*?) ```")
    found += [(m.start(), m[1], lines_again(m[2])) for m in on_one_line.finditer(text)]
    # What stands in fences is blanked out, so that places stay as they are.
    rest = fenced.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    found += without_fences(rest)
    for start, language, code in sorted(found):
        if language.lower() in LANGUAGES:
            yield text.count("\n", 0, start) + 1, LANGUAGES[language.lower()], code


def lines_again(code):
    """Shell code that lost its line ends: each command and each comment in front of one on a line of its own."""
    return "\n".join(re.split(r" (?=curl |# )", re.sub(r"(# [^#]*?) (?=curl )", r"\1\n", code.replace(" \\ -", " -"))))


def without_fences(text):
    """The examples of a text that lost its fences: each begins below the name of its language."""
    language, code, start, position = None, [], 0, 0
    for line in [*text.splitlines(), "The End"]:
        label = re.fullmatch(r"(?i)(curl|bash|json|typescript|python)(?: \(.*\))?", line)
        unnamed = language is None and line.startswith("async function ")
        if label or unnamed or re.fullmatch(r"[A-Z][A-Za-z]*:?( [A-Za-z]+)+:?", line):
            if language:
                joined = "\n".join(code)
                flat = language.lower() == "python" and not re.search(r"^ ", joined, re.M)
                yield start, language, indented(joined) if flat else joined
            language, code, start = ("TypeScript" if unnamed else label and label[1]), [], position
        if language and not label:
            code.append(line)
        position += len(line) + 1


def indented(code):
    """Python that lost its indentation: a colon begins a block, `raise` ends one, `return` all of them."""
    depth, brackets, lines = 0, 0, []
    for line in code.splitlines():
        lines.append("    " * depth + line)
        brackets += sum(line.count(c) for c in "([{") - sum(line.count(c) for c in ")]}")
        if brackets == 0:
            depth = depth + 1 if line.endswith(":") else depth - 1 if line.startswith("raise") else depth
            depth = 0 if line.startswith("return") else depth
    return "\n".join(lines)


def call(language, name, parameters, source):
    """A statement that calls a function of an example; what has a default keeps it."""
    values = []
    for parameter in filter(None, map(str.strip, parameters.split(","))):
        if "=" in parameter:
            continue
        word = parameter.split(":")[0].lower()
        by_name = {"path": "./background.jpg", "url": source, "type": "image/jpeg"}
        values.append(json.dumps(next((v for k, v in by_name.items() if k in word), "Hello")))
    arguments = ", ".join(values)
    return f"print({name}({arguments}))" if language == "python" else f"console.log(await {name}({arguments}));"


def why_not(code, printed, answers):
    """Why an example of others cannot run as it stands; nothing when that cannot be told."""
    if 501 in answers:
        return "asks for what is not built"
    if re.search(r"is not defined|Transform failed|syntax error near|SyntaxError", printed):
        return "is a part of a program"
    if "www-browser: not found" in printed:
        return "opens a browser"
    placeholder = re.search(r"YOUR_(?!API_KEY)\w+|\byour[-_]\w+|\.\.\.", code)
    if placeholder and any(400 <= told < 500 for told in answers):
        return f"says {placeholder[0]} where a value belongs"
    if '"Hello"' in code and any(400 <= told < 500 for told in answers):
        return "is a function of ids that the document does not tell"
    return None


def failure(status, printed):
    return f"FAILED with {status}\n{textwrap.indent(printed[-2000:], '    ')}"


class Runner:
    def __init__(self, host, key, folder, others, keep):
        self.host, self.key, self.folder, self.are_others, self.keep = host, key, folder, others, keep
        self.proxy = proxy.Proxy(host)
        self.samples = {}
        for name in sorted(name for name in os.listdir(folder) if name.startswith("sample.")):
            with open(os.path.join(folder, name), "rb") as file:
                self.samples[name] = file.read()
        self.source = self.ask("/v1/asset", self.samples["sample.jpg"], "image/jpeg")["data"]["url"]

    def ask(self, path, body=None, content_type="application/json"):
        headers = {"X-Api-Key": self.key, "Content-Type": content_type}
        request = urllib.request.Request(self.host + path, body, headers)
        try:
            return json.load(urllib.request.urlopen(request))
        except urllib.error.HTTPError as refused:
            return json.load(refused)

    def newest(self):
        return self.ask("/v1/asset/list?limit=1")["data"]["assets"][0]["id"]

    def not_built(self, code):
        """The operations that an example asks for and that the server says it has not."""
        paths = set(re.findall(rf"(?:{HOSTS})(/[\w/.-]+)", code))
        refusals = {path: self.ask(path, b"{}").get("error") for path in sorted(paths)}
        codes = ("not_implemented", "not_found")
        return [path for path, error in refusals.items() if isinstance(error, dict) and error.get("code") in codes]

    def provide(self, code):
        """Makes each file that an example names."""
        size = re.search(r'"size_bytes": (\d+)', code)
        for name, kind in set(re.findall(r"[\"'@ (](?:\./)?([\w-]+\.(png|jpe?g|mp4|mp3|wav|pdf))\b", code)):
            path = os.path.join(self.folder, name)
            shutil.copyfile(os.path.join(self.folder, f"sample.{kind.replace('jpeg', 'jpg')}"), path)
            if size and kind == "mp4":
                # A box `free` makes a film as long as the example says that it is (ISO/IEC 14496-12, 8.1.2).
                with open(path, "r+b") as film:
                    box = int(size[1]) - film.seek(0, os.SEEK_END)
                    film.write(box.to_bytes(4, "big") + b"free")
                    film.truncate(int(size[1]))

    def run(self, name, language, code):
        """Runs an example; gives its exit status and what it printed."""
        self.proxy.exchanges.clear()
        code = re.sub(HOSTS, self.proxy.url(), code).replace("YOUR_API_KEY", self.key)
        code = code.replace("stat -f%z", "stat -c%s")
        suffix, command = {
            "bash": (".sh", ["bash", "-e"]),
            "python": (".py", [sys.executable]),
            "typescript": (".mts", ["node_modules/.bin/tsx"]),
            "javascript": (".cjs", ["node"] + ["--require=./fetch.cjs"] * ("form-data" in code)),
        }[language]
        if language == "python" and re.search("^(async with|.*\\bawait )", code, re.M):
            code = f"import asyncio\nasync def main():\n{textwrap.indent(code, '    ')}\nasyncio.run(main())"
        if language == "python":
            code = f"HEYGEN_API_KEY = KEY = {self.key!r}\n{code}"
        if language == "typescript" and "fs." in code and not re.search("^import fs", code, re.M):
            code = f'import fs from "fs";\n{code}'
        if language == "typescript" and "require(" in code:
            code = f'import {{ createRequire }} from "module";\nconst require = createRequire(import.meta.url);\n{code}'
        if language == "javascript":
            code = "(async () => {\n" + code + "\n})();"
        printed, status = "", 0
        # A placeholder stands for what the command before it was answered.
        for step in re.split(r"\n(?=curl[^\n]*(?:UPLOAD_URL|ASSET_ID)\b(?<!\$ASSET_ID))", code):
            for placeholder, field in (("UPLOAD_URL", "upload_url"), ("ASSET_ID", "asset_id")):
                answered = re.findall(rf'"{field}": ?"([^"]+)"', printed)
                if answered:
                    step = re.sub(rf'(?<![$\w]){placeholder}(?=["/ ])', lambda _: answered[-1], step)
            with open(os.path.join(self.folder, name + suffix), "w") as file:
                file.write(step)
            environment = dict(os.environ, HEYGEN_API_KEY=self.key, KEY=self.key, HOST=self.proxy.url())
            ran = subprocess.run(
                [*command, name + suffix], cwd=self.folder, env=environment, capture_output=True, text=True
            )
            printed += ran.stdout + ran.stderr
            status = status or ran.returncode
        return status, printed

    def tell(self, text, number, of, became):
        """Adds what became of an example to the file of those."""
        if self.keep:
            document = hashlib.sha256(text.encode()).hexdigest()[:12]
            told = {"document": document, "example": number, "of": of, "became": became}
            told["steps"] = self.proxy.steps(self.samples, self.source) if became == "works" else []
            with open(self.keep, "a", encoding="utf-8") as file:
                file.write(json.dumps(told) + "\n")

    def uploads(self, path):
        """Runs the examples of uploads of a document; gives how many failed."""
        title, earlier, failed = os.path.basename(path), collections.defaultdict(dict), 0
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for number, (line, language, code) in enumerate(examples(text)):
            own = DEFINITION[language].findall(code) if language in DEFINITION else []
            lacking = earlier[language].keys() - {name for name, _ in own}
            needed = [earlier[language][name] for name in lacking if f"{name}(" in code]
            if not (UPLOADS.search(code) or needed):
                continue
            whole = "\n".join([*needed, code])
            for name, parameters in own:
                earlier[language][name] = whole
                if len(re.findall(rf"\b{name}\(", whole)) == 1:
                    whole += "\n" + call(language, name, parameters, self.source)
            self.provide(whole)
            before = self.newest()
            status, printed = self.run(f"example-{title[:3]}-{line}", language, whole)
            stored = self.newest() != before
            announced = "PUT" not in whole and re.search(r"asset_[0-9a-f]{32}", printed)
            lacking = self.not_built(code) if stored and status else []
            if stored and lacking:
                told = f"uploads; {', '.join(lacking)} is not built"
            elif status == 0 and (stored or announced):
                told = "uploads" if stored else "asks for a URL"
            else:
                failed += 1
                print(f"{title[:40]}:{line} {language}: {failure(status, printed)}")
                continue
            self.tell(text, number, "uploads", "works")
            print(f"{title[:40]}:{line} {language}: {told}")
        return failed

    def others(self, paths, path):
        """Runs the examples of some operations of a document; gives how many failed."""
        title, failed = os.path.basename(path), 0
        earlier = collections.defaultdict(dict)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for number, (line, language, code) in enumerate(examples(text)):
            own = DEFINITION[language].findall(code) if language in DEFINITION else []
            lacking = earlier[language].keys() - {name for name, _ in own}
            needed = [earlier[language][name] for name in sorted(lacking) if f"{name}(" in code]
            for name, _ in own:
                earlier[language][name] = code
            if not re.search(paths, code):
                if not UPLOADS.search(code):
                    self.tell(text, number, "none", "has no request")
                continue
            code = "\n".join([*needed, code])
            for name, parameters in own:
                if len(re.findall(rf"\b{name}\(", code)) == 1:
                    code += "\n" + call(language, name, parameters, self.source)
            self.provide(code)
            status, printed = self.run(f"other-{title[:3]}-{line}", language, code)
            answers = [asked.status for asked in self.proxy.exchanges]
            worked = status == 0 and answers and all(200 <= told < 300 for told in answers)
            reason = self.are_others and why_not(code, printed, answers)
            failed += not worked and not reason
            if worked:
                told = "answered"
            elif reason:
                told = f"cannot run: {reason}"
            else:
                told = failure(status, printed)
            self.tell(text, number, "others", "works" if worked else reason)
            asked = [f"{asked.method} {asked.path.split('?')[0]} {asked.status}" for asked in self.proxy.exchanges]
            print(f"{title[:40]}:{line} {language}: {', '.join(asked)}: {told}")
        return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--of", metavar="PATHS")
    parser.add_argument("--others", action="store_true")
    parser.add_argument("--keep", metavar="FILE")
    parser.add_argument("host")
    parser.add_argument("key")
    parser.add_argument("folder")
    parser.add_argument("documents", nargs="+")
    given = parser.parse_args()
    runner = Runner(given.host, given.key, given.folder, given.others, given.keep)
    failed = sum(runner.others(given.of, path) if given.of else runner.uploads(path) for path in given.documents)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
