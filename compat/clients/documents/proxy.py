"""A proxy that remembers what was asked through it, and writes it down as steps of a scenario."""

import collections
import http.client
import http.server
import json
import re
import threading
import urllib.parse

Exchange = collections.namedtuple("Exchange", "method path headers body status answer")


class Proxy(http.server.ThreadingHTTPServer):
    """Passes requests on to the server and remembers them, and how they were answered."""

    daemon_threads = True

    def __init__(self, host):
        proxy, self.exchanges = self, []
        server = urllib.parse.urlsplit(host).netloc

        class Handler(http.server.BaseHTTPRequestHandler):
            def pass_on(self):
                body = self.sent()
                kept = {name: value for name, value in self.headers.items() if name.lower() != "transfer-encoding"}
                connection = http.client.HTTPConnection(server)
                connection.request(self.command, self.path, body, kept)
                answer = connection.getresponse()
                told = answer.read()
                proxy.exchanges.append(
                    Exchange(self.command, self.path, self.headers, body, answer.status, json_of(told))
                )
                self.send_response(answer.status)
                for name in ("Content-Type", "Location"):
                    if name in answer.headers:
                        self.send_header(name, answer.headers[name])
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            def sent(self):
                if "chunked" not in self.headers.get("Transfer-Encoding", ""):
                    return self.rfile.read(int(self.headers.get("Content-Length") or 0))
                chunks = []
                while size := int(self.rfile.readline(), 16):
                    chunks.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(chunks)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = pass_on

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def steps(self, samples, source):
        """What was asked, as steps of a scenario.

        `samples` are the files that examples' files begin with, by name; `source` is the URL of a file that was there before.
        What an answer told is captured and put into later requests. A question that was repeated stands once, one that was
        refused not at all.
        """
        steps, known = [], {source: "source"}
        for asked in self.exchanges:
            name = sample_of(asked.body, samples)
            known |= {len(asked.body): f"size_of_{name.replace('.', '_')}"} if name else {}
        for asked in self.exchanges:
            # Signed URLs are whole ones; what comes before their path is the proxy's.
            path = self.url() + asked.path if self.url() + asked.path in known else asked.path
            step = {asked.method: named(path, known)} | body_of(asked, samples, known)
            if "Authorization" in asked.headers:
                step["key"] = "bearer"
            step["expect"] = {"status": asked.status}
            step["capture"] = {}
            for place, value in texts(asked.answer):
                if value not in known and len(value) > 15:
                    known[value] = f"{re.sub(r'.*[.]', '', place)}_{len(steps)}"
                    step["capture"][known[value]] = place
            if asked.status < 400 and step not in steps:
                steps.append(step)
        used = json.dumps(steps)
        for step in steps:
            captured = {name: place for name, place in step.pop("capture").items() if f"${{{name}}}" in used}
            step |= {"capture": captured} if captured else {}
        return steps


def json_of(content):
    try:
        return json.loads(content)
    except ValueError:
        return None


def texts(value, place=""):
    """The places and values of all texts of an answer; of lists those of the first item."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from texts(inner, f"{place}.{name}" if place else name)
    elif isinstance(value, list) and value:
        yield from texts(value[0], f"{place}[0]")
    elif isinstance(value, str):
        yield place, value


def named(value, known):
    """Puts names in the places of values that are known."""
    if isinstance(value, dict):
        return {key: named(inner, known) for key, inner in value.items()}
    if isinstance(value, list):
        return [named(inner, known) for inner in value]
    if isinstance(value, int):
        return f"${{{known[value]}}}" if value in known else value
    if isinstance(value, str):
        for told in sorted(filter(lambda told: isinstance(told, str), known), key=len, reverse=True):
            value = value.replace(told, f"${{{known[told]}}}")
        # Sentences are their authors'; here it counts that there is one.
        return "Some words." if value.count(" ") > 2 else value
    return value


def sample_of(content, samples):
    """The name of the file that some bytes are, or begin with; none when they are no file."""
    return next((name for name, sample in samples.items() if content.startswith(sample)), None)


def body_of(asked, samples, known):
    """The body of a request, as a step tells it."""
    kind = asked.headers.get("Content-Type", "")
    if kind.startswith("multipart/"):
        boundary = re.search(r'boundary="?([^";]+)', kind)[1].encode()
        [part] = asked.body.split(b"--" + boundary)[1:-1]
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        told = dict(re.findall(r'\b(name|filename)="([^"]*)"', head.decode()))
        typed = re.search(r"(?i)content-type: *(\S+)", head.decode())
        file = {"file": sample_of(content, samples), "field": told["name"], "name": told["filename"]}
        return {"multipart": file | ({"type": typed[1]} if typed else {})}
    if "json" in kind and asked.body:
        return {"json": named(json_of(asked.body), known)}
    return {"bytes": {"file": sample_of(asked.body, samples), "type": kind}} if asked.body else {}
