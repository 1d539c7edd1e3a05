#include "residency.h"

#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PAGE = 4096 };

int64_t residency_of(uintptr_t start, size_t size)
{
    unsigned char pages[1024]; /* small: on the stack of a process that is measured */
    uintptr_t at = start / PAGE * PAGE, end = (start + size + PAGE - 1) / PAGE * PAGE;
    int64_t resident = 0;
    while (at < end) {
        size_t count = (end - at) / PAGE;
        count = count < sizeof pages ? count : sizeof pages;
        if (mincore((void *)at, count * PAGE, pages)) {
            return -1;
        }
        for (size_t i = 0; i < count; i++) {
            resident += (pages[i] & 1) * PAGE;
        }
        at += count * PAGE;
    }
    return resident;
}

bool residency_peek(uintptr_t address, void *buffer, size_t size)
{
    struct iovec to = {.iov_base = buffer, .iov_len = size};
    struct iovec from = {.iov_base = (void *)address, .iov_len = size};
    return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == (ssize_t)size;
}
