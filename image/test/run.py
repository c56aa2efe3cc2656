"""The scenarios of the bench: what the shipped image does on a PC. `just image-test [NAME...]` runs them; `list` names them.

Each begins with a box of its own. What was seen goes to the output and, as pictures of the screen, into /w/vm/NAME/.
"""

import datetime
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import time

import exfat
import vm
from vm import Failed, Machine

SESSION = "/run/eyes-session"
BEADLE = "/usr/bin/beadle"
CAMERAS = 4
PHRASES = {"headteacher": "bench-of-quiet-wood-7", "it-manager": "lantern-by-the-gate-4"}
# As image/test.sh has made it, with the port on which the cameras play.
SITE = pathlib.Path("/w/site.kdl")
PORT = re.search(r":(\d+)/gate", SITE.read_text()).group(1)


def say(text):
    print(f"    {text}", flush=True)


def check(condition, text):
    if not condition:
        raise Failed(text)
    say(f"seen: {text}")


def image():
    """What is tried: the image that was built last, but those that an update brings."""
    updates = {path.name[7:-4] for path in vm.OUT.glob("beadle-update*/beadle_*.efi")}
    found = [path for path in vm.OUT.glob("beadle_*.raw") if path.name.count(".") == 1]
    found = [path for path in found if path.name[7:-4] not in updates]
    if not found:
        raise SystemExit("there is no image: just image makes one")
    return max(found, key=lambda path: path.stat().st_mtime)


def fresh_disk(folder, gibibytes=12):
    """A disk onto which the image was just written."""
    folder.mkdir(parents=True, exist_ok=True)
    disk = folder / "system.raw"
    subprocess.run(["cp", "--sparse=always", str(image()), str(disk)], check=True)
    with open(disk, "r+b") as file:
        file.truncate(gibibytes << 30)
    return disk


def box(name, **more):
    folder = vm.WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    return Machine(name, fresh_disk(folder), **more)


def records(status):
    cameras = status["cameras"]
    return len(cameras) == CAMERAS and all(c["state"] == "recording" and c["frames"] > 0 for c in cameras)


def bare_boot(machine):
    """Power on until the recorder answers that it has no file."""
    machine.start()
    eyes = machine.wait_for_eyes()
    status = machine.until("the recorder asks for a file", lambda s: s.get("begin"))
    say(f"power on to a first look inside {eyes:.0f} s, to the question for a file {time.monotonic() - machine.began:.0f} s")
    return status["begin"]


def candidate(machine, kind, whole=True):
    """One of the files that the box found, as soon as it has."""
    def found(status):
        listed = (status.get("begin") or {}).get("candidates", [])
        return [c for c in listed if c["kind"] == kind and (not whole or c.get("digest"))]

    return found(machine.until(f"a file on a {kind}", found))[0]["name"]


def take(machine, name):
    """Plan first, then yes."""
    plan = machine.read(f"{BEADLE} begin '{name}'", 120)
    say("the plan: " + " / ".join(line.strip() for line in plan.splitlines()[:4]))
    say(machine.read(f"{BEADLE} begin '{name}' --take", 120).splitlines()[-1])


def bring_site(machine):
    """The site's file comes on a stick, as a site manager brings it."""
    stick = vm.fat_stick(machine.folder / "site.raw", files=[("site.kdl", SITE.read_text())])
    machine.plug("site", stick)
    take(machine, candidate(machine, "stick"))
    machine.unplug("site")


def disks(machine):
    return json.loads(machine.read(f"{BEADLE} disk list --json --session {SESSION}-it-manager", 120))


def footage_disk(machine):
    """The first place that is empty and may become one does."""
    [space, *_] = [s for s in disks(machine)["spaces"] if s["holds"] == "nothing" and not s.get("why")]
    began = time.monotonic()
    said = machine.read(f"{BEADLE} disk make {space['name']} --typed {space['typed']} --session {SESSION}-it-manager", 600)
    say(f"{space['name']} ({space['typed']}), {time.monotonic() - began:.0f} s: {said.splitlines()[-1]}")


