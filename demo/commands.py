"""The command `huying demo`."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import click

from demo import people, serve, tour
from demo.place import PLAY_PORT, PUBLIC_PORT, SURVEY_PORT, DemoFolder
from huying.base import clock
from huying.base.errors import Refused
from huying.base.i18n import _

SEED = 20261123
PORT = click.IntRange(1, 65535)


@click.command("demo")
@click.option("--data", type=click.Path(path_type=Path), envvar="HUYING_DATA", default="var", help="Folder.")
@click.option(
    "--size",
    type=click.Choice(["small", "city"]),
    default="small",
    show_default=True,
    help="40 grids in a minute, or 400 grids, 200,000 homes, 20,000 cases and eight waves in far longer.",
)
@click.option("--seed", type=int, default=SEED, show_default=True, help="Equal seeds make equal cities.")
@click.option("--reset", is_flag=True, help="Throw the demo's data away and make it anew.")
@click.option("--make-only", is_flag=True, help="Make the data and don't serve it.")
@click.option("--public-port", type=PORT, default=PUBLIC_PORT, show_default=True)
@click.option("--survey-port", type=PORT, default=SURVEY_PORT, show_default=True)
@click.option("--play-port", type=PORT, default=PLAY_PORT, show_default=True)
def register(
    *,
    data: Path,
    size: str,
    seed: int,
    reset: bool,
    make_only: bool,
    public_port: int,
    survey_port: int,
    play_port: int,
) -> None:
    """Make a synthetic city once and serve both sides of it on loopback, until Ctrl-C.

    Everybody in it is invented, every number begins with +999 and can't be dialled. The truth of each grid is
    known, so you can see how near the scores come and how far the workers' lists lie.
    """
    place = DemoFolder(data.resolve(), public_port, survey_port, play_port)
    story = None if reset else place.story()
    if story is not None and story.get("size", "small") != size:
        raise Refused(_("%(data)s 里已经有另一种规模的演示。要重新生成，请加 --reset。", data=place.data))
    if story is None:
        # Only a demo that must be made pays for what making it needs.
        from demo.city import SIZES, build  # noqa: PLC0415
        from demo.make import make  # noqa: PLC0415

        place.clear()
        story = make(place, build(seed, size=SIZES[size]), now=clock.now(), tell=click.echo)
        place.note(story)
    if make_only:
        return
    tour.write(place, story)
    serve.heed_requests_to_end()
    with (
        suppress(KeyboardInterrupt),
        serve.both(place) as processes,
        serve.working(place) as worker,
        serve.playing(place) as table,
    ):
        click.echo(_greeting(place, story))
        serve.until_interrupted((*processes, worker, table))


LINKS = (
    ("居民：扫海报", "public", "/{poster}", ""),
    ("居民：打评价链接", "public", "/r/{rating}", ""),
    ("居民：查进度", "public", "/receipt/{receipt}", ""),
    ("演示短信（假运营商）", "public", "/demo/messages", ""),
    ("演示电话机（拨编号）", "public", "/demo/telephone/", ""),
)
CODES = {"居民：海报上的拨号编号": "dial", "居民：有人上门，工作证编号": "badge"}
"""What the greeting gives to be typed in."""


def _greeting(place: DemoFolder, story: Mapping[str, str]) -> str:
    lines = [
        "",
        "呼应演示：全部人物、地址、电话均为虚构（号码以 +999 开头，打不通）。",
        "",
        f"  从这里看起，八站走一遍（各站已替您登录）：{place.public_url}/demo",
        f"  自己抽一轮，三分钟：{place.play_url}",
        "",
    ]
    lines += [f"  {label:<14}{place.public_url}{path.format(**story)}" for label, _, path, _ in LINKS]
    for label, what in CODES.items():
        if what in story:
            lines.append(f"  {label:<14}{story[what]}")
    if "letter" in story:
        lines.append(
            f"  {'居民：我家在不在名册里':<14}{place.survey_url}/frame   信上的编号 {story['letter']}"
        )
    sides = (("公众端", place.public_url, people.PUBLIC), ("独立端", place.survey_url, people.SURVEY))
    for title, url, group in sides:
        lines += ["", f"{title}  {url}/sign-in   密码都是 {people.PASSWORD}"]
        lines += [f"  {person.name:<12}{person.login}" for person in group]
    return "\n".join([*lines, "", "按 Ctrl-C 结束。"])
