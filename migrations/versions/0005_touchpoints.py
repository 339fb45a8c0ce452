"""touchpoints that come by themselves, the keys by which they and calls find each other, and tracking numbers."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'

TIME = sa.DateTime(timezone=True)
ONE_CLICK = ('gclid', 'dclid', 'yclid', 'ysclid', 'msclkid', 'ttclid', 'twclid', 'li_fat_id', 'epik', 'rdt_cid',
    'rb_clickid', 'vkclid', 'sccid', 'fbclid')
NOTHING = ('direct', 'none', '(direct)', '(none)', 'unset', 'null', 'undefined', 'unknown', 'n/a', 'na', '-', '(not set)',
    '(not provided)', 'not set', '', '0', 'anonymous', 'nan')
RECORDED = """
    call.duplicate_of IS NULL AND call.state != 'erased' AND EXISTS (SELECT 1 FROM record WHERE record.call_id = call.id)
"""


def upgrade() -> None:
    op.create_table('touchpoint',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('workspace_id', sa.Integer(), nullable=False),
    sa.Column('sender_id', sa.Text(), nullable=False),
    sa.Column('at', TIME, nullable=False),
    sa.Column('channel', sa.Text(), nullable=True),
    sa.Column('source', sa.Text(), nullable=True),
    sa.Column('medium', sa.Text(), nullable=True),
    sa.Column('campaign', sa.Text(), nullable=True),
    sa.Column('content', sa.Text(), nullable=True),
    sa.Column('keyword', sa.Text(), nullable=True),
    sa.Column('landing_page', sa.Text(), nullable=True),
    sa.Column('referrer', sa.Text(), nullable=True),
    sa.Column('click_ids', sa.JSON(), nullable=False),
    sa.Column('device', sa.Text(), nullable=True),
    sa.Column('place', sa.Text(), nullable=True),
    sa.Column('session_id', sa.Text(), nullable=True),
    sa.Column('visitor_id', sa.Text(), nullable=True),
    sa.Column('phone_cipher', sa.LargeBinary(), nullable=True),
    sa.Column('shown_number', sa.Text(), nullable=True),
    sa.Column('received_at', TIME, nullable=False),
    sa.Column('settled', sa.Boolean(), nullable=False),
    sa.Column('erased', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['workspace_id'], ['workspace.id'], name=op.f('fk_touchpoint_workspace_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_touchpoint')),
    sa.UniqueConstraint('workspace_id', 'id', name=op.f('uq_touchpoint_workspace_id_id')),
    sa.UniqueConstraint('workspace_id', 'sender_id', name=op.f('uq_touchpoint_workspace_id_sender_id'))
    )
    for name, owner in (('touch_key', 'touchpoint'), ('call_key', 'call')):
        op.create_table(name,
        sa.Column(f'{owner}_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('value', sa.Text(), nullable=False),
        sa.Column('workspace_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['workspace_id', f'{owner}_id'], [f'{owner}.workspace_id', f'{owner}.id'], name=op.f(f'fk_{name}_workspace_id_{owner}_id')),
        sa.PrimaryKeyConstraint(f'{owner}_id', 'kind', 'value', name=op.f(f'pk_{name}'))
        )
        op.create_index(f'ix_{name}_workspace_id_kind_value', name, ['workspace_id', 'kind', 'value'])
    unsettled = sa.text('NOT settled')
    op.create_index('ix_touchpoint_unsettled', 'touchpoint', ['workspace_id', 'id'], sqlite_where=unsettled, postgresql_where=unsettled)
    op.create_table('tracking_number',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('workspace_id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.Text(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=True),
    sa.Column('medium', sa.Text(), nullable=True),
    sa.Column('campaign', sa.Text(), nullable=True),
    sa.Column('first_day', sa.Date(), nullable=True),
    sa.Column('last_day', sa.Date(), nullable=True),
    sa.Column('created_at', TIME, nullable=False),
    sa.Column('settled', sa.Boolean(), nullable=False),
    sa.Column('removed', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['workspace_id'], ['workspace.id'], name=op.f('fk_tracking_number_workspace_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tracking_number')),
    sa.UniqueConstraint('public_id', name=op.f('uq_tracking_number_public_id'))
    )
    op.create_index('ix_tracking_number_workspace_id_number', 'tracking_number', ['workspace_id', 'number'])
    op.create_index('ix_tracking_number_unsettled', 'tracking_number', ['id'], sqlite_where=unsettled, postgresql_where=unsettled)
    _find_calls()


def _find_calls() -> None:
    """Calls that are recorded already can be found by what comes for them now."""
    insert = 'INSERT INTO call_key (call_id, workspace_id, kind, value)'
    op.execute(f"{insert} SELECT id, workspace_id, 'call', public_id FROM call WHERE {RECORDED}")
    op.execute(f"{insert} SELECT id, workspace_id, 'number', business_number FROM call WHERE business_number IS NOT NULL "
        f"AND coalesce(direction, 'inbound') = 'inbound' AND {RECORDED}")
    op.execute(f"{insert} SELECT call.id, call.workspace_id, 'caller', caller.phone_hash FROM call "
        f"JOIN caller ON caller.id = call.caller_id WHERE coalesce(direction, '') != 'internal' AND {RECORDED}")
    connection = op.get_bind()
    last = 0
    while rows := connection.execute(sa.text(
        f'SELECT id, workspace_id, tracking FROM call WHERE id > :last AND {RECORDED} ORDER BY id LIMIT 1000'), {'last': last}
    ).all():
        last = rows[-1].id
        found = [
            {'call_id': row.id, 'workspace_id': row.workspace_id, 'kind': kind, 'value': value}
            for row in rows
            for kind, value in _keys(json.loads(row.tracking) if isinstance(row.tracking, str) else row.tracking)
        ]
        if found:
            connection.execute(sa.text(f'{insert} VALUES (:call_id, :workspace_id, :kind, :value)'), found)


def _keys(tracking: dict) -> set:
    session = (tracking.get('session_id') or '').strip()
    keys = set() if session.lower() in NOTHING else {('session', _digest(session))}
    for touch in (tracking, *(tracking.get('touchpoints') or ())):
        clicks = (touch.get('click_ids') or {}).items()
        keys |= {('click', _digest(f'{name.lower()}={value}')) for name, value in clicks
            if name.lower() in ONE_CLICK and value.lower() not in NOTHING}
    return keys


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def downgrade() -> None:
    # The version before does not know the stage.
    op.execute("DELETE FROM work WHERE stage = 'restate'")
    op.drop_table('tracking_number')
    op.drop_table('call_key')
    op.drop_table('touch_key')
    op.drop_table('touchpoint')