def first_boot(machine):
    """A bare disk to a box that records: the file from a stick, two people, a footage disk."""
    bare_boot(machine)
    bring_site(machine)
    enrol(machine)
    footage_disk(machine)
    machine.until("one camera records", lambda s: any(c["frames"] for c in s["cameras"]))
    first = time.monotonic() - machine.began
    machine.until("all cameras record", records)
    whole = time.monotonic() - machine.began
    say(f"power on to the first recorded frame {first:.0f} s, to all {CAMERAS} {whole:.0f} s")


def again(machine):
    """A start of a box that is set up: nobody does anything."""
    machine.start()
    eyes = machine.wait_for_eyes()
    machine.until("all cameras record", records)
    say(f"power on to a first look inside {eyes:.0f} s, to all {CAMERAS} recording {time.monotonic() - machine.began:.0f} s")


def look_at(machine, name):
    path = machine.folder / f"{name}.png"
    machine.screen(path)
    say(f"the screen is in {path}")
    return path


# ---- scenarios


def boot():
    """A bare disk records; nothing failed, the root cannot be written, the console is on tty1; times and sizes."""
    machine = box("boot")
    try:
        first_boot(machine)
        failed = machine.read("systemctl --failed --no-legend --plain")
        check(failed == "", f"0 failed units {failed}")
        code, said = machine.run("touch /foo")
        check(code != 0 and "Read-only" in said, "`touch /foo`: " + said.strip())
        check("verity" in machine.read("cat /proc/cmdline /sys/block/dm-0/dm/uuid").lower(), "the root is checked by dm-verity")
        say("memory in use: " + machine.read("grep -E 'MemTotal|MemAvailable' /proc/meminfo").replace("\n", ", "))
        say("boot: " + machine.read("systemd-analyze time"))
        users = machine.read("ps -o user,args | grep -E '[b]eadle '")
        say("processes:\n" + users)
        who = {line.split()[2] + (" network" if "--network" in line else ""): line.split()[0] for line in users.splitlines()}
        check(who.get("run") == "beadle" and who.get("console") not in ("beadle", "root", None),
              f"recorder and console are two users: {who}")
        rules = machine.read("nft list ruleset")
        check(f"10.0.2.2 tcp dport {PORT} accept" in rules and rules.count("policy drop") == 3, "the filter lets the cameras through")
        code, _ = machine.run("nc -w 5 10.0.2.2 1 </dev/null", 30)
        check(code != 0, "another port of the same host is not reached")
        watchdog = machine.read("cat /sys/class/watchdog/watchdog0/state 2>/dev/null || echo none")
        say(f"hardware watchdog: {watchdog}")
        shells = machine.read("for x in sh bash dash perl python3 awk; do [ ! -x /usr/bin/$x ] || echo $x; done")
        check(shells == "", "no shell and no interpreter in the root")
        parts = machine.read("wc -l < /usr/share/beadle/system-parts.txt")
        check(int(parts) > 100, f"{parts} packages on the list of parts")
        time.sleep(5)
        look_at(machine, "console")
        for key in ("f2", "f3"):
            machine.key(key)
            time.sleep(8)
            look_at(machine, f"console-{key}")
    finally:
        machine.kill()


def kernels(disk):
    """What the loader finds on the system disk: the ESP is its first partition, at 1 MB."""
    listed = subprocess.run(["mdir", "-b", "-i", f"{disk}@@1M", "::/EFI/Linux"], capture_output=True, text=True, check=True)
    return sorted(line.rsplit("/", 1)[1] for line in listed.stdout.split() if line.endswith(".efi"))


def count_boots(disk, tries=3):
    """As an update leaves it: the loader counts this version's boots down until it is found good."""
    [kernel] = kernels(disk)
    counted = kernel.replace(".efi", f"+{tries}.efi")
    folder = f"{disk}@@1M"
    subprocess.run(["mren", "-i", folder, f"::/EFI/Linux/{kernel}", f"::/EFI/Linux/{counted}"], check=True)
    return kernel


