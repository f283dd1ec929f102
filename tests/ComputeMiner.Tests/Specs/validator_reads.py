# Everything validators do with a hardware document, as Python does it. Standard input: the document. Prints what they would show.
import json, math, sys
text = sys.stdin.read()
assert text not in ("", "{}"), "empty"
specs = json.loads(text)
assert set(specs) >= {"cpu", "gpu", "hard_disk", "ram", "has_docker"}, "parts"

def integer(value):
    assert type(value) is int, (value, type(value))
    return value

def real(value):
    assert type(value) is float and math.isfinite(value), (value, type(value))
    return value

# What the registry's table shows.
gpu, ram, disk, cpu = specs["gpu"], specs["ram"], specs["hard_disk"], specs["cpu"]
count = integer(gpu["count"])
shown = [str(int(cpu["count"])), str(integer(ram["available"]) / 1024.0 ** 3), str(math.ceil(integer(ram["total"]) / 1024.0 ** 3)), str(integer(disk["free"]) / 1024.0 ** 3)]
capacity = integer(gpu["capacity"])
assert capacity == sum(integer(each["capacity"]) for each in gpu["details"]) and count == len(gpu["details"])
if count:
    name = gpu["details"][0]["name"]
    assert isinstance(name, str) and name
    shown += [name, str(capacity / 1024), str(integer(gpu["graphics_speed"])), str(integer(gpu["memory_speed"]))]
    wanted = {"gpu": {"count": count, "capacity": capacity - 1, "type": name.lower().split()[-1]}, "cpu": {"count": cpu["count"]},
              "hard_disk": {"capacity": disk["free"]}, "ram": {"capacity": ram["available"]}}
    # What a customer asks for: the memory must be more, the rest at least as much, and the type is a part of the name.
    assert gpu["capacity"] > wanted["gpu"]["capacity"] and not gpu["capacity"] > capacity
    assert wanted["gpu"]["type"] in name.lower() and gpu["count"] >= wanted["gpu"]["count"]
    assert cpu["count"] >= wanted["cpu"]["count"] and disk["free"] >= wanted["hard_disk"]["capacity"] and ram["available"] >= wanted["ram"]["capacity"]
else:
    assert "graphics_speed" not in gpu and "memory_speed" not in gpu
# The older score.
for part in (disk, ram):
    assert real(part["read_speed"]) >= 0 and real(part["write_speed"]) >= 0
assert real(cpu["frequency"]) >= 0 and integer(cpu["count"]) > 0
for name in ("total", "used", "free"):
    assert integer(disk[name]) >= 0 and integer(ram[name]) >= 0
for name in ("swap_total", "swap_used", "swap_free"):
    assert integer(ram[name]) >= 0
assert specs["has_docker"] is True or specs["has_docker"] is False
print("; ".join(shown + ["docker" if specs["has_docker"] is True else "no docker"]))
