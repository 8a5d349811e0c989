"""Prints the shell script of one step of a recipe: `step.py FILE JOB STEP`.

On GitHub STEP is the step's name; on GitLab `script` or `after_script`, whose lines one shell runs in turn. In an action
JOB is `runs`.
"""

import sys

import yaml

file, job, step = sys.argv[1:]
with open(file, encoding="utf-8") as opened:
    found = yaml.safe_load(opened)
if "runs" in found:
    scripts = [one["run"] for one in found[job]["steps"] if one.get("name") == step]
elif "jobs" in found:
    scripts = [one["run"] for one in found["jobs"][job]["steps"] if one.get("name") == step]
else:
    scripts = ["\n".join(found[job][step])]
if len(scripts) != 1:
    sys.exit(f"{file}: {job} has {len(scripts)} steps called {step}")
print(scripts[0])