def blessed(machine):
    late = time.monotonic() + 300
    while machine.run("systemctl is-active boot-complete.target beadle-bless.service")[0] != 0:
        if time.monotonic() > late:
            raise Failed("it is not blessed: " + machine.run("systemctl status beadle-health beadle-bless --no-pager")[1])
        time.sleep(5)


def gate():
    """A version that is counted and records is found good; the loader counts it no more."""
    machine = box("gate")
    try:
        count_boots(machine.system)
        say(f"before the first boot: {kernels(machine.system)}")
        first_boot(machine)
        blessed(machine)
        machine.power_off()
        [left] = kernels(machine.system)
        check(left.endswith("+5.efi"), f"after a boot that recorded: {left}")
    finally:
        machine.kill()


def mute():
    """A version that is counted and records nothing starts again by itself, and a try is gone."""
    machine = box("mute")
    try:
        kernel = count_boots(machine.system)
        # The cameras of this box are nowhere: the port on which they play is another's.
        bare_boot(machine)
        text = SITE.read_text().replace(f":{PORT}/", ":9/")
        machine.read(f"echo {vm.coded(text)} | base64 -d > /var/lib/beadle/site.kdl; systemctl restart beadle")
        machine.hear("EYES OPEN\n", 1500)
        say("it started again")
        machine.kill()
        left = kernels(machine.system)
        check(left != [kernel] and any("+" in name for name in left), f"not found good: {left}")
    finally:
        machine.kill()


def enrol(machine):
    """The first two people, and their sessions."""
    lines = "\\n".join(phrase for phrase in PHRASES.values() for _ in range(2))
    # Without the processor's help a passphrase takes longer than the verb waits; it is looked at all the same.
    machine.run(f"printf '{lines}\\n' | {BEADLE} enrol --first {' '.join(PHRASES)}", 240)
    log_in(machine)


def export():
    """A package onto an exFAT stick, and what other people's programs on the host say of it."""
    machine = box("export")
    try:
        first_boot(machine)
        time.sleep(20)
        stick = vm.exfat_stick(machine.folder / "stick.raw")
        machine.plug("stick", stick)
        machine.until("the stick is seen", lambda s: any(x["state"] == "ready" for x in s.get("sticks", [])), 300)
        number = case(machine)
        form = "+%Y-%m-%dT%H:%M:%SZ"
        window = machine.read(f"for back in 90 75; do date -u -d @$(( $(date +%s) - $back )) {form}; done")
        start, end = window.split()
        said = machine.read(
            f"{BEADLE} export --session {SESSION}-it-manager --case {number} --camera gate,hall --from {start} --to {end} "
            "--purpose safety --reason 'CR-77-2026' --exhibit HT/1 --carrier plain --to-stick", 900)
        say(said.splitlines()[-1])
        machine.unplug("stick")
        out = machine.folder / "package"
        shutil.rmtree(out, ignore_errors=True)
        for path, content in exfat.Stick(stick).files():
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            (out / path).write_bytes(content)
        say("on the stick: " + ", ".join(sorted(str(p.relative_to(out)) for p in out.rglob("*") if p.is_file())))
        sums = next(out.rglob("SHA256SUMS*"), None) or next(out.rglob("*.sha256"))
        checked = subprocess.run(["sha256sum", "--check", "--quiet", sums.name], cwd=sums.parent, capture_output=True, text=True)
        check(checked.returncode == 0, f"sha256sum takes all of {sums.name} {checked.stdout}{checked.stderr}")
        signers = sums.parent / "allowed_signers"
        who = signers.read_text().split()[0]
        number = next(path.name for path in out.iterdir())
        command = ["ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", who, "-n", f"beadle-evidence:{number}",
                   "-s", str(sums.with_suffix(".sig"))]
        if shutil.which("ssh-keygen"):
            signed = subprocess.run(command, stdin=open(sums, "rb"), capture_output=True, text=True)
            check(signed.returncode == 0, "ssh-keygen: " + signed.stdout.strip() + signed.stderr.strip())
        else:
            say("to be looked at where ssh-keygen is: " + " ".join(command))
    finally:
        machine.kill()


