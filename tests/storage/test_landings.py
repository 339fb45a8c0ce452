"""How a bucket is asked to tell what lands in it: what MinIO keeps and refuses, and stores that know nothing of it."""

import secrets
from dataclasses import replace
from typing import cast

import pytest
from minio import Minio
from minio.error import S3Error
from minio.notificationconfig import NotificationConfig, PrefixFilterRule, QueueConfig
from s3_server import S3Server

from models.errors import SettingsError
from storage.objects import BucketOptions, BucketStore
from storage.objects.landings import tell_landings

ARN = "arn:minio:sqs::EARMARK:webhook"
THEIRS = QueueConfig(["s3:ObjectRemoved:*"], "theirs", PrefixFilterRule("photos/"), queue="arn:minio:sqs::THEM:webhook")


class Told:
    """A store that keeps what it is told, shows it with its region, and may refuse."""

    def __init__(self, *rules: QueueConfig, refuses: str | None = None, deaf: bool = False) -> None:
        self.rules = list(rules)
        self.times = 0
        self._refuses = refuses
        self._deaf = deaf

    def get_bucket_notification(self, bucket: str) -> NotificationConfig:
        shown = [replace(rule, queue=str(rule.queue).replace("sqs::", "sqs:here:")) for rule in self.rules]
        return NotificationConfig(queue_config_list=shown)

    def set_bucket_notification(self, bucket: str, config: NotificationConfig) -> None:
        self.times += 1
        if self._refuses is not None:
            raise S3Error(None, self._refuses, "A specified destination ARN does not exist.", "", "", "")  # type: ignore[arg-type]
        if not self._deaf:
            self.rules = config.queue_config_list


def tell(store: Told, prefix: str = "") -> bool:
    return tell_landings(cast(Minio, store), "calls", prefix, arn=ARN)


def test_a_rule_of_ours_is_added_to_those_of_others() -> None:
    store = Told(THEIRS)
    assert tell(store, "earmark/")
    kept, ours = store.rules
    assert (kept.config_id, str(kept.queue).split(":")[4]) == ("theirs", "THEM")
    assert (ours.config_id, ours.queue, ours.events) == ("earmark", ARN, ["s3:ObjectCreated:*"])
    assert ours.prefix_filter_rule == PrefixFilterRule("earmark/")


def test_asked_again_nothing_is_set_again() -> None:
    store = Told()
    assert [tell(store), tell(store)] == [True, True]
    assert (store.times, len(store.rules)) == (1, 1)


def test_another_prefix_moves_our_rule() -> None:
    store = Told()
    tell(store, "old/")
    assert tell(store, "new/")
    assert [rule.prefix_filter_rule for rule in store.rules] == [PrefixFilterRule("new/")]


def test_an_unknown_target_is_a_matter_of_settings() -> None:
    with pytest.raises(SettingsError, match="MINIO_NOTIFY_WEBHOOK_ENABLE_EARMARK=on"):
        tell(Told(refuses="InvalidArgument"))


@pytest.mark.parametrize("code", ["NotImplemented", "MethodNotAllowed", "BucketAlreadyOwnedByYou"])
def test_a_store_without_notifications_says_so_in_many_ways(code: str) -> None:
    assert not tell(Told(refuses=code))


def test_a_yes_that_changes_nothing_is_a_no() -> None:
    assert not tell(Told(deaf=True))


def test_other_refusals_stay_what_they_are() -> None:
    with pytest.raises(S3Error, match="AccessDenied"):
        tell(Told(refuses="AccessDenied"))


@pytest.mark.servers
def test_a_real_store_without_notifications(s3_server: S3Server) -> None:
    options = BucketOptions(
        endpoint=s3_server.endpoint,
        access_key=s3_server.access_key,
        secret_key=s3_server.secret_key,
        bucket=f"calls-{secrets.token_hex(4)}",
        secure=False,
        may_create=True,
    )
    store = BucketStore(options)
    store.check()
    assert store.tell_landings(ARN) is False
