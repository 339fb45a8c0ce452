"""What a workspace wants to be told of by its own phrases."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.row import Row


class Tracker(Row):
    __tablename__ = "tracker"
    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[int] = mapped_column(ForeignKey("workspace.id"))
    name: Mapped[str]
    definition: Mapped[dict[str, Any]]
    is_on: Mapped[bool]
    updated_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)