def case(machine):
    """A request of the police, and the decision on it: its number."""
    today = machine.read("date -u +%Y-%m-%d")
    fields = {"type": "police-sch2-2", "recipient": "police", "received": today, "requester": "A. Constable",
              "requester-post": "Police Constable", "organisation": "Essex Police", "phone": "101", "wanted": "The gate",
              "power": "DPA 2018, Schedule 2, Part 1, paragraph 2", "limited": True, "from": today + "T00:00:00Z",
              "until": machine.read("date -u +%Y-%m-%dT%H:%M:00Z"), "requester-number": "1234", "offence-withheld": False, "offence": "Assault",
              "countersigned-by": "An Inspector", "countersigned-rank": "Inspector", "crime-reference": "CR-77-2026"}
    text = vm.coded(json.dumps({"reason": "an assault at the gate", "fields": fields}))
    said = machine.read(f"echo {text} | base64 -d | {BEADLE} case new --json - --session {SESSION}-it-manager", 120)
    number = next(word.strip(".:") for word in said.split() if word.strip(".:").isdigit())
    say(said.splitlines()[0])
    decision = {"reason": "it is necessary and proportionate", "fields": {"step": "decision", "decision": "allowed"},
                "authority": {"by": "headteacher", "form": "own"}}
    text = vm.coded(json.dumps(decision))
    say(machine.read(f"echo {text} | base64 -d | {BEADLE} logbook add request --about {number} --note --json - "
                     f"--session {SESSION}-headteacher", 120))
    return number


def power(cuts=10):
    """The plug is pulled while it records: what was safe stays, the logbook proves itself, nobody has to do anything."""
    machine = box("power")
    dice = random.Random(6)
    try:
        first_boot(machine)
        for cut in range(cuts):
            time.sleep(dice.uniform(4, 25))
            seen = machine.status()
            last = {c["id"]: c["last_frame"] for c in seen["cameras"]}
            machine.kill()
            machine.start()
            machine.wait_for_eyes()
            machine.until("it records again", records)
            listed = json.loads(machine.read(f"{BEADLE} footage --json", 120))
            lost = lost_seconds(last, listed)
            proved = machine.read(f"{BEADLE} logbook verify", 240).splitlines()[-1]
            say(f"cut {cut + 1}: at most {lost:.1f} s of what was shown is gone; {proved}")
            if lost > 2:
                raise Failed(f"{lost} s of footage are gone after cut {cut + 1}")
            failed = machine.read("systemctl --failed --no-legend --plain")
            if failed:
                raise Failed(f"after cut {cut + 1}: {failed}")
    finally:
        machine.kill()


def lost_seconds(last, listed):
    """From the last frame that the status showed to the last one that is on disk, over all cameras."""
    def moment(text):
        return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()

    lost = 0.0
    for camera, shown in last.items():
        if shown is None:
            continue
        ends = [moment(s["end"]) for s in listed["segments"] if s["camera"] == camera and s.get("end")]
        before = [end for end in ends if end <= moment(shown) + 30]
        lost = max(lost, moment(shown) - max(before, default=0))
    return lost


def key_on_paper(machine):
    """The recovery key as a person writes it down."""
    shown = machine.read(f"{BEADLE} recovery show --no-code --session {SESSION}-it-manager", 120)
    rows = [line for line in shown.splitlines() if line.startswith("    ") and " - " in line]
    return "-".join(word for row in rows for word in row.split() if word != "-")


def verified(machine):
    return machine.read(f"{BEADLE} logbook verify", 240).splitlines()[-1]


