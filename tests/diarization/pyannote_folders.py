"""Folders of pyannote pipelines: with empty files for what only looks, with true ones of random weights for torch."""

from pathlib import Path
from typing import Any

import numpy as np

COMMUNITY_1 = """
dependencies:
  pyannote.audio: 4.0.0
pipeline:
  name: pyannote.audio.pipelines.SpeakerDiarization
  params:
    clustering: VBxClustering
    segmentation: $model/segmentation
    segmentation_batch_size: 32
    embedding: $model/embedding
    embedding_batch_size: 32
    embedding_exclude_overlap: true
    plda: $model/plda
params:
  clustering: {threshold: 0.6, Fa: 0.07, Fb: 0.8}
  segmentation: {min_duration_off: 0.0}
"""
V3_1 = """
version: 3.1.0
pipeline:
  name: pyannote.audio.pipelines.SpeakerDiarization
  params:
    clustering: AgglomerativeClustering
    embedding: pyannote/wespeaker-voxceleb-resnet34-LM
    embedding_batch_size: 32
    embedding_exclude_overlap: true
    segmentation: pyannote/segmentation-3.0
    segmentation_batch_size: 32
params:
  clustering: {method: centroid, min_cluster_size: 12, threshold: 0.7045654963945799}
  segmentation: {min_duration_off: 0.0}
"""
FILES = {
    COMMUNITY_1: (
        "segmentation/pytorch_model.bin",
        "embedding/pytorch_model.bin",
        "plda/xvec_transform.npz",
        "plda/plda.npz",
    ),
    V3_1: ("segmentation-3.0/pytorch_model.bin", "wespeaker-voxceleb-resnet34-LM/pytorch_model.bin"),
}


def hollow(folder: Path, config: str = COMMUNITY_1) -> Path:
    """The right names, and nothing in the files."""
    for name in FILES[config]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    (folder / "config.yaml").write_text(config)
    return folder


def true(folder: Path, config: str = COMMUNITY_1) -> Path:
    """Of the architectures of the published models, so that everything but the accuracy is real."""
    hollow(folder, config)
    segmentation, embedding, *_ = (folder / name for name in sorted(FILES[config], key=_place))
    _save_segmentation(segmentation)
    _save_embedding(embedding)
    if config == COMMUNITY_1:
        _save_plda(folder / "plda")
    return folder


def _place(name: str) -> int:
    return next(place for place, part in enumerate(("segmentation", "e", "w", "p")) if name.startswith(part))


def _save_segmentation(path: Path) -> None:
    """PyanNet over 10 s, three voices of which two may speak at once: 7 classes, as segmentation-3.0."""
    import torch
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from pyannote.audio.models.segmentation import PyanNet

    torch.manual_seed(1)
    model = PyanNet(lstm={"hidden_size": 128, "num_layers": 4, "dropout": 0.5})
    model.specifications = Specifications(
        problem=Problem.MONO_LABEL_CLASSIFICATION,
        resolution=Resolution.FRAME,
        duration=10.0,
        min_duration=None,
        classes=["speaker#1", "speaker#2", "speaker#3"],
        powerset_max_classes=2,
        permutation_invariant=True,
    )
    model.build()
    # Untrained, the sound hardly moves the classes and one always wins; spread, they change as it does.
    with torch.no_grad():
        seen = torch.cat([_before_classes(model, seed) for seed in range(4)])
        model.classifier.weight.mul_(1 / seen.std(dim=0).mean())
        alone = torch.tensor([0.0, 1, 1, 1, -1, -1, -1])  # Nobody, one of three, two of three: most speech is alone.
        model.classifier.bias.copy_(alone - seen.mean(dim=0) @ model.classifier.weight.T)
    _save(model, path)


def _before_classes(model: Any, seed: int) -> Any:
    import torch

    generator = torch.Generator().manual_seed(seed)
    loud = torch.rand(1, 1, 20, generator=generator).repeat_interleave(8000, dim=2)
    sound = torch.randn(1, 1, 160000, generator=generator) * loud * 0.2
    held: list[Any] = []
    hook = model.linear[-1].register_forward_hook(lambda module, given, out: held.append(out))
    model.eval()(sound)
    hook.remove()
    return torch.nn.functional.leaky_relu(held[0])[0]


def _save_embedding(path: Path) -> None:
    import torch
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from pyannote.audio.models.embedding import WeSpeakerResNet34

    torch.manual_seed(2)
    model = WeSpeakerResNet34()
    model.specifications = Specifications(
        problem=Problem.REPRESENTATION, resolution=Resolution.CHUNK, duration=10.0, min_duration=5.0
    )
    model.build()
    _save(model, path)


def _save(model: Any, path: Path) -> None:
    """As Lightning's trainer would write it."""
    import lightning
    import torch

    checkpoint = {
        "state_dict": model.state_dict(),
        "hyper_parameters": dict(model.hparams),
        "pytorch-lightning_version": lightning.__version__,
    }
    model.on_save_checkpoint(checkpoint)
    torch.save(checkpoint, path)


def _save_plda(folder: Path) -> None:
    """256 numbers of a voice to 128, and how voices differ there."""
    draw = np.random.default_rng(3)
    lda = np.linalg.qr(draw.normal(size=(256, 128)))[0]
    np.savez(folder / "xvec_transform.npz", mean1=np.zeros(256), mean2=np.zeros(128), lda=lda)
    turn = np.linalg.qr(draw.normal(size=(128, 128)))[0]
    np.savez(folder / "plda.npz", mu=np.zeros(128), tr=turn, psi=np.linspace(8, 0.1, 128))
