# The GPU proof as it runs in a renter's container: multiplies matrices made from seeds, keeps a hash tree over the rows of the product, and
# gives out single rows with their path to the root. Works with PyTorch on the GPUs (--device cuda) or, where there are none, on the
# processor with nothing but the interpreter (--device cpu). Needs no module beyond the interpreter's own for the latter.
import hashlib
import struct
import sys
import time

SHARED = "/dev/shm"
MASK = 0xFFFFFFFF
CPU_SIZES = (64, 128)


def option(name):
    return sys.argv[sys.argv.index(name) + 1]


CUDA = option("--device") == "cuda"
if CUDA:
    import torch
    from multiprocessing.pool import ThreadPool


def gpu_count():
    return torch.cuda.device_count() if CUDA else 1


def matrix(seed, n, gpu):
    if CUDA:
        line = torch.arange(n, dtype=torch.int64, device="cuda:%d" % gpu)
        state = (line[:, None] + line[None, :] + (seed & MASK)) & MASK
        for _ in range(10):
            state = state ^ ((state << 13) & MASK)
            state = state ^ (state >> 17)
            state = state ^ ((state << 5) & MASK)
        return state.to(torch.float32) / float(MASK)
    # An element depends on the sum of its indices alone.
    values = []
    for place in range(2 * n - 1):
        state = (seed + place) & MASK
        for _ in range(10):
            state ^= (state << 13) & MASK
            state ^= state >> 17
            state ^= (state << 5) & MASK
        values.append(state / MASK)
    return [values[row:row + n] for row in range(n)]


def multiply(a, b, gpu):
    if CUDA:
        product = torch.matmul(a, b)
        torch.cuda.synchronize(gpu)
        return product
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]


def rows_of(product):
    if CUDA:
        host = product.cpu().numpy()
        return [host[row].tobytes() for row in range(host.shape[0])]
    return [struct.pack("<%df" % len(row), *row) for row in product]


def digest(data):
    return hashlib.sha256(data).digest()


# All levels one after the other, the root last. An odd one out is its own neighbour.
def tree_of(rows):
    if CUDA:
        with ThreadPool(8) as pool:
            level = pool.map(digest, rows)
    else:
        level = [digest(row) for row in rows]
    nodes = list(level)
    while len(level) > 1:
        level = [digest(level[i] + level[min(i + 1, len(level) - 1)]) for i in range(0, len(level), 2)]
        nodes += level
    return nodes


def path_of(nodes, index, leaves):
    path, offset = [], 0
    while leaves > 1:
        path.append(nodes[offset + min(index ^ 1, leaves - 1)])
        index, offset, leaves = index // 2, offset + leaves, (leaves + 1) // 2
    return path


# The .npy format, version 1.0.
def save(name, kind, shape, data):
    header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (kind, shape)
    header = header.ljust((len(header) + 74) // 64 * 64 - 11) + "\n"
    with open("%s/%s.npy" % (SHARED, name), "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        file.writelines(data)


def load(name):
    with open("%s/%s.npy" % (SHARED, name), "rb") as file:
        file.seek(8)
        file.seek(10 + struct.unpack("<H", file.read(2))[0])
        return file.read()


def timed(n, gpu, kind):
    if CUDA:
        a, b = (torch.randn(n, n, dtype=kind, device="cuda:%d" % gpu) for _ in range(2))
        torch.cuda.synchronize(gpu)
    else:
        a, b = matrix(1, n, gpu), matrix(2, n, gpu)
    start = time.time()
    multiply(a, b, gpu)
    return time.time() - start


def usable_memory():
    if not CUDA:
        return 0.0
    count, held = 1 << 20, []
    try:
        while True:
            held = [torch.empty((count,), dtype=torch.float16, device="cuda:0")]
            count *= 2
    except RuntimeError:
        return count // 2 * 2 / 1e9
    finally:
        held.clear()
        torch.cuda.empty_cache()


def gpu_info():
    names = [torch.cuda.get_device_name(gpu) for gpu in range(gpu_count())] if CUDA else ["processor"]
    print('{"num_gpus": %d, "gpu_names": [%s]}' % (len(names), ", ".join('"%s"' % name for name in names)))


def benchmark():
    memory = usable_memory()
    half, single = CPU_SIZES
    if CUDA:
        half, single = (int((memory * part * 1e9 / (2 * size)) ** 0.5) // 32 * 32 for part, size in ((1, 2), (0.5, 4)))
    kinds = (torch.float16, torch.float32) if CUDA else (None, None)
    print("%d %.2f %d %.6f %d %.6f" % (gpu_count(), memory, half, timed(half, 0, kinds[0]), single, timed(single, 0, kinds[1])))


# One GPU's part: its root and the seconds its product took.
def compute_one(n, line):
    gpu, seed_a, seed_b = (int(part) for part in line.split())
    a, b = matrix(seed_a, n, gpu), matrix(seed_b, n, gpu)
    start = time.time()
    product = multiply(a, b, gpu)
    seconds = time.time() - start
    rows = rows_of(product)
    nodes = tree_of(rows)
    save("merkle_tree_gpu_%d" % gpu, "|V32", "(%d,)" % len(nodes), nodes)
    save("C_gpu_%d" % gpu, "<f4", "(%d, %d)" % (n, n), rows)
    return '[%d, "%s"]' % (gpu, nodes[-1].hex()), "[%d, %.6f]" % (gpu, seconds)


def compute():
    with open("/tmp/seeds.txt") as file:
        first, *lines = file.read().split("\n")
    work = [line for line in lines if line]
    if CUDA:
        with ThreadPool(len(work)) as pool:
            done = pool.map(lambda line: compute_one(int(first), line), work)
    else:
        done = [compute_one(int(first), line) for line in work]
    print("Root hashes: [%s]" % ", ".join(root for root, _ in done))
    print("Timings: [%s]" % ", ".join(seconds for _, seconds in done))


def proof():
    with open("/tmp/challenge_indices.txt") as file:
        lines = file.read().split("\n")
    for line in lines:
        if not line:
            continue
        gpu, places = line.split()
        tree, product = load("merkle_tree_gpu_%s" % gpu), load("C_gpu_%s" % gpu)
        n = int((len(product) // 4) ** 0.5)
        nodes = [tree[i:i + 32] for i in range(0, len(tree), 32)]
        answer = []
        for place in places.split(";"):
            row = int(place.split(",")[0])
            answer += [product[row * n * 4:(row + 1) * n * 4]] + path_of(nodes, row, n)
        data = b"".join(answer)
        save("responses_gpu_%s" % gpu, "|u1", "(%d,)" % len(data), [data])


{"gpu_info": gpu_info, "benchmark": benchmark, "compute": compute, "proof": proof}[option("--mode")]()
