"""A virtual PC that boots the shipped image, unmodified, under QEMU without KVM.

Eyes inside come from outside: a disk with busybox, and a unit that is handed in as a firmware credential; it answers
commands on the first serial port. Nothing of either is in the image.
"""

import base64
import json
import os
import pathlib
import shutil
import socket
import subprocess
import time

WORK = pathlib.Path(os.environ.get("BEADLE_VM", "/w/vm"))
OUT = pathlib.Path("/w/out")
FIRMWARE = pathlib.Path("/usr/share/OVMF")
# Three times what a boot takes on a machine that others use as well (277 s at a load of 10).
PATIENCE = 900

# Before the box's own disk is open: a box that asks for its key is looked at as well.
EYES_MOUNT = """[Unit]
Description=What the test brings along
DefaultDependencies=no
ConditionPathExists=!/etc/initrd-release
[Mount]
What=/dev/disk/by-id/virtio-EYES
Where=/run/eyes
Type=erofs
Options=ro
"""
EYES_SERVICE = """[Unit]
Description=Answers the test on the serial port
DefaultDependencies=no
ConditionPathExists=!/etc/initrd-release
Requires=run-eyes.mount
After=run-eyes.mount
[Service]
ExecStart=/run/eyes/busybox sh /run/eyes/answer
StandardInput=tty-force
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
TTYReset=yes
Restart=always
"""
ANSWER = """export PATH=/run/eyes:/usr/bin:/usr/sbin
stty -echo 2>/dev/null
echo "EYES OPEN"
while read -r line; do
    eval "$line" </dev/null 2>&1
    echo "EYES END $?"
done
"""


KEYS = {" ": "spc", "\n": "ret", "-": "minus", ".": "dot", ",": "comma", "/": "slash", ":": "shift+semicolon", "=": "equal",
        "?": "shift+slash", "_": "shift+minus"}


class Failed(Exception):
    """What did not happen, in words."""


def eyes(folder):
    """The disk with busybox on it."""
    tree = folder / "eyes"
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    shutil.copy(shutil.which("busybox"), tree / "busybox")
    for name in "sh cat ls grep sha256sum dd cut head tail sleep stty mount umount ps df wc find ip nc hexdump base64 printf date touch tr sort mkdir rm cp sync".split():
        (tree / name).symlink_to("busybox")
    (tree / "answer").write_text(ANSWER)
    image = folder / "eyes.erofs"
    image.unlink(missing_ok=True)
    subprocess.run(["mkfs.erofs", "--quiet", str(image), str(tree)], check=True)
    return image


def blank(path, size):
    path.unlink(missing_ok=True)
    with open(path, "wb") as file:
        file.truncate(size)
    return path


def mebibytes(n):
    return n << 20


def fat_stick(path, size=mebibytes(128), files=()):
    """A stick as a shop sells it, with files on it: (name on the stick, text or bytes or a path)."""
    blank(path, size)
    subprocess.run(["mkfs.vfat", "-F", "32", "-n", "STICK", str(path)], check=True, stdout=subprocess.DEVNULL)
    for name, content in files:
        if isinstance(content, pathlib.Path):
            source = content
        else:
            source = path.with_suffix(".part")
            source.write_bytes(content.encode() if isinstance(content, str) else content)
        folder = ""
        for part in pathlib.PurePosixPath(name).parts[:-1]:
            folder += "/" + part
            subprocess.run(["mmd", "-D", "s", "-i", str(path), "::" + folder], check=False, stderr=subprocess.DEVNULL)
        subprocess.run(["mcopy", "-o", "-i", str(path), str(source), "::/" + name], check=True)
    return path


def exfat_stick(path, size=mebibytes(256)):
    blank(path, size)
    subprocess.run(["mkfs.exfat", "-L", "STICK", str(path)], check=True, stdout=subprocess.DEVNULL)
    return path


