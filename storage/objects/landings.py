"""A bucket that tells what lands in it: a rule of ours among its notifications."""

from typing import TYPE_CHECKING

from models.errors import SettingsError
from storage.objects.answers import code_of

if TYPE_CHECKING:
    from minio import Minio
    from minio.error import MinioException
    from minio.notificationconfig import NotificationConfig, QueueConfig

RULE = "earmark"
"""The id of our rule; those of others stay as they are."""
CREATED = "s3:ObjectCreated:"
_NOT_KNOWN = frozenset(
    {"NotImplemented", "MethodNotAllowed", "NotSupported", "BucketAlreadyExists", "BucketAlreadyOwnedByYou"}
)
"""What stores without notifications answer; the last two take the request for one to make the bucket."""


def tell_landings(client: "Minio", bucket: str, prefix: str, *, arn: str) -> bool:
    """The store tells its target `arn` of each object written under `prefix`. False: it has no notifications.

    Raises SettingsError when it has no such target, MinioException for what else it may answer.
    """
    from minio.error import MinioException
    from minio.notificationconfig import NotificationConfig

    try:
        known = client.get_bucket_notification(bucket)
        ours = _rule(prefix, arn)
        if any(_is_same(rule, ours) for rule in known.queue_config_list):
            return True
        rules = [rule for rule in known.queue_config_list if rule.config_id != RULE] + [ours]
        wanted = NotificationConfig(known.cloud_func_config_list, rules, known.topic_config_list)
        client.set_bucket_notification(bucket, wanted)
        return _has(client.get_bucket_notification(bucket), ours)
    except MinioException as error:
        if code_of(error) in _NOT_KNOWN:
            return False
        raise _mendable(error, arn) from error


def _rule(prefix: str, arn: str) -> "QueueConfig":
    from minio.notificationconfig import PrefixFilterRule, QueueConfig

    return QueueConfig([f"{CREATED}*"], RULE, PrefixFilterRule(prefix) if prefix else None, queue=arn)


def _is_same(rule: "QueueConfig", ours: "QueueConfig") -> bool:
    """MinIO puts its region into the ARN that it shows, where ours may have none."""
    return (
        _target(rule) == _target(ours)
        and any(event.startswith(CREATED) for event in rule.events)
        and rule.prefix_filter_rule == ours.prefix_filter_rule
        and rule.suffix_filter_rule is None
    )


def _target(rule: "QueueConfig") -> list[str]:
    return (rule.queue or "").split(":")[4:]


def _has(known: "NotificationConfig", ours: "QueueConfig") -> bool:
    """Some stores say yes to whatever they do not know."""
    return any(_is_same(rule, ours) for rule in known.queue_config_list)


def _mendable(error: "MinioException", arn: str) -> Exception:
    if code_of(error) != "InvalidArgument":
        return error
    name = arn.split(":")[4] if arn.count(":") >= 5 else "EARMARK"
    return SettingsError(
        f"the object store refuses EARMARK_S3_NOTIFY_ARN {arn!r}: {getattr(error, 'message', None) or error} "
        f"MinIO knows a target when it is started with MINIO_NOTIFY_WEBHOOK_ENABLE_{name}=on and "
        f"MINIO_NOTIFY_WEBHOOK_ENDPOINT_{name}; `mc admin info --json` lists the ARNs of those it has. "
        "Mend either, then `earmark setup` again; without the setting the sweep finds what lands"
    )
