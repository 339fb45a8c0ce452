"""Numbers that stand for a source: what was dialled attributes a call of which nothing better is known."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends

from api import bodies
from api.dependencies import KEY_NEEDED, Key, Tools
from api.number_schemas import NumberIn, NumberOut, NumbersOut
from api.openapi import body_of, problems
from api.routes.calls import PREFIX
from pipeline.numbers import add_number, remove_number
from storage import numbers
from storage.numbers import SavedNumber

router = APIRouter(prefix=PREFIX, tags=["numbers"], dependencies=KEY_NEEDED)


@router.get("/numbers")
def list_numbers(tools: Tools, key: Key) -> NumbersOut:
    """All of them, by number and date."""
    with tools.sessions.read() as session:
        return NumbersOut(numbers=[_shown(one) for one in numbers.listed(session, workspace_id=key.workspace_id)])


@router.post(
    "/numbers",
    status_code=201,
    responses=problems(400, 409, 413, 415, 422),
    openapi_extra={"requestBody": body_of(NumberIn)},
)
def create_number(tools: Tools, key: Key, body: Annotated[bytes, Depends(bodies.json_body)]) -> NumberOut:
    """Say what a number stands for. The records of old calls that dialled it follow in the background.

    On one day a number stands for one thing: dates that overlap with known ones of the same number are refused.
    """
    given = bodies.model_of(body, NumberIn)
    return _shown(add_number(tools, given.to_number(), workspace_id=key.workspace_id))


@router.delete("/numbers/{number_id}", status_code=204, responses=problems(404))
def delete_number(tools: Tools, key: Key, number_id: str) -> None:
    """It stands for this no more, and never did: the records of its calls follow in the background."""
    remove_number(tools, number_id, workspace_id=key.workspace_id)


def _shown(one: SavedNumber) -> NumberOut:
    return NumberOut(id=one.public_id, created_at=one.created_at, **asdict(one.number))
