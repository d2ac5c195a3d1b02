#!/usr/bin/python3
"""Train the embedded recogniser from nothing: generate -> train -> words -> export. usage: train.py [--out FOLDER] [--steps N] [--minutes M]

Everything that ships in ../weights comes out of this one command. Speech, checkpoint and logs stay in FOLDER (out/asr in the repository,
not committed, about 4 GB). Each stage keeps what is already there, so an interrupted run resumes where it was; delete FOLDER to begin anew.
Training starts as soon as the first shards of speech exist.
"""
import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
NEEDS = ["espeak-ng", "flite", "festival"]
FILES = {"/usr/share/dict/french": "wfrench", "/usr/share/dict/american-english": "wamerican", "/usr/share/dict/scowl": "scowl",
         "/usr/share/festival/voices/czech/czech_ph": "festvox-czech-ph", "/usr/share/festival/voices/italian/lp_diphone": "festvox-italp16k"}
STEPS = 20_000                          # of about 50 s of speech


def forecast(steps):
    """Say what this processor does with bfloat16, and about how long training will take."""
    flags = Path("/proc/cpuinfo").read_text() if os.path.exists("/proc/cpuinfo") else ""
    import torch
    if torch.cuda.is_available():
        print(f"an accelerator is there ({torch.cuda.get_device_name(0)}): minutes of training; making the speech takes longer")
        return
    kind, rate = ("bfloat16 in tiles (AMX)", 300) if "amx_bf16" in flags else ("bfloat16 vectors (AVX-512)", 240) if "avx512_bf16" in flags else ("no bfloat16", 110)
    print(f"the processor serves {kind}: about {rate} x real time on one core, {steps * 50 / rate / 60:.0f} minutes of training")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--out", default=str(HERE.parents[2] / "out" / "asr"))
    ap.add_argument("--steps", type=int, default=STEPS)
    ap.add_argument("--minutes", type=float, default=1e9, help="a ceiling for training: the schedule hurries when the clock is ahead of the steps")
    ap.add_argument("--processes", type=int, default=max(1, (os.cpu_count() or 2) - 1), help="that make speech")
    a = ap.parse_args()
    missing = [n for n in NEEDS if subprocess.run(["sh", "-c", f"command -v {n}"], capture_output=True).returncode]
    missing += [package for f, package in FILES.items() if not os.path.exists(f)]
    if missing:
        sys.exit(f"missing: {' '.join(missing)}; the Debian packages are listed in {HERE}/README.md")
    forecast(a.steps)
    out, t0 = Path(a.out), time.time()
    out.mkdir(parents=True, exist_ok=True)
    speech, model, weights = out / "speech", out / "model.pt", HERE.parent / "weights"
    env = dict(os.environ, OMP_NUM_THREADS="1", PYTHONHASHSEED="0")

    def stage(script, *args):
        return subprocess.Popen([sys.executable, "-u", str(HERE / script), *map(str, args)], env=env)

    makers = stage("generate.py", speech, a.processes)
    fitting = stage("fit.py", speech, model, "--steps", a.steps, "--minutes", a.minutes)
    try:
        while fitting.poll() is None:
            if makers.poll():
                sys.exit("making speech failed; see above")
            time.sleep(1)
        if fitting.returncode or makers.wait():
            sys.exit("training failed; see above. Run again to resume")
        for script, args in (("resources.py", [weights]), ("export.py", [model, speech, weights, HERE.parent / "testdata"])):
            if stage(script, *args).wait():
                sys.exit(f"{script} failed; see above")
    finally:
        for p in (makers, fitting):
            if p.poll() is None:
                p.terminate()
    print(f"done in {(time.time() - t0) / 60:.0f} minutes. Now measure: DECROCHE_REPORT=1 go test ./asr/embedded -run TestReport -v -timeout 30m")


if __name__ == "__main__":
    main()