def opened(machine):
    """Which mappings are open, and what opens the volumes below them."""
    names = machine.read("cat /sys/block/dm-*/dm/name").split()
    check({"beadle-state", "beadle-footage"} <= set(names), f"open: {names}")
    check("/dev/mapper/beadle-state /var " in machine.read("cat /proc/mounts"), "the state is behind LUKS")
    check("/dev/mapper/beadle-footage /var/lib/beadle/footage " in machine.read("cat /proc/mounts"), "the footage is behind LUKS")


def slots(machine, label):
    part = machine.read(f"readlink -f /dev/disk/by-partlabel/{label}")
    dump = json.loads(machine.read(f"/usr/sbin/cryptsetup luksDump --dump-json-metadata {part}", 120))
    return sorted(dump["keyslots"]), sorted(token["type"] for token in dump["tokens"].values())


def sealed():
    """With a TPM: disks open by themselves, in this machine alone; after it was cleared the recovery key does it."""
    folder = vm.WORK / "sealed"
    shutil.rmtree(folder, ignore_errors=True)
    tpm = vm.Tpm(folder / "tpm")
    machine = Machine("sealed", fresh_disk(folder), tpm=tpm)
    try:
        first_boot(machine)
        opened(machine)
        for label in ("beadle-state", "beadle-footage"):
            say(f"{label}: slots and tokens {slots(machine, label)}")
        check(slots(machine, "beadle-state")[1] == ["systemd-tpm2"], "no key lies in the header of the state")
        key = key_on_paper(machine)
        machine.power_off()
        again(machine)
        opened(machine)
        machine.power_off()
        for path in tpm.folder.iterdir():
            path.unlink()
        machine.start()
        machine.wait_for_eyes()
        late = time.monotonic() + 300
        while not machine.asks_for_key():
            if time.monotonic() > late:
                raise Failed("nobody is asked for the recovery key")
            time.sleep(5)
        look_at(machine, "asked")
        machine.type(key + "\n")
        machine.until("all cameras record", records)
        opened(machine)
        check(slots(machine, "beadle-state")[1] == ["systemd-tpm2"], "the new TPM guards it")
        machine.power_off()
        again(machine)
    finally:
        machine.kill()


def adopt():
    """The box dies: another one, the old footage disk and the key on paper are the old box again."""
    folder = vm.WORK / "adopt"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    footage = vm.blank(folder / "footage.raw", 4 << 30)
    machine = Machine("adopt", fresh_disk(folder, 8), disks=[("WD-FOOT01A2B3C4", footage, "raw", "writeback")])
    try:
        bare_boot(machine)
        bring_site(machine)
        enrol(machine)
        [space] = [s for s in disks(machine)["spaces"] if s["typed"] == "A2B3C4"]
        machine.read(f"{BEADLE} disk make {space['name']} --typed A2B3C4 --session {SESSION}-it-manager", 600)
        machine.until("all cameras record", records)
        key = key_on_paper(machine)
        time.sleep(90)
        machine.until("copies of people and logbook are on the disk", records)
        before = json.loads(machine.read(f"{BEADLE} footage --json", 120))
        say("the old box: " + verified(machine))
        machine.kill()

        machine.system = fresh_disk(folder, 8)
        bare_boot(machine)
        began = time.monotonic()
        candidate(machine, "footage-disk", whole=False)
        look_at(machine, "locked")
        wrong = key[:-1] + ("a" if key[-1] != "a" else "b")
        code, said = machine.run(f"printf '%s\\n' {wrong} | {BEADLE} recovery put", 120)
        check(code != 0, "a slip in the key: " + said.strip().splitlines()[-1])
        say(machine.read(f"printf '%s\\n' {key} | {BEADLE} recovery put", 240).splitlines()[-1])
        take(machine, candidate(machine, "footage-disk"))
        machine.until("all cameras record", records)
        say(f"from the question for a file to all cameras recording {time.monotonic() - began:.0f} s")
        opened(machine)
        log_in(machine)
        after = json.loads(machine.read(f"{BEADLE} footage --json", 120))
        had = {(s["camera"], s["start"]) for s in before["segments"] if s.get("end")}
        has = {(s["camera"], s["start"]) for s in after["segments"]}
        check(had and had <= has, f"all {len(had)} segments of the old box are there")
        say("the new box: " + verified(machine))
        look_at(machine, "adopted")
        time.sleep(10)
        machine.power_off()
        again(machine)
        opened(machine)
    finally:
        machine.kill()


