#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records the sweeps of learning rates on which `optim.train lr=auto` rests.

    tests/bench/record_sweeps.py PSEPHOS_CLI [--out OUT.json] [--task TASK …] [--method METHOD …] [--keep]

Runs the program itself: for each task and method seven learning rates half a decade apart, two seeds, everything
else at its default, and writes the held-out loss at the end (mean of the seeds; null where one diverged) to
resources/sweeps/optim_train.json. Where the best rate is the first or last one, the grid grows there until it is
not; then a quarter of a decade to both sides of the best rate is measured. With tasks or methods named, only
theirs are measured; the file's others stay. With --keep, so do all losses that are in the file.
"""

import argparse
import datetime
import json
import os
import subprocess
import sys
import tempfile

STEPS = {"char_lm": 200, "image_classifier": 300, "mnist1d": 1000, "conv": 300, "matrix_factorisation": 300}
# A method is an optimizer with the knobs that make another one of it.
METHODS = {
    "sgd": {}, "adamw": {}, "shampoo": {}, "kl-shampoo": {"shampoo.statistics": "kl"}, "soap": {}, "muon": {},
    "adafactor": {}, "original-adafactor": {"adafactor.form": "original"}, "lion": {}, "schedule_free": {},
}
RATES = [0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100]
# The first of a method's seven.
FIRST = {
    "sgd": 0.01, "adamw": 0.0003, "shampoo": 0.001, "kl-shampoo": 0.001, "soap": 0.0003, "muon": 0.001,
    "adafactor": 0.0003, "original-adafactor": 0.001, "lion": 0.00003, "schedule_free": 0.0003,
}
# An error's gradients are smaller than those of a cross-entropy; plain gradients go with them.
FIRST_OF_TASK = {("matrix_factorisation", "sgd"): 0.1}
SEEDS = [0, 1]


def optimizer_of(method):
    return method.split("-")[-1]


def losses(cli, store, task, method, rate):
    """The held-out loss after the last step, a seed each; None where the run diverged."""
    found = []
    for seed in SEEDS:
        command = [cli, "run", "optim.train", "task=" + task, "optimizer=" + optimizer_of(method), "lr=%r" % rate,
                   "steps=%d" % STEPS[task], "--seed", str(seed), "--store", store, "--json", "--quiet", "--threads", "1"]
        command += ["%s=%s" % item for item in METHODS[method].items()]
        run = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)[0]
        diverged = run.get("diverged_at") is not None or run["final"].get("loss/train") is None
        found.append(None if diverged else run["final"]["loss/validation"])
    return found


def sweep(cli, task, method, known):
    """The entry of the file: rates, losses and what was measured. `known` losses are not measured again."""
    row = dict(known)
    with tempfile.TemporaryDirectory() as folder:
        def measure(rate):
            found = losses(cli, os.path.join(folder, "runs.db"), task, method, rate)
            row[rate] = None if None in found else float("%.6g" % (sum(found) / len(found)))
            print(task, method, rate, found, file=sys.stderr, flush=True)

        first = RATES.index(FIRST_OF_TASK.get((task, method), FIRST[method]))
        for rate in RATES[first:first + 7]:
            if rate not in row:
                measure(rate)
        while True:
            best = min((rate for rate in RATES if row.get(rate) is not None), key=row.get)
            place = RATES.index(best)
            beyond = [i for i in (place - 1, place + 1) if 0 <= i < len(RATES) and RATES[i] not in row]
            if not beyond:
                break
            measure(RATES[beyond[0]])
        for quarter in (-0.25, 0.25):
            rate = float("%.2g" % (best * 10 ** quarter))
            if rate not in row:
                measure(rate)
    rates = sorted(row)
    entry = {"task": task, "optimizer": optimizer_of(method)}
    if METHODS[method]:
        entry["knobs"] = METHODS[method]
    return entry | {"steps": STEPS[task], "lr": rates, "loss": [row[rate] for rate in rates]}


def key(entry):
    return entry["task"], entry["optimizer"], tuple(entry.get("knobs", {}).items())


def main():
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    words = argparse.ArgumentParser(usage=__doc__)
    words.add_argument("cli")
    words.add_argument("--out", default=os.path.join(root, "resources/sweeps/optim_train.json"))
    words.add_argument("--task", nargs="+", choices=STEPS, default=[])
    words.add_argument("--method", nargs="+", choices=METHODS, default=[])
    words.add_argument("--keep", action="store_true")
    wanted = words.parse_args()
    kept = {}
    if wanted.task or wanted.method or wanted.keep:
        with open(wanted.out, encoding="utf-8") as file:
            kept = {key(entry): entry for entry in json.load(file)["sweeps"]}
    sweeps = []
    for task in STEPS:
        for method in METHODS:
            identity = (task, optimizer_of(method), tuple(METHODS[method].items()))
            if (not wanted.task or task in wanted.task) and (not wanted.method or method in wanted.method):
                entry = kept.get(identity) if wanted.keep else None
                known = dict(zip(entry["lr"], entry["loss"])) if entry else {}
                sweeps.append(sweep(os.path.abspath(wanted.cli), task, method, known))
            elif identity in kept:
                sweeps.append(kept[identity])
    provenance = ("tests/bench/record_sweeps.py on %s: built-in data, seeds %s, every other knob at its default, "
                  "float32 on a CPU" % (datetime.date.today().isoformat(), " and ".join(map(str, SEEDS))))
    with open(wanted.out, "w", encoding="utf-8") as file:
        file.write("{\n  \"provenance\": %s,\n  \"sweeps\": [\n" % json.dumps(provenance))
        file.write(",\n".join("    " + json.dumps(entry) for entry in sweeps))
        file.write("\n  ]\n}\n")


if __name__ == "__main__":
    main()
