/* Which pages of a living process are resident, and of what kind.
 *
 * By PAGEMAP_SCAN (Linux 6.7: 3 us per MiB), else from /proc/PID/pagemap. The zero page is no
 * resident memory; pagemap cannot tell it from others, the scan can. */
#pragma once

#include "inspect/image.h"

struct pagemap_run {
    uint64_t start, end;
    bool is_file;     /* a file's or shared memory */
    bool is_borrowed; /* not counted: another process maps it too; with IMAGE_EXCLUSIVE only */
    bool is_huge;     /* mapped as a huge page; unknown (false) where there is no scan */
};

typedef void pagemap_found(void *context, const struct pagemap_run *run);

/* Calls `found` for runs of resident pages, ascending, neither touching one of the same kind.
 * Returns 0, or -1 with errno set. */
int pagemap_each_run(int process, const struct mapping *mappings, size_t count,
                     enum image_pages pages, pagemap_found *found, void *context);
