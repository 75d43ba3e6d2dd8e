"""What one press costs the server's processors: presses of one kind alone, nobody else at work."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench.seats import field
from bench.seats.field import Field, Server
from bench.seats.seat import SAYS, Load, Seat
from tests.survey.stories import TEXT

SEATS, SAVES = 40, 5
EMPTY_SEATS, PRESSES = 50, 4
LOGINS = SEATS + EMPTY_SEATS
"""So many people press here who didn't work in the shift."""
DAY, NIGHT = "2026-12-05T10:10", "2026-12-05T23:10"


def costs(made: Field, server: Server) -> dict[str, float]:
    """Return CPU seconds of a claim, of a saved answer, of a press at an empty queue and of its page."""
    made.set_window(DAY)
    seats = _signed_in(server, logins=made.logins[-SEATS:])
    claim = _cpu_of(server, [lambda each=each: _claims(each) for each in seats])
    talking = [each for each in seats if each.has_case]
    places = [_reaches(each) for each in talking]
    saving = 0.0
    for _question in range(SAVES):
        before, answers = server.cpu(), []
        for seat, place in zip(talking, places, strict=True):
            answers.append(_saves(seat, place))
        saving += server.cpu() - before
        places = [seat.follows(where) for seat, where in zip(talking, answers, strict=True)]
    made.set_clock(field.at(NIGHT))
    idle = _signed_in(server, logins=made.logins[-SEATS - EMPTY_SEATS : -SEATS])
    empty = _cpu_of(server, [lambda each=each: _claims(each) for each in idle * PRESSES])
    page = _cpu_of(server, [lambda each=each: _reads(each) for each in idle])
    save = saving / max(1, SAVES * len(talking))
    return {"claim": claim, "save": save, "empty": empty, "page of an empty queue": page}


def _signed_in(server: Server, *, logins: Sequence[str]) -> list[Seat]:
    found = [Seat(Load(server.port, 1.0, 0), login, field.PASSWORD) for login in logins]
    for each in found:
        each.sign_in()
        each.get("/interview/")
    return found


def _cpu_of(server: Server, presses: Sequence[Callable[[], None]]) -> float:
    before = server.cpu()
    for press in presses:
        press()
    return (server.cpu() - before) / max(1, len(presses))


def _claims(seat: Seat) -> None:
    _, where = seat.post("/interview/next", once=seat.once)
    seat.place = where
    seat.has_case = "nothing" not in where and not where.endswith("/interview/")


def _reads(seat: Seat) -> None:
    seat.get("/interview/?nothing=1")


def _reaches(seat: Seat) -> str:
    place = seat.follows(seat.place)
    seat.post(f"{place}/dial")
    _, where = seat.post(f"{place}/reached")
    return seat.follows(where)


def _saves(seat: Seat, place: str) -> str:
    item = place.rsplit("/", 1)[1]
    name = "value" if item in TEXT else "code"
    _, where = seat.post(place, **{name: SAYS.get(item, "" if item in TEXT else "99")})
    return where
