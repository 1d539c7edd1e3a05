#include "residency.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PAGE = 4096 };

/* From linux/fs.h of Linux 6.7; Debian 12's headers are older. */
struct found {
    uint64_t start, end, categories;
};

struct question {
    uint64_t size, flags, start, end, walk_end, regions, region_count, most_pages;
    uint64_t inverted, required, any_of, returned;
};

#define ASK _IOWR('f', 16, struct question)
enum { IS_PRESENT = 1 << 3, IS_ZERO_PAGE = 1 << 5 };

void residency_open(struct residency *residency)
{
    residency->pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
}

void residency_close(struct residency *residency)
{
    if (residency->pagemap >= 0) {
        close(residency->pagemap);
        residency->pagemap = -1;
    }
}

/* Buffers are small here and below: they are on the stack of a process that is measured. Trap: see
 * inspect/pagemap.c for why the scan goes on from the last region, not from walk_end. */
static int64_t scan(int pagemap, uintptr_t start, uintptr_t end)
{
    enum { REGIONS = 32 };
    struct found regions[REGIONS];
    struct question question = {.size = sizeof question,
                                .start = start,
                                .end = end,
                                .regions = (uint64_t)(uintptr_t)regions,
                                .region_count = REGIONS,
                                .inverted = IS_ZERO_PAGE,
                                .required = IS_PRESENT | IS_ZERO_PAGE};
    int64_t resident = 0;
    int count;
    do {
        count = ioctl(pagemap, ASK, &question);
        if (count < 0) {
            return -1;
        }
        for (int i = 0; i < count; i++) {
            resident += (int64_t)(regions[i].end - regions[i].start);
            question.start = regions[i].end;
        }
    } while (count == REGIONS && question.start < end);
    return resident;
}

static int64_t ask_mincore(uintptr_t start, uintptr_t end)
{
    unsigned char pages[1024];
    int64_t resident = 0;
    while (start < end) {
        size_t count = (end - start) / PAGE;
        count = count < sizeof pages ? count : sizeof pages;
        if (mincore((void *)start, count * PAGE, pages)) {
            return -1;
        }
        for (size_t i = 0; i < count; i++) {
            resident += (pages[i] & 1) * PAGE;
        }
        start += count * PAGE;
    }
    return resident;
}

int64_t residency_of(const struct residency *residency, uintptr_t start, size_t size)
{
    uintptr_t first = start / PAGE * PAGE, end = (start + size + PAGE - 1) / PAGE * PAGE;
    unsigned char page;
    if (first < end &&
        (mincore((void *)first, PAGE, &page) || mincore((void *)(end - PAGE), PAGE, &page))) {
        return -1; /* to a scan, what is not mapped is only not resident */
    }
    int64_t resident = residency->pagemap < 0 ? -1 : scan(residency->pagemap, first, end);
    return resident < 0 ? ask_mincore(first, end) : resident;
}

bool residency_peek(uintptr_t address, void *buffer, size_t size)
{
    struct iovec to = {.iov_base = buffer, .iov_len = size};
    struct iovec from = {.iov_base = (void *)address, .iov_len = size};
    return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == (ssize_t)size;
}
