"""What an S3 store answers when it refuses."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from minio.error import MinioException


def code_of(error: "MinioException") -> str | None:
    """The store's own word for what went wrong; None when the answer was not that of an S3 store.

    Some stores say `text/xml`, which the client does not take for XML; the code then stands in its message.
    """
    from minio.error import S3Error

    if isinstance(error, S3Error):
        return error.code
    found = re.search(r"<Code>(\w+)</Code>", str(error))
    return found[1] if found else None
