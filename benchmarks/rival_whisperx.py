"""whisperX as a process of its own, in its own environment: a path comes in, the seconds that it took go out.

`python -m benchmarks.rival_whisperx WEIGHTS THREADS BATCH BEAM`; a line is a recording and whether to mix its channels.
Its alignment and its diarization need weights that its package lacks, so they are not run; its VAD's are in it.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.fixed_decoder import fixed_decoder


def load(weights: Path, threads: int) -> Any:
    import torch
    import whisperx  # type: ignore[import-not-found]

    torch.set_num_threads(threads)
    return whisperx.load_model(
        str(weights), "cpu", compute_type="int8", language="en", threads=threads, vad_method="pyannote",
        local_files_only=True,
    )  # fmt: skip


def sides(path: str, *, mixed: bool) -> list[Any]:
    """The mono mix, or each channel. whisperX itself would start ffmpeg for it; PyAV is not slower."""
    from faster_whisper.audio import decode_audio

    return [decode_audio(path)] if mixed else list(decode_audio(path, split_stereo=True))


def main(arguments: list[str]) -> None:
    weights, threads, batch, beam = Path(arguments[0]), *map(int, arguments[1:])
    with fixed_decoder(beam) as work:
        pipeline = load(weights, threads)
        print("ready", flush=True)
        for line in sys.stdin:
            wanted = json.loads(line)
            wall, processor, work.windows = time.perf_counter(), time.process_time(), 0
            for sound in sides(wanted["path"], mixed=wanted["mixed"]):
                pipeline.transcribe(sound, batch_size=batch)
            took = {"wall": time.perf_counter() - wall, "processor": time.process_time() - processor}
            print(json.dumps(took | {"windows": work.windows}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