class Tpm:
    """A TPM in software; its folder is what makes it this one."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.socket = folder / "socket"
        self.process = None

    def start(self):
        self.socket.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.folder}", "--terminate",
             "--ctrl", f"type=unixio,path={self.socket}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        late = time.monotonic() + 30
        while not self.socket.exists():
            if time.monotonic() > late:
                raise Failed("swtpm does not start")
            time.sleep(0.05)

    def arguments(self):
        return ["-chardev", f"socket,id=tpm,path={self.socket}", "-tpmdev", "emulator,id=tpm0,chardev=tpm",
                "-device", "tpm-crb,tpmdev=tpm0"]


def coded(text):
    """For a command line or a firmware table, whatever letters are in it."""
    return base64.b64encode(text.encode()).decode()


def credential(name, text):
    value = coded(text)
    return ["-smbios", f"type=11,value=io.systemd.credential.binary:{name}={value}"]


class Machine:
    """One PC: a system disk, perhaps others, a keyboard, a screen."""

    def __init__(self, name, system, disks=(), memory=2048, tpm=None, extra=(), usb=None):
        self.folder = WORK / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.system, self.disks, self.memory = system, list(disks), memory
        # A disk in the USB port from the start, which the firmware tries first.
        self.tpm, self.extra, self.usb = tpm, list(extra), usb
        self.variables = self.folder / "vars.fd"
        if not self.variables.exists():
            shutil.copy(FIRMWARE / "OVMF_VARS_4M.fd", self.variables)
        self.process = self.serial = self.qmp = None
        self.heard = ""

    def start(self):
        for name in ("serial", "qmp"):
            (self.folder / name).unlink(missing_ok=True)
        command = [
            "qemu-system-x86_64", "-machine", "q35", "-accel", "tcg,thread=multi,tb-size=512", "-cpu", "max",
            "-m", str(self.memory), "-smp", os.environ.get("BEADLE_VM_CORES", "1"), "-nodefaults", "-no-user-config", "-display", "none",
            "-serial", f"unix:{self.folder}/serial,server=on,wait=off",
            "-qmp", f"unix:{self.folder}/qmp,server=on,wait=off",
            "-drive", f"if=pflash,format=raw,readonly=on,file={FIRMWARE}/OVMF_CODE_4M.fd",
            "-drive", f"if=pflash,format=raw,file={self.variables}",
            "-device", "qemu-xhci,id=xhci", "-device", "usb-kbd,bus=xhci.0", "-device", "virtio-rng-pci",
            "-device", "virtio-vga,xres=1280,yres=800",
            "-netdev", "user,id=n0", "-device", "virtio-net-pci,netdev=n0",
            "-watchdog-action", "reset",
        ]
        drives = [("SYSTEM", self.system, "raw", "writeback"), *self.disks, ("EYES", eyes(self.folder), "raw", "writeback")]
        for n, (serial, path, form, cache) in enumerate(drives):
            readonly = ",readonly=on" if serial == "EYES" else ""
            boot = ",bootindex=1" if n == 0 else ""
            command += ["-drive", f"if=none,id=d{n},file={path},format={form},cache={cache}{readonly}"]
            command += ["-device", f"virtio-blk-pci,drive=d{n},serial={serial}{boot}"]
        if self.usb:
            command += ["-drive", f"if=none,id=boot,file={self.usb},format=raw,cache=writeback"]
            command += ["-device", "usb-storage,bus=xhci.0,drive=boot,removable=on,bootindex=0"]
        command += credential("systemd.extra-unit.run-eyes.mount", EYES_MOUNT)
        command += credential("systemd.extra-unit.eyes.service", EYES_SERVICE)
        command += credential("systemd.unit-dropin.sysinit.target", "[Unit]\nWants=eyes.service\n")
        if self.tpm:
            self.tpm.start()
            command += self.tpm.arguments()
        command += self.extra
        self.began = time.monotonic()
        self.process = subprocess.Popen(command, stdout=open(self.folder / "qemu.log", "ab"), stderr=subprocess.STDOUT)
        self.serial = self._connect("serial")
        self.serial.settimeout(0.5)
        self.qmp = self._connect("qmp").makefile("rw", encoding="utf-8")
        self.qmp.readline()
        self.ask("qmp_capabilities")
        self.heard = ""

    def _connect(self, name):
        late = time.monotonic() + 30
        while True:
            try:
                connection = socket.socket(socket.AF_UNIX)
                connection.connect(str(self.folder / name))
                return connection
            except OSError:
                if self.process.poll() is not None or time.monotonic() > late:
                    raise Failed(f"QEMU does not run: {(self.folder / 'qemu.log').read_text()[-2000:]}") from None
                time.sleep(0.1)

    def ask(self, execute, **arguments):
        """One QMP command; events in between are passed over."""
        self.qmp.write(json.dumps({"execute": execute, "arguments": arguments}) + "\n")
        self.qmp.flush()
        while True:
            answer = json.loads(self.qmp.readline())
            if "error" in answer:
                raise Failed(f"{execute}: {answer['error']}")
            if "return" in answer:
                return answer["return"]

    def hear(self, words, patience=PATIENCE):
        """Waits for these words on the serial port; gives back what came before them."""
        late = time.monotonic() + patience
        while words not in self.heard:
            if time.monotonic() > late:
                raise Failed(f"never heard {words!r}; the last was {self.heard[-1500:]!r}")
            try:
                got = self.serial.recv(65536)
            except TimeoutError:
                continue
            if not got:
                raise Failed(f"the serial port closed before {words!r}")
            self.heard += got.decode(errors="replace").replace("\r", "")
        before, self.heard = self.heard.split(words, 1)
        return before

    def wait_for_eyes(self, patience=PATIENCE):
        self.hear("EYES OPEN\n", patience)
        return time.monotonic() - self.began

    def asks_for_key(self):
        """Does it wait for the recovery key of its own disk?"""
        state = self.run("systemctl is-active beadle-state.service")[1].strip()
        return state == "activating" and "/dev/tty1" in self.run("ls -l /proc/[0-9]*/fd 2>/dev/null")[1]

    def wait_for_version(self, running, wanted, patience=5400):
        """However often it starts until then."""
        late = time.monotonic() + patience
        while True:
            self.hear("EYES OPEN\n", max(late - time.monotonic(), 1))
            try:
                if running(self) == wanted:
                    return
            except Failed:
                pass  # it went down again meanwhile

    def run(self, command, patience=180):
        """A command inside: its code and what it printed."""
        self.serial.sendall((command + "\n").encode())
        printed = self.hear("EYES END ", patience)
        code = self.hear("\n", patience)
        return int(code), printed

    def screen(self, path):
        self.ask("screendump", filename=str(path), format="png")
        return path

    def key(self, *names):
        for name in names:
            keys = [{"type": "qcode", "data": key} for key in name.split("+")]
            self.ask("send-key", keys=keys)
            time.sleep(0.15)

    def plug(self, name, path, readonly=False):
        """A stick into the USB port."""
        self.ask("blockdev-add", **{"driver": "raw", "node-name": name, "read-only": readonly,
                                    "file": {"driver": "file", "filename": str(path)}})
        self.ask("device_add", driver="usb-storage", id=f"usb-{name}", drive=name, bus="xhci.0", serial=name.upper(),
                 removable=True)

    def unplug(self, name):
        self.ask("device_del", id=f"usb-{name}")
        late = time.monotonic() + 60
        while True:
            try:
                return self.ask("blockdev-del", **{"node-name": name})
            except Failed:
                if time.monotonic() > late:
                    raise
                time.sleep(0.5)

    def type(self, text):
        """Keys of a British keyboard, one after the other."""
        for letter in text:
            self.key(KEYS.get(letter) or ("shift+" + letter.lower() if letter.isupper() else letter))

    def read(self, command, patience=180):
        """What a command prints; it has to go well."""
        code, printed = self.run(command, patience)
        if code != 0:
            raise Failed(f"{command}: {code}: {printed[-800:]}")
        return printed.strip()

    def status(self, patience=180):
        """The recorder's own word; `None` while it does not answer."""
        code, printed = self.run("/usr/bin/beadle status --json --socket /run/beadle/beadle.sock", patience)
        return json.loads(printed) if code == 0 else None

    def until(self, what, wanted, patience=PATIENCE, pause=2):
        """Looks at the status until it is as wanted."""
        late = time.monotonic() + patience
        last = None
        while time.monotonic() < late:
            last = self.status()
            if last is not None and wanted(last):
                return last
            time.sleep(pause)
        raise Failed(f"{what}: not within {patience} s; the last status was {str(last)[:2000]}")

    def kill(self):
        """The plug is pulled."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def power_off(self, patience=90):
        self.ask("system_powerdown")
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failed("it does not switch off") from None