def install():
    """The image on a stick puts itself on the disk that somebody names, and on no other."""
    folder = vm.WORK / "install"
    shutil.rmtree(folder, ignore_errors=True)
    stick = fresh_disk(folder, 10)
    stick = stick.rename(folder / "stick.raw")
    disk = vm.blank(folder / "system.raw", 12 << 30)
    machine = Machine("install", disk, usb=stick)
    try:
        begin = bare_boot(machine)
        check(begin.get("install"), "it says that it runs from a stick")
        spaces = begin["install"]["spaces"]
        say("; ".join(f"{s['name']}: {s['holds']}, {s.get('why') or 'may be taken'}" for s in spaces))
        time.sleep(5)
        look_at(machine, "installer")
        [space] = [s for s in spaces if not s.get("why")]
        code, said = machine.run(f"{BEADLE} disk install {space['name']} --typed WRONG1", 120)
        check(code != 0, "something else typed: " + said.strip().splitlines()[-1])
        began = time.monotonic()
        said = machine.read(f"{BEADLE} disk install {space['name']} --typed {space['typed']}", 900)
        say(f"{time.monotonic() - began:.0f} s: {said.splitlines()[-1]}")
        machine.power_off()
        machine.usb = None
        begin = bare_boot(machine)
        check(not begin.get("install"), "the disk starts by itself, as a box")
        bring_site(machine)
        enrol(machine)
        footage_disk(machine)
        machine.until("all cameras record", records)
    finally:
        machine.kill()


def update_stick(machine, name, source, spoil=None):
    """A stick with an update set on it, perhaps spoiled."""
    tree = machine.folder / name
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(source, tree)
    if spoil:
        spoil(tree)
    files = [(f"beadle-update/{path.name}", path) for path in sorted(tree.iterdir())]
    return vm.fat_stick(machine.folder / f"{name}.raw", 768 << 20, files)


def log_in(machine):
    for person, phrase in PHRASES.items():
        command = f"printf '{phrase}\\n' | {BEADLE} log-in {person} --session {SESSION}-{person}"
        for _ in range(6):
            code, said = machine.run(command, 240)
            if code == 0:
                break
            time.sleep(10)
        else:
            raise Failed(f"{person} does not get in: {said}")
        say(said.strip().splitlines()[-1])


def running(machine):
    release = machine.read("cat /etc/os-release")
    return next(line.split("=")[1].strip('"') for line in release.splitlines() if line.startswith("IMAGE_VERSION="))


def restart(machine):
    """By the verb, as somebody at the box does; the next start is waited for."""
    machine.run(f"{BEADLE} update restart --reason 'the new version' --session {SESSION}-it-manager", 120)
    machine.began = time.monotonic()


