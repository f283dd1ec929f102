// A stand-in for NVIDIA's library: tells what stands in the file "gpus" beside it, one GPU per line:
// uuid|name|pci bus id|MiB of memory|MiB in use|pid,pid,...|ok, lost, mig or plain (a card without that mode)|MHz of the cores|MHz of the memory     A first line "error N" makes nvmlInit_v2 fail with N.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { char uuid[96], name[96], bus[32], pids[256], state[16]; unsigned long long total, used; unsigned clocks[3]; } gpu_t;
typedef struct { unsigned version; unsigned long long total, reserved, free, used; } memory_t;
typedef struct { char legacy[16]; unsigned domain, bus, device, id, subsystem; char busId[32]; } pci_t;
typedef struct { unsigned pid; unsigned long long used; unsigned gpuInstance, computeInstance; } process_t;

static gpu_t gpus[16];
static unsigned count;

int nvmlInit_v2(void) {
    Dl_info self;
    char path[4096], line[1024];
    int error = 0;
    dladdr((void *)nvmlInit_v2, &self);
    snprintf(path, sizeof path, "%s", self.dli_fname);
    *strrchr(path, '/') = 0;
    strncat(path, "/gpus", sizeof path - strlen(path) - 1);
    count = 0;
    FILE *file = fopen(path, "r");
    if (!file) return 9;
    while (fgets(line, sizeof line, file)) {
        gpu_t *gpu = &gpus[count];
        memset(gpu, 0, sizeof *gpu);
        if (sscanf(line, "error %d", &error) == 1) break;
        char *rest = line, *fields[9];
        for (int i = 0; i < 9; i++) fields[i] = strsep(&rest, "|\n");
        snprintf(gpu->uuid, sizeof gpu->uuid, "%s", fields[0]);
        snprintf(gpu->name, sizeof gpu->name, "%s", fields[1]);
        snprintf(gpu->bus, sizeof gpu->bus, "%s", fields[2]);
        gpu->total = strtoull(fields[3], 0, 10) << 20;
        gpu->used = strtoull(fields[4], 0, 10) << 20;
        snprintf(gpu->pids, sizeof gpu->pids, "%s", fields[5]);
        snprintf(gpu->state, sizeof gpu->state, "%s", fields[6]);
        gpu->clocks[0] = strtoul(fields[7], 0, 10);
        gpu->clocks[2] = strtoul(fields[8], 0, 10);
        count++;
    }
    fclose(file);
    return error;
}

int nvmlShutdown(void) { return 0; }
int nvmlDeviceGetCount_v2(unsigned *result) { *result = count; return 0; }

int nvmlDeviceGetHandleByIndex_v2(unsigned index, gpu_t **device) {
    if (index >= count) return 2;
    *device = &gpus[index];
    return strcmp(gpus[index].state, "lost") == 0 ? 15 : 0;
}

int nvmlDeviceGetUUID(gpu_t *device, char *text, unsigned length) { return snprintf(text, length, "%s", device->uuid) < (int)length ? 0 : 7; }
int nvmlDeviceGetName(gpu_t *device, char *text, unsigned length) { return snprintf(text, length, "%s", device->name) < (int)length ? 0 : 7; }

int nvmlDeviceGetMemoryInfo_v2(gpu_t *device, memory_t *memory) {
    // The real one refuses a structure of another version.
    if (memory->version != (sizeof(memory_t) | (2u << 24))) return 25;
    memory->total = device->total;
    memory->reserved = 600ull << 20;
    memory->used = device->used;
    memory->free = device->total - device->used;
    return 0;
}

int nvmlDeviceGetPciInfo_v3(gpu_t *device, pci_t *pci) {
    memset(pci, 0, sizeof *pci);
    snprintf(pci->busId, sizeof pci->busId, "%s", device->bus);
    return 0;
}

int nvmlDeviceGetClockInfo(gpu_t *device, int kind, unsigned *megahertz) {
    // A card without such a figure says that it is not supported.
    if (kind < 0 || kind > 2 || device->clocks[kind] == 0) return 3;
    *megahertz = device->clocks[kind];
    return 0;
}

int nvmlDeviceGetMigMode(gpu_t *device, unsigned *current, unsigned *pending) {
    if (strcmp(device->state, "plain") == 0) return 3;
    *current = *pending = strcmp(device->state, "mig") == 0;
    return 0;
}

int nvmlDeviceGetComputeRunningProcesses_v3(gpu_t *device, unsigned *room, process_t *list) {
    char pids[256], *rest = pids, *one;
    unsigned found = 0;
    snprintf(pids, sizeof pids, "%s", device->pids);
    while ((one = strsep(&rest, ",")))
        if (*one) {
            if (found < *room) list[found] = (process_t){ .pid = strtoul(one, 0, 10), .used = 1 };
            found++;
        }
    int code = found > *room ? 7 : 0;
    *room = found;
    return code;
}
