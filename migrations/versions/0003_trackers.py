"""a workspace's trackers."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    op.create_table('tracker',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('workspace_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('definition', sa.JSON(), nullable=False),
    sa.Column('is_on', sa.Boolean(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['workspace_id'], ['workspace.id'], name=op.f('fk_tracker_workspace_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tracker')),
    sa.UniqueConstraint('workspace_id', 'name', name=op.f('uq_tracker_workspace_id_name'))
    )
    op.create_index('ix_opinion_tracker', 'opinion', ['workspace_id', 'item'],
        sqlite_where=sa.text("kind = 'tracker'"), postgresql_where=sa.text("kind = 'tracker'"))
    op.create_index('ix_work_track', 'work', ['workspace_id', 'state'],
        sqlite_where=sa.text("stage = 'track'"), postgresql_where=sa.text("stage = 'track'"))


def downgrade() -> None:
    op.drop_index('ix_work_track', 'work')
    op.drop_index('ix_opinion_tracker', 'opinion')
    # The version before knows neither the stage nor the kind of tag.
    op.execute("DELETE FROM work WHERE stage = 'track'")
    op.execute("DELETE FROM tag WHERE kind = 'tracker'")
    op.execute("DELETE FROM opinion WHERE kind = 'tracker'")
    op.drop_table('tracker')