def update():
    """The next version by stick; what is forged, torn or older is refused; one that does not come up, and one that lost a byte, go back by themselves."""
    machine = box("update")
    good, bad = vm.OUT / "beadle-update", vm.OUT / "beadle-update-bad"
    take_it = f"{BEADLE} update take --reason 'a new version came' --session {SESSION}-it-manager"
    try:
        first_boot(machine)
        before = running(machine)

        def forged(tree):
            sums = tree / "SHA256SUMS"
            sums.write_text(sums.read_text().replace("0", "1", 1))

        def torn(tree):
            part = next(tree.glob("*.root.gz"))
            part.write_bytes(part.read_bytes()[: part.stat().st_size // 2])

        for name, spoil in (("forged", forged), ("torn", torn)):
            machine.plug(name, update_stick(machine, name, good, spoil))
            machine.until("the stick is seen", lambda s: any(x["state"] == "ready" for x in s.get("sticks", [])), 300)
            code, said = machine.run(take_it, 900)
            check(code != 0, f"{name}: {said.strip().splitlines()[-1]}")
            machine.unplug(name)
        machine.plug("update", update_stick(machine, "set", good))
        machine.until("the stick is seen", lambda s: any(x["state"] == "ready" for x in s.get("sticks", [])), 300)
        began = time.monotonic()
        said = machine.read(take_it, 1800)
        say(f"{time.monotonic() - began:.0f} s: {said.splitlines()[-1]}")
        machine.until("all cameras record meanwhile", records)
        machine.unplug("update")
        restart(machine)
        machine.hear("EYES OPEN\n")
        machine.until("all cameras record", records)
        after = running(machine)
        check(after != before, f"{after} runs in place of {before}, {time.monotonic() - machine.began:.0f} s after the order to restart")
        blessed(machine)
        log_in(machine)
        machine.plug("older", update_stick(machine, "older", good))
        machine.until("the stick is seen", lambda s: any(x["state"] == "ready" for x in s.get("sticks", [])), 300)
        code, said = machine.run(take_it, 900)
        check(code != 0, f"the same again: {said.strip().splitlines()[-1]}")
        machine.unplug("older")
        say("the logbook has of it: " + machine.read(f"{BEADLE} logbook list --session {SESSION}-it-manager | grep -i -E 'update|version' | head -12", 120))
        if bad.exists():
            machine.plug("bad", update_stick(machine, "bad", bad))
            machine.until("the stick is seen", lambda s: any(x["state"] == "ready" for x in s.get("sticks", [])), 300)
            say(machine.read(take_it, 1800).splitlines()[-1])
            machine.unplug("bad")
            restart(machine)
            machine.wait_for_version(running, after)
            say(f"the version that does not come up is left after {time.monotonic() - machine.began:.0f} s: {kernels_inside(machine)}")
            machine.until("all cameras record", records)
        flip(machine, f"beadle_{after}")
        machine.start()
        machine.wait_for_version(running, before)
        check(running(machine) == before, f"one changed byte in {after}: {before} comes up, after {time.monotonic() - machine.began:.0f} s")
        machine.until("all cameras record", records)
        say("the logbook: " + verified(machine))
    finally:
        machine.kill()


def kernels_inside(machine):
    return machine.read("ls /efi/EFI/Linux /boot/EFI/Linux 2>/dev/null").split()


def flip(machine, label):
    """One byte of the first block of a root is another."""
    start = machine.read(f"cat /sys/class/block/$(readlink -f /dev/disk/by-partlabel/{label} | cut -c6-)/start")
    machine.power_off()
    with open(machine.system, "r+b") as disk:
        disk.seek(int(start) * 512 + 1024 + 77)
        byte = disk.read(1)
        disk.seek(-1, 1)
        disk.write(bytes([byte[0] ^ 1]))


SCENARIOS = {"boot": boot, "gate": gate, "mute": mute, "export": export, "power": power, "sealed": sealed, "adopt": adopt,
             "install": install, "update": update}
SHORT = ["boot", "export"]


def main():
    wanted = sys.argv[1:] or SHORT
    if wanted == ["list"]:
        for name, run in SCENARIOS.items():
            print(f"{name:10} {run.__doc__}")
        return
    passed, failed = 0, 0
    for name in SCENARIOS if wanted == ["all"] else wanted:
        print(f"{name}: {SCENARIOS[name].__doc__}", flush=True)
        began = time.monotonic()
        try:
            SCENARIOS[name]()
            passed += 1
            print(f"{name}: passed after {time.monotonic() - began:.0f} s", flush=True)
        except Failed as why:
            failed += 1
            print(f"{name}: FAILED after {time.monotonic() - began:.0f} s: {why}", flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
