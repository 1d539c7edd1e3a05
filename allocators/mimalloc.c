/* Microsoft's mimalloc. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "families.h"

static int version_number(void)
{
    int (*number)(void) = allocator_symbol("mi_version");
    return number ? number() : -1;
}

static int version(char *text, size_t size)
{
    int number = version_number();
    if (number < 0) {
        return -1;
    }
    snprintf(text, size, "%d.%d.%d", number / 100, number / 10 % 10, number % 10);
    return 0;
}

/* mi_option_get takes a position in an enumeration that changes between releases: it is read only
 * for the release whose mimalloc.h these positions were taken from. */
static void settings(char *text, size_t size)
{
    static const struct {
        int position;
        const char *name;
    } readable[] = {
        {3, "eager_commit"},        {11, "page_reset"},     {12, "abandoned_page_decommit"},
        {14, "eager_commit_delay"}, {15, "decommit_delay"},
    };
    enum { RELEASE = 209 };
    long (*get)(int) = allocator_symbol("mi_option_get");
    if (!get || version_number() != RELEASE) {
        return;
    }
    for (size_t i = 0; i < sizeof readable / sizeof *readable; i++) {
        allocator_setting(text, size, readable[i].name, get(readable[i].position));
    }
}

/* Frees little of what other threads' heaps hold (microsoft/mimalloc issue 878). */
static void release(void)
{
    void (*collect)(bool) = allocator_symbol("mi_collect");
    if (collect) {
        collect(true);
    }
}

/* All that it tells is what it has committed: at most so much is resident (measured: 288 MB for 214
 * MB). Its "current_rss" is that same number; Debian's build counts nothing else (MI_STAT=0). */
static void account(struct allocator_account *account)
{
    void (*info)(size_t *, size_t *, size_t *, size_t *, size_t *, size_t *, size_t *, size_t *) =
        allocator_symbol("mi_process_info");
    if (info) {
        size_t committed, ignored;
        info(&ignored, &ignored, &ignored, &ignored, &ignored, &committed, &ignored, &ignored);
        account->resident = (int64_t)committed;
    }
}

static void write_text(const char *text, void *context)
{
    (void)!write(*(int *)context, text, strlen(text));
}

static void dump(int descriptor)
{
    void (*print)(void (*)(const char *, void *), void *) = allocator_symbol("mi_stats_print_out");
    if (print) {
        print(write_text, &descriptor);
    }
}

/* Which options there are changes with each release, so it is asked (ALLOCATOR_LISTS); an unknown
 * one it passes over in silence. */
static const char *const complaints[] = {"has an invalid value", NULL};

static const struct allocator_family mimalloc = {
    .name = "mimalloc",
    .mark = "mi_version",
    .version = version,
    .settings = settings,
    .release = release,
    .account = account,
    .dump = dump,
    .check = ALLOCATOR_LISTS,
    .prefix = "MIMALLOC_",
    .complaints = complaints,
};

static const char *const sonames[] = {"libmimalloc.so.2.0", "libmimalloc.so.2", NULL};

const struct allocator allocator_mimalloc = {
    .name = "mimalloc",
    .summary = "Microsoft's mimalloc, as it comes",
    .family = &mimalloc,
    .sonames = sonames,
    .package = "libmimalloc2.0",
    .is_stock = 1,
};
