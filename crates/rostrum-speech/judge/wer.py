"""Word error rate of spoken sentences, with Whisper as the listener.

    wer.py MODEL_DIR SENTENCES.txt WAV_DIR [-v]

MODEL_DIR holds a CTranslate2 Whisper model. Line N of SENTENCES.txt was spoken into WAV_DIR/NN.wav, counted from 00.
Both sides go through Whisper's English normaliser, so "42" and "forty two" are the same word.
"""

import sys
from pathlib import Path

import jiwer
from faster_whisper import WhisperModel
from whisper_normalizer.english import EnglishTextNormalizer


def main() -> None:
    model_dir, sentences, wav_dir = sys.argv[1:4]
    verbose = "-v" in sys.argv[4:]
    references = [line.strip() for line in Path(sentences).read_text().splitlines() if line.strip()]
    model = WhisperModel(model_dir, device="cpu", compute_type="int8", cpu_threads=2)
    heard = []
    for index in range(len(references)):
        segments, _ = model.transcribe(
            f"{wav_dir}/{index:02}.wav", language="en", beam_size=5, condition_on_previous_text=False
        )
        heard.append(" ".join(segment.text.strip() for segment in segments))
    normalise = EnglishTextNormalizer()
    references = [normalise(text) for text in references]
    heard = [normalise(text) for text in heard]
    result = jiwer.process_words(references, heard)
    words = sum(len(text.split()) for text in references)
    print(
        f"WER {100 * result.wer:.1f} % of {words} words: "
        f"{result.substitutions} wrong, {result.deletions} missing, {result.insertions} added"
    )
    if verbose:
        for said, got in zip(references, heard):
            if said != got:
                print(f"  said:  {said}\n  heard: {got}")


main()
