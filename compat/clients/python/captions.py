"""Reads captions as other programs do: `captions.py FILE.srt FILE.vtt` prints the start, the end (in seconds) and the text of
each, as JSON."""

import html
import json
import sys

import srt
import webvtt


def seconds(time):
    hours, minutes, rest = time.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def main():
    subrip, vtt = sys.argv[1:]
    with open(subrip, encoding="utf-8") as file:
        read = list(srt.parse(file.read(), ignore_errors=False))
    told = {
        "srt": [[c.start.total_seconds(), c.end.total_seconds(), c.content] for c in read],
        "vtt": [[seconds(c.start), seconds(c.end), html.unescape(c.text)] for c in webvtt.read(vtt)],
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
