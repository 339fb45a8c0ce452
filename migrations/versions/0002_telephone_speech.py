"""what is known of the sound, what was dropped from the words, who speaks when."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'

JSON = sa.JSON()
ADDED = {
    'recording': {'encoding': sa.Text(), 'health': JSON},
    'transcript': {'dropped': JSON, 'languages': JSON},
    'conversation': {'speech': sa.LargeBinary()},
}


def upgrade() -> None:
    for table, columns in ADDED.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for table, columns in ADDED.items():
        for name in columns:
            op.drop_column(table, name)
