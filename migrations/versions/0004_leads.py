"""leads, folded from the calls of one number."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'

TIME = sa.DateTime(timezone=True)
RECORDED = """
    FROM call
    WHERE call.duplicate_of IS NULL AND call.state != 'erased' AND coalesce(call.direction, '') != 'internal'
      AND EXISTS (SELECT 1 FROM record WHERE record.call_id = call.id)
"""
BROUGHT = """
    (SELECT tag.item FROM tag WHERE tag.call_id = call.id AND tag.kind = 'stated_channel' AND tag.item != ''
        AND tag.status != 'withheld' ORDER BY tag.ord LIMIT 1),
    (SELECT tag.value FROM tag WHERE tag.call_id = call.id AND tag.kind = 'lead_quality' AND tag.status != 'withheld'),
    (SELECT tag.value FROM tag WHERE tag.call_id = call.id AND tag.kind = 'outcome' AND tag.status != 'withheld')
"""


def upgrade() -> None:
    op.create_table('lead',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('workspace_id', sa.Integer(), nullable=False),
    sa.Column('caller_id', sa.Integer(), nullable=True),
    sa.Column('started_at', TIME, nullable=False),
    sa.Column('last_at', TIME, nullable=False),
    sa.Column('calls', sa.Integer(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=True),
    sa.Column('quality', sa.Text(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['id'], ['call.id'], name=op.f('fk_lead_id')),
    sa.ForeignKeyConstraint(['workspace_id', 'caller_id'], ['caller.workspace_id', 'caller.id'], name=op.f('fk_lead_workspace_id_caller_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lead'))
    )
    op.create_table('lead_call',
    sa.Column('call_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('workspace_id', sa.Integer(), nullable=False),
    sa.Column('caller_id', sa.Integer(), nullable=True),
    sa.Column('started_at', TIME, nullable=False),
    sa.Column('channel', sa.Text(), nullable=True),
    sa.Column('quality', sa.Text(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('lead_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('stale', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['workspace_id', 'call_id'], ['call.workspace_id', 'call.id'], name=op.f('fk_lead_call_workspace_id_call_id')),
    sa.ForeignKeyConstraint(['workspace_id', 'caller_id'], ['caller.workspace_id', 'caller.id'], name=op.f('fk_lead_call_workspace_id_caller_id')),
    sa.PrimaryKeyConstraint('call_id', name=op.f('pk_lead_call'))
    )
    op.add_column('caller', sa.Column('silence', sa.Integer(), nullable=True))
    # Each call by itself; which of them are of one number is told by who can read the numbers: the job "fold leads".
    op.execute(
        'INSERT INTO lead_call (call_id, workspace_id, caller_id, started_at, channel, quality, outcome, lead_id, number, stale) '
        f'SELECT call.id, call.workspace_id, call.caller_id, call.started_at, {BROUGHT}, call.id, 1, false {RECORDED}'
    )
    op.execute(
        'INSERT INTO lead (id, workspace_id, caller_id, started_at, last_at, calls, channel, quality, outcome) '
        'SELECT call_id, workspace_id, caller_id, started_at, started_at, 1, channel, quality, outcome FROM lead_call'
    )
    stale = sa.text('stale')
    op.create_index('ix_caller_workspace_id_silence', 'caller', ['workspace_id', 'silence'])
    op.create_index('ix_lead_started', 'lead', ['workspace_id', 'started_at', 'id'])
    op.create_index('ix_lead_quality', 'lead', ['workspace_id', 'quality', 'started_at', 'id'])
    op.create_index('ix_lead_channel', 'lead', ['workspace_id', 'channel', 'started_at', 'id'])
    op.create_index('ix_lead_caller_id', 'lead', ['caller_id'])
    op.create_index('ix_lead_call_caller_id_started_at_call_id', 'lead_call', ['caller_id', 'started_at', 'call_id'])
    op.create_index('ix_lead_call_lead_id_number', 'lead_call', ['lead_id', 'number'])
    op.create_index('ix_lead_call_stale', 'lead_call', ['caller_id', 'call_id'], sqlite_where=stale, postgresql_where=stale)


def downgrade() -> None:
    op.drop_index('ix_caller_workspace_id_silence', 'caller')
    op.drop_column('caller', 'silence')
    op.drop_table('lead_call')
    op.drop_table('lead')
