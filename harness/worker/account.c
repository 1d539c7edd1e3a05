#include "worker/account.h"

#include <stdbool.h>
#include <sys/stat.h>

#include "allocator.h"

static struct {
    const struct allocator_family *family;
    int descriptor;
    dev_t device;
    ino_t inode;
} source = {.descriptor = -1};

void account_open(const char *library, int descriptor)
{
    struct stat status;
    struct wire_account ignored;
    source.family = allocator_detect(library ? library : "libc.so.6");
    if (fstat(descriptor, &status) == 0) {
        source.descriptor = descriptor;
        source.device = status.st_dev;
        source.inode = status.st_ino;
    }
    account_read(&ignored);
}

void account_read(struct wire_account *account)
{
    struct allocator_account told = ALLOCATOR_ACCOUNT_UNKNOWN;
    if (source.family && source.family->account) {
        source.family->account(&told);
    }
    *account = (struct wire_account){.live = told.live,
                                     .releasable = told.releasable,
                                     .pinned = told.pinned,
                                     .fresh = told.fresh,
                                     .metadata = told.metadata,
                                     .resident = told.resident};
}

static bool descriptor_is_ours(void)
{
    struct stat status;
    return fstat(source.descriptor, &status) == 0 && status.st_dev == source.device &&
           status.st_ino == source.inode;
}

void account_dump(void)
{
    if (source.family && source.family->dump && descriptor_is_ours()) {
        source.family->dump(source.descriptor);
    }
}
