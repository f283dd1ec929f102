# Memory, cores and clock as psutil's published rules make them from the kernel's files, written anew. Argument: what lies above proc and sys.
import glob, json, os, re, sys
root = sys.argv[1]
path = lambda name: os.path.join(root, name)
memory = {}
for line in open(path("proc/meminfo")):
    words = line.split()
    memory[words[0].rstrip(":")] = int(words[1]) * 1024
total, free = memory["MemTotal"], memory["MemFree"]
used = total - free - memory.get("Buffers", 0) - memory.get("Cached", 0) - memory.get("SReclaimable", 0)
used = used if used >= 0 else total - free
available = memory.get("MemAvailable", free + memory.get("Cached", 0))
available = free if available > total else available
text = open(path("proc/cpuinfo")).read()
told = [float(value) for value in re.findall(r"^cpu MHz\s*:\s*([\d.]+)", text, re.I | re.M)]
cpus = path("sys/devices/system/cpu/cpu[0-9]*/")
lists = {open(name).read().strip() for name in glob.glob(cpus + "topology/core_cpus_list") or glob.glob(cpus + "topology/thread_siblings_list")}
packages = {}
for block in text.split("\n\n"):
    fields = dict(re.findall(r"^(physical id|cpu cores)\s*:\s*(\d+)", block, re.M))
    if len(fields) == 2:
        packages[fields["physical id"]] = int(fields["cpu cores"])
governed = glob.glob(path("sys/devices/system/cpu/cpufreq/policy[0-9]*/scaling_cur_freq")) or glob.glob(cpus + "cpufreq/scaling_cur_freq")
clocks = told if not governed or len(governed) == len(told) else [int(open(name).read()) / 1000 for name in governed]
print(json.dumps({
    "count": len(lists) or sum(packages.values()),
    "frequency": sum(clocks) / len(clocks) if clocks else 0.0,
    "ram": [total, available, used, free, memory["SwapTotal"], memory["SwapTotal"] - memory["SwapFree"], memory["SwapFree"]],
}))
