"""A plain service, as fast as FastAPI and psycopg make it: a case row and an audit row in one transaction.

It accepts the same requests, checks the same tokens by the same code, runs on the same server and answers with the same
members. It stores no idempotency keys, seals nothing, gives no gapless numbers, and folds no views.
"""

import sys
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson
import psycopg
from fastapi import FastAPI, Request, Response
from psycopg.types.json import Jsonb

from application.cases.requests import Submission
from application.clock import system_clock
from application.event_loop import run
from application.identity import new_id
from bench.peers.service import Verified, make_app, owner_url, serve_app
from cli.demo_catalogue import AGENCIES, SERVICES
from domain.case.deadlines import end_of, last_day, local_date
from domain.case.reference import reference_of
from domain.service.definition import ServiceDefinition
from domain.values import rfc3339

_TABLES = """
CREATE SCHEMA plain;
CREATE TABLE plain.cases (
    case_id      uuid        PRIMARY KEY,
    reference    text        NOT NULL UNIQUE,
    service      text        NOT NULL,
    agency       text        NOT NULL,
    desk         text        NOT NULL,
    stage        text        NOT NULL,
    applicant    text        NOT NULL,
    language     text        NOT NULL,
    answers      jsonb       NOT NULL,
    deadline     timestamptz,
    submitted_at timestamptz NOT NULL
);
CREATE TABLE plain.audit (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id uuid        NOT NULL REFERENCES plain.cases,
    actor   text        NOT NULL,
    action  text        NOT NULL,
    at      timestamptz NOT NULL
);
"""
_CASE = "INSERT INTO plain.cases VALUES (%s, %s, %s, %s, %s, 'Submitted', %s, %s, %s, %s, %s)"
_AUDIT = "INSERT INTO plain.audit (case_id, actor, action, at) VALUES (%s, %s, 'submitted', %s)"
_BOTH = f"""
WITH made AS ({_CASE} RETURNING case_id, applicant, submitted_at)
INSERT INTO plain.audit (case_id, actor, action, at) SELECT case_id, applicant, 'submitted', submitted_at FROM made
"""  # noqa: S608 - constant statements
_SERVICES = {service.slug: service for service in SERVICES}
_ZONES = {agency.slug: agency.time_zone for agency in AGENCIES}


class Way(StrEnum):
    """How it stores: the usual way, with fewer round trips, or not at all, which shows the cost of the rest."""

    TWO_STATEMENTS = "two-statements"
    ONE_STATEMENT = "one-statement"
    NOTHING = "nothing"


def plain_app(way: Way) -> FastAPI:
    """Return the service."""
    app = make_app()

    @app.post("/v1/cases", status_code=201)
    async def submit(submission: Submission, caller: Verified, request: Request) -> Response:
        now = system_clock()
        case_id, document = _case(submission, caller.subject, now)
        values = _row(document, submission, now)
        if way is not Way.NOTHING:
            # The connection's block is the transaction: leaving it commits.
            async with request.app.state.pool.connection() as connection:
                if way is Way.ONE_STATEMENT:
                    await connection.execute(_BOTH, values, prepare=True)
                else:
                    await connection.execute(_CASE, values, prepare=True)
                    await connection.execute(_AUDIT, (case_id, caller.subject, now), prepare=True)
        headers = {"Location": f"/v1/cases/{case_id}"}
        return Response(orjson.dumps(document), 201, headers, "application/json")

    return app


def _case(submission: Submission, applicant: str, now: datetime) -> tuple[UUID, dict[str, Any]]:
    service = _SERVICES[submission.service]
    case_id, zone = new_id(now), _ZONES[service.agency]
    return case_id, {
        "caseId": case_id,
        "reference": reference_of(case_id),
        "service": service.slug,
        "serviceVersion": 1,
        "agency": service.agency,
        "desk": service.desk,
        "stage": "Submitted",
        "step": None,
        "version": 1,
        "channel": "internet",
        "language": submission.language or service.languages[0],
        "timeZone": zone,
        "applicant": applicant,
        "official": None,
        "outcome": None,
        "deadline": _deadline(service, now, zone),
    }


def _deadline(service: ServiceDefinition, now: datetime, zone: str) -> str | None:
    return rfc3339(end_of(last_day(local_date(now, zone), service.term), zone)) if service.term else None


def _row(document: dict[str, Any], submission: Submission, now: datetime) -> tuple[object, ...]:
    return (
        *(document[name] for name in ("caseId", "reference", "service", "agency", "desk", "applicant", "language")),
        Jsonb(submission.answers, dumps=orjson.dumps),
        document["deadline"],
        now,
    )


if __name__ == "__main__":
    with psycopg.connect(owner_url()) as owner:
        owner.execute(_TABLES)
    run(serve_app(plain_app(Way(sys.argv[1]))))
