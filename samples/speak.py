"""A story to a sound file: flite speaks the lines, PyAV stores them.

The same machine writes the same bytes each time: the voices are deterministic, the noise has a seed, and the
containers are written without dates or random numbers. Another version of flite or of a codec may write other bytes
for what sounds the same.
"""

import shutil
import subprocess
import wave
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
from numpy.typing import NDArray
from stories import Line, Sound, Story

SPOKEN_RATE = 16_000
"""Hz, of flite's `rms` and `awb`."""
BEFORE = 0.6
PAUSES = (0.6, 0.8, 0.5, 0.7)
"""Seconds before the first line, and between lines in turn."""
PEAK = 0.5
NOISE = 1e-4
"""Of full scale: a quiet telephone line, about -80 dB, so that silence is not made of zeros."""

Samples = NDArray[np.float32]


def flite_is_there() -> bool:
    return shutil.which("flite") is not None


def render(story: Story, path: Path) -> float:
    """Writes the recording and returns its length in seconds. Raises RuntimeError when flite is missing."""
    sound = mix(story)
    write(sound, story.sound, path)
    return sound.shape[1] / SPOKEN_RATE


def mix(story: Story) -> Samples:
    """Shape (channels, samples): the agent on 0 and the caller on 1, or both on one."""
    voices = {"agent": story.sound.agent_voice, "caller": story.sound.caller_voice}
    spoken = [(line, speak(line, voices[line.role])) for line in story.lines]
    sound = lay_out(spoken)
    if story.sound.mono:
        sound = sound.sum(axis=0, keepdims=True)
    noise = np.random.default_rng(0).standard_normal(sound.shape) * NOISE
    return (sound + noise).astype(np.float32)


def lay_out(spoken: list[tuple[Line, Samples]]) -> Samples:
    pieces, at = [], BEFORE
    for number, (line, sound) in enumerate(spoken):
        pieces.append((0 if line.role == "agent" else 1, round(at * SPOKEN_RATE), sound))
        at += len(sound) / SPOKEN_RATE + PAUSES[number % len(PAUSES)]
    whole = np.zeros((2, round(at * SPOKEN_RATE)), dtype=np.float32)
    for channel, start, sound in pieces:
        whole[channel, start : start + len(sound)] = sound
    return whole


def speak(line: Line, voice: str) -> Samples:
    if not flite_is_there():
        raise RuntimeError("flite is not installed: `apt-get install flite`, or take the recordings as they are")
    with TemporaryDirectory() as folder:
        path = Path(folder, "line.wav")
        subprocess.run(["flite", "-voice", voice, "-t", line.text, "-o", str(path)], check=True)
        with wave.open(str(path)) as file:
            if file.getframerate() != SPOKEN_RATE:
                raise RuntimeError(f"flite's voice {voice!r} speaks at {file.getframerate()} Hz, not at {SPOKEN_RATE}")
            sound = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.float32)
    return sound * (PEAK / np.abs(sound).max())


def write(sound: Samples, how: Sound, path: Path) -> None:
    layout = "mono" if how.mono else "stereo"
    whole = np.round(sound * 32767).astype(np.int16).T.reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(whole), format="s16", layout=layout)
    frame.sample_rate = SPOKEN_RATE
    options = {"joint_stereo": "0"} if how.codec == "libmp3lame" else {}
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream(how.codec, rate=how.rate, options=options | {"flags": "+bitexact"})
        stream.layout = layout
        if how.bit_rate is not None:
            stream.bit_rate = how.bit_rate
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
