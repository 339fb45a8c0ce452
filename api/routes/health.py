"""For whoever runs the service: is the process up, and can it work."""

from fastapi import APIRouter, Request

from api.openapi import problems
from api.problems import NOT_READY, Fault, Problem
from api.readiness import Readiness
from api.schemas import Health
from api.schemas import Readiness as ReadinessOut

router = APIRouter(tags=["health"])


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz")
def healthz(request: Request) -> Health:
    """The process is up. Nothing else is asked: a restart would mend nothing else."""
    return Health(status="ok", version=request.app.version)


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", responses=problems(503))
def readyz(request: Request) -> ReadinessOut:
    """The database answers and has our schema, and the object store takes and gives."""
    readiness: Readiness = request.app.state.readiness
    checks = readiness.checks()
    wrong = [Fault(field=check.name, value=None, detail=check.detail) for check in checks if not check.ok]
    if wrong:
        said = "; ".join(f"{fault.field}: {fault.detail}" for fault in wrong)
        raise Problem(NOT_READY, said, faults=wrong, headers={"Retry-After": "5"})
    return ReadinessOut(status="ready", checks=checks)
