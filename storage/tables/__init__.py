"""Every table. Rows stay inside this room: queries return the types of `models/`.

References are composite, (workspace_id, id), so that a row of a foreign workspace cannot be linked.
"""

from storage.tables.calls import Call, Caller, DoomedObject, DroppedObject, Recording, Source
from storage.tables.leads import Lead, LeadCall
from storage.tables.records import Delivery, Destination, Event, Record
from storage.tables.row import Row, UtcTime
from storage.tables.speech import Conversation, Correction, Opinion, Tag, Transcript
from storage.tables.touchpoints import CallKey, TouchKey, Touchpoint, TrackingNumber
from storage.tables.trackers import Tracker
from storage.tables.work import JobLease, Work, Worker
from storage.tables.workspaces import ApiKey, Workspace

__all__ = [
    "ApiKey",
    "Call",
    "CallKey",
    "Caller",
    "Conversation",
    "Correction",
    "Delivery",
    "Destination",
    "DoomedObject",
    "DroppedObject",
    "Event",
    "JobLease",
    "Lead",
    "LeadCall",
    "Opinion",
    "Record",
    "Recording",
    "Row",
    "Source",
    "Tag",
    "TouchKey",
    "Touchpoint",
    "Tracker",
    "TrackingNumber",
    "Transcript",
    "UtcTime",
    "Work",
    "Worker",
    "Workspace",
]
