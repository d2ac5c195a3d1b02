#!/usr/bin/python3
"""Train the embedded recogniser from nothing: generate -> train -> words -> export -> report. usage: train.py [--out FOLDER] [--steps N] [--minutes M]

Everything that ships in ../weights comes out of this one command. Speech, checkpoint and logs stay in FOLDER (out/asr in the repository,
not committed, about 4 GB). Each stage keeps what is already there, so an interrupted run resumes where it was; delete FOLDER to begin anew.
Training starts as soon as the first shards of speech exist. At the end FOLDER/report.md says how well the acoustic model hears voices that it
never heard; with DECROCHE_TESTDATA it asks the recordings of people there too, which are never trained on.
"""
import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
NEEDS = {"espeak-ng": "espeak-ng", "flite": "flite", "festival": "festival", "sox": "sox", "pico2wave": "libttspico-utils (from Debian's non-free component)"}
FILES = {"/usr/share/dict/french": "wfrench", "/usr/share/dict/american-english": "wamerican", "/usr/share/dict/scowl": "scowl",
         "/usr/share/festival/voices/czech/czech_ph": "festvox-czech-ph", "/usr/share/festival/voices/italian/lp_diphone": "festvox-italp16k",
         "/usr/share/festival/voices/finnish/suo_fi_lj_diphone": "festvox-suopuhe-lj",
         "/usr/share/festival/voices/telugu/telugu_NSK_diphone": "festvox-te-nsk"}
STEPS = 20_000                          # of about 50 s of speech
MADE = 40                               # utterances a second that one process makes


def forecast(steps, minutes, processes):
    """Say what this processor does with bfloat16, and about how long making speech and training will take."""
    flags = Path("/proc/cpuinfo").read_text() if os.path.exists("/proc/cpuinfo") else ""
    import torch
    import generate
    n = sum(generate.SIZE[name.split("-")[0]] for name in generate.plan())
    making = n / MADE / processes / 60
    if torch.cuda.is_available():
        print(f"an accelerator is there ({torch.cuda.get_device_name(0)}): bfloat16, minutes of training. Making {n:,} utterances takes longer: "
              f"about {making:.0f} minutes in {processes} processes", flush=True)
        return
    kind, rate = ("bfloat16 in tiles (AMX)", 300) if "amx_bf16" in flags else ("bfloat16 vectors (AVX-512)", 240) if "avx512_bf16" in flags else ("no bfloat16", 110)
    training = min(minutes, steps * 50 / rate / 60)
    print(f"the processor serves {kind}: about {rate} x real time on one quiet core, {training:.0f} minutes of training. Making {n:,} utterances takes about "
          f"{making:.0f} minutes in {processes} process{'es' * (processes > 1)} beside it. With words, weights and report: {max(training, making) + 15:.0f} minutes, "
          "twice that on a busy machine", flush=True)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--out", default=str(HERE.parents[2] / "out" / "asr"))
    ap.add_argument("--steps", type=int, default=STEPS)
    ap.add_argument("--minutes", type=float, default=1e9, help="a ceiling for training: the schedule hurries when the clock is ahead of the steps")
    ap.add_argument("--no-report", action="store_true", help="do not measure at the end")
    ap.add_argument("--processes", type=int, default=max(1, (os.cpu_count() or 2) - 1), help="that make speech")
    a = ap.parse_args()
    missing = [package for n, package in NEEDS.items() if subprocess.run(["sh", "-c", f"command -v {n}"], capture_output=True).returncode]
    missing += [package for f, package in FILES.items() if not os.path.exists(f)]
    if missing:
        sys.exit(f"missing: {', '.join(missing)}; {HERE}/README.md lists the Debian packages and says where they come from")
    forecast(a.steps, a.minutes, a.processes)
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
        last = [("resources.py", [weights]), ("export.py", [model, speech, weights, HERE.parent / "testdata"])]
        if not a.no_report:
            last.append(("measure.py", [weights / "acoustic.bin", "--speech", speech, "--report", out / "report.md"]))
        for script, args in last:
            if stage(script, *args).wait():
                sys.exit(f"{script} failed; see above")
    finally:
        for p in (makers, fitting):
            if p.poll() is None:
                p.terminate()
    print(f"done in {(time.time() - t0) / 60:.0f} minutes. Now the words: DECROCHE_REPORT=1 go test ./asr/embedded -run TestReport -v -timeout 30m")


if __name__ == "__main__":
    main()
