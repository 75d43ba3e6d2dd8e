"""docs/operating.md, followed by somebody who does what stands there and nothing else.

In a copy of this machine's root that is thrown away (an overlay in memory), with a network of its own that
has loopback alone. What isn't there is brought before: the program in /opt/huying, certificates, nginx (of
this machine, or of the unpacked package that HUYING_NGINX names), and a systemctl that starts what units say.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APART = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"]
BLOCK = re.compile(r"^```sh( postgresql)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMES = ("hy.example.cn", "pingjia.example.cn")
NGINX = shutil.which("nginx") or os.environ.get("HUYING_NGINX", "")

pytestmark = [pytest.mark.slow, pytest.mark.server]

ENTER = """
set -eu
mount -t tmpfs none "$1"
mkdir "$1/above" "$1/work" "$1/root"
mount -t overlay none -o "lowerdir=/,upperdir=$1/above,workdir=$1/work" "$1/root"
mount -t proc none "$1/root/proc"
mount --rbind /dev "$1/root/dev"
mount -t tmpfs none "$1/root/run"
"""
BEFORE = """
ip link set lo up
chmod o+rx /root
mkdir -p /opt/huying/bin /var/log/nginx
ln -sf {folder}/huying /opt/huying/bin/huying
(cd {tree} && {folder}/python -m compileall -q huying feedback survey sampling demo)
[ ! -d "{nginx}" ] || tar -C "{nginx}" -c . | tar -C / -x --keep-directory-symlink
for name in {names}; do
  mkdir -p /etc/letsencrypt/live/$name
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=$name -addext subjectAltName=DNS:$name \
    -keyout /etc/letsencrypt/live/$name/privkey.pem -out /etc/letsencrypt/live/$name/fullchain.pem 2>/dev/null
  cat /etc/letsencrypt/live/$name/fullchain.pem >> /tmp/trusted.pem
  echo "127.0.0.1 $name" >> /etc/hosts
done
export CURL_CA_BUNDLE=/tmp/trusted.pem
cat > /usr/local/bin/systemctl <<'END'
{systemctl}
END
chmod +x /usr/local/bin/systemctl
mkdir /tmp/archive && cp -a {deploy} /tmp/archive/ && cd /tmp/archive
"""
SYSTEMCTL = r"""#!/bin/bash
# It starts what units say, as the user that they name; it waits until pages answer and work has gone round.
set -eu
what=$1; shift
[ "$what" != daemon-reload ] || exit 0
for unit in "$@"; do
  case $unit in
    --now) continue ;;
    *.timer) test -e /etc/systemd/system/$unit; continue ;;
    nginx) nginx; continue ;;
  esac
  file=/etc/systemd/system/$unit.service
  said() { sed -n "s/^$1=-\?//p" $file | sed 's/\$\$/$/g; s/%%/%/g'; }
  ( set -a; for name in $(said EnvironmentFile); do [ ! -e $name ] || . $name; done; set +a
    cd "$(said WorkingDirectory)"; umask "$(said UMask)"
    if [ "$(said Type)" = oneshot ]; then
      runuser -u $(said User) -- sh -c "$(said ExecStartPre)"
      runuser -u $(said User) -- sh -c "$(said ExecStart)"
      exit
    fi
    runuser -u $(said User) -- sh -c "exec $(said ExecStart)" < /dev/null > /tmp/$unit.log 2>&1 &
    port=$(said ExecStart | sed -n 's/.*--port //p')
    for _ in $(seq 300); do
      [ -n "$port" ] && curl -fs http://127.0.0.1:$port/healthz > /dev/null && exit
      [ -z "$port" ] && compgen -G "*-work" > /dev/null && exit
      sleep 0.2
    done
    cat /tmp/$unit.log >&2; exit 1 )
done
"""
AFTER = """
for process in /proc/[0-9]*; do
  case "$(tr '\\0' ' ' < $process/cmdline)" in
    runuser*) ;;
    *"feedback serve"*|*"feedback work"*|*"survey serve"*|*"survey work"*)
      echo "RUNS $(stat -c %U $process) $(tr '\\0' ' ' < $process/cmdline)" ;;
  esac
done 2> /dev/null
cd /tmp/archive && deploy/install --answers answers
"""


def _may_be_apart() -> bool:
    tried = [*APART, "sh", "-c", "mount -t tmpfs none /mnt"]
    able = os.geteuid() == 0 and shutil.which("unshare") and shutil.which("systemd-sysusers")
    return bool(able) and subprocess.run(tried, capture_output=True, check=False).returncode == 0


def _blocks(database: str) -> list[str]:
    """Return the blocks in the order in which they are followed: those of PostgreSQL after the first."""
    found = BLOCK.findall((ROOT / "docs" / "operating.md").read_text(encoding="utf-8"))
    first, *rest = (block for mark, block in found if not mark)
    of_postgresql = [block for mark, block in found if mark]
    if database == "sqlite":
        return [first, *rest]
    return [first.replace("sides = both\n", "sides = both\ndatabase = postgresql\n"), *of_postgresql, *rest]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def followed(request, tmp_path_factory) -> str:
    if not _may_be_apart():
        pytest.skip("NOT TESTED: a root of its own needs root's rights, unshare and systemd-sysusers")
    if not NGINX:
        pytest.skip("NOT TESTED: nginx is missing (HUYING_NGINX names the folder of its unpacked package)")
    if request.param == "postgresql" and not shutil.which("pg_createcluster"):
        pytest.skip("NOT TESTED: Debian's pg_createcluster is missing")
    before = BEFORE.format(
        folder=Path(sys.executable).parent,
        tree=ROOT,
        nginx=NGINX,
        names=" ".join(NAMES),
        systemctl=SYSTEMCTL,
        deploy=ROOT / "deploy",
    )
    folder = tmp_path_factory.mktemp("root")
    script = tmp_path_factory.mktemp("said") / "followed.sh"
    script.write_text(
        "\n".join(["set -euo pipefail", before, *_blocks(request.param), AFTER]), encoding="utf-8"
    )
    enter = f'{ENTER}\nexec chroot "$1/root" bash {script}'
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HUYING_")}
    done = subprocess.run(
        [*APART, "sh", "-c", enter, "enter", folder], env=clean, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout + done.stderr


def test_every_block_ends_well_and_neither_doctor_finds_anything_wrong(followed):
    assert "✗" not in followed
    assert followed.count("✓ 表结构是这个版本的") == 2
    assert followed.count("work 在运行") == 2


def test_nginx_accepts_what_was_written_and_leads_to_both_sides(followed):
    assert "nginx: configuration file /etc/nginx/nginx.conf test is successful" in followed
    assert "okok" in followed.replace("\n", "")


def test_each_side_runs_under_its_own_user(followed):
    running = [line.split()[1:] for line in followed.splitlines() if line.startswith("RUNS")]
    for user, *words in running:
        assert user == ("huying-public" if "feedback" in words else "huying-survey")
    for words in (("feedback", "serve"), ("feedback", "work"), ("survey", "serve"), ("survey", "work")):
        assert any(set(words) <= set(each) for _user, *each in running), words


def test_the_installer_run_once_more_changes_nothing(followed):
    assert re.search(r"^2[13] files written, 0 as they were\.$", followed, re.MULTILINE)
    assert re.search(r"^0 files written, 2[13] as they were\.$", followed, re.MULTILINE)
