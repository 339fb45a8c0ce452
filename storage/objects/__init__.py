"""Where recordings lie: a local folder or an S3-compatible bucket, behind one Protocol."""

from storage.objects.bucket import BucketOptions, BucketStore
from storage.objects.folder import FolderStore
from storage.objects.keys import AUDIO_TYPES, OWN_PREFIX, check_key, content_type_of, new_key, suffix_of
from storage.objects.store import ObjectInfo, ObjectStore, sha256_of

__all__ = [
    "AUDIO_TYPES",
    "OWN_PREFIX",
    "BucketOptions",
    "BucketStore",
    "FolderStore",
    "ObjectInfo",
    "ObjectStore",
    "check_key",
    "content_type_of",
    "new_key",
    "sha256_of",
    "suffix_of",
]
