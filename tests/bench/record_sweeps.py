#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records the sweeps of learning rates on which `optim.train lr=auto` rests.

    tests/bench/record_sweeps.py PSEPHOS_CLI [OUT.json [OPTIMIZER …]]

Runs the program itself: for each task and optimizer seven learning rates, two seeds, everything else at
its default, and writes the held-out loss at the end (mean of the seeds; null where one diverged) to
resources/sweeps/optim_train.json. With optimizers named, only theirs are measured; the file's others stay.
"""

import datetime
import json
import os
import subprocess
import sys
import tempfile

STEPS = {"char_lm": 200, "image_classifier": 300, "mnist1d": 1000}
RATES = {
    "sgd": [0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    "adamw": [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3],
    "shampoo": [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1],
    "soap": [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3],
    "muon": [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1],
    "adafactor": [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3],
    "lion": [0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03],
    "schedule_free": [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3],
}
SEEDS = [0, 1]


def losses(cli, store, task, optimizer, rate):
    """The held-out loss after the last step, a seed each; None where the run diverged."""
    found = []
    for seed in SEEDS:
        command = [cli, "run", "optim.train", "task=" + task, "optimizer=" + optimizer, "lr=%r" % rate,
                   "steps=%d" % STEPS[task], "--seed", str(seed), "--store", store, "--json", "--quiet"]
        run = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)[0]
        diverged = run.get("diverged_at") is not None or run["final"].get("loss/train") is None
        found.append(None if diverged else run["final"]["loss/validation"])
    return found


def main():
    cli = os.path.abspath(sys.argv[1])
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    out = sys.argv[2] if len(sys.argv) > 2 else os.path.join(root, "resources/sweeps/optim_train.json")
    wanted = sys.argv[3:] or list(RATES)
    kept = {}
    if sys.argv[3:]:
        with open(out, encoding="utf-8") as file:
            kept = {(sweep["task"], sweep["optimizer"]): sweep for sweep in json.load(file)["sweeps"]}
    sweeps = []
    with tempfile.TemporaryDirectory() as folder:
        for task, steps in STEPS.items():
            for optimizer, rates in RATES.items():
                if optimizer not in wanted:
                    if (task, optimizer) in kept:
                        sweeps.append(kept[task, optimizer])
                    continue
                row = []
                for rate in rates:
                    found = losses(cli, os.path.join(folder, "runs.db"), task, optimizer, rate)
                    row.append(None if None in found else round(sum(found) / len(found), 5))
                    print(task, optimizer, rate, found, file=sys.stderr, flush=True)
                sweeps.append({"task": task, "optimizer": optimizer, "steps": steps, "lr": rates, "loss": row})
    document = {
        "provenance": "tests/bench/record_sweeps.py on %s: built-in data, seeds %s, every other knob at its "
                      "default, float32 on a CPU" % (datetime.date.today().isoformat(), " and ".join(map(str, SEEDS))),
        "sweeps": sweeps,
    }
    with open(out, "w", encoding="utf-8") as file:
        file.write("{\n  \"provenance\": %s,\n  \"sweeps\": [\n" % json.dumps(document["provenance"]))
        file.write(",\n".join("    " + json.dumps(sweep) for sweep in sweeps))
        file.write("\n  ]\n}\n")


if __name__ == "__main__":
    main()
