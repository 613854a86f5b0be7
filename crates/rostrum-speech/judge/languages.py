"""How well other languages are understood: which language a recogniser hears, and how many words and letters it gets wrong.

    languages.py MODEL_DIR TAG SENTENCES.txt WAV_DIR [-v] [--prompt TEXT] [--simplified FILE]

MODEL_DIR holds a multilingual CTranslate2 Whisper model, TAG is Whisper's name of the language. Line N of SENTENCES.txt was
spoken into WAV_DIR/NN.wav. Both sides lose case and punctuation; numbers should be written as words. The prompt shows the recogniser
which letters to write: without one it writes Hindi in those of Urdu. Chinese and Japanese have no words to count: their letters
are compared without spaces, Chinese ones in their simplified form by FILE (zh-simplified.txt of the models), Japanese ones as they
are read, by the program mecab.
"""

import subprocess
import sys
import unicodedata
from pathlib import Path

import jiwer
from faster_whisper import WhisperModel


def normalise(text: str) -> str:
    kept = (c if unicodedata.category(c)[0] in "LMN" else " " for c in unicodedata.normalize("NFC", text.lower()))
    return " ".join("".join(kept).split())


def without_words(texts: list[str], tag: str, simplified: str | None) -> list[str]:
    texts = [text.replace(" ", "") for text in texts]
    if tag == "ja":
        said = subprocess.run(["mecab", "-Oyomi"], input="\n".join(texts) + "\n", capture_output=True, text=True, check=True)
        texts = said.stdout.splitlines()
    if simplified:
        rows = [row.split("\t") for row in Path(simplified).read_text().splitlines() if "\t" in row]
        texts = [text.translate({ord(row[0]): row[1][0] for row in rows}) for text in texts]
    return texts


def main() -> None:
    model_dir, tag, sentences, wav_dir = sys.argv[1:5]
    verbose = "-v" in sys.argv[5:]
    prompt = sys.argv[sys.argv.index("--prompt") + 1] if "--prompt" in sys.argv else None
    simplified = sys.argv[sys.argv.index("--simplified") + 1] if "--simplified" in sys.argv else None
    said = [line.strip() for line in Path(sentences).read_text().splitlines() if line.strip()]
    model = WhisperModel(model_dir, device="cpu", compute_type="int8", cpu_threads=2)
    heard, right, sure = [], 0, 0.0
    for index in range(len(said)):
        wav = f"{wav_dir}/{index:02}.wav"
        _, info = model.transcribe(wav, beam_size=1)
        right += info.language == tag
        sure += dict(info.all_language_probs)[tag]
        segments, _ = model.transcribe(wav, language=tag, beam_size=5, initial_prompt=prompt,
                                         condition_on_previous_text=False)
        heard.append(" ".join(segment.text.strip() for segment in segments))
    said, heard = [normalise(text) for text in said], [normalise(text) for text in heard]
    words = f"WER {100 * jiwer.wer(said, heard):.1f} %, "
    if tag in ("zh", "ja"):
        said, heard, words = without_words(said, tag, simplified), without_words(heard, tag, simplified), ""
    print(
        f"{tag}: {words}CER {100 * jiwer.cer(said, heard):.1f} %, "
        f"language heard right {right} of {len(said)}, mean probability {sure / len(said):.2f}"
    )
    if verbose:
        for text, got in zip(said, heard):
            if text != got:
                print(f"  said:  {text}\n  heard: {got}")


main()
