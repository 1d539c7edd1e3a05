/* LLVM's scudo, the hardened allocator of Android: checked headers, chunks in random order.
 *
 * Trap: unlike the others it brings its own mallinfo2 and malloc_info, so glibc's are reached only
 * through libc's own handle. */
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "families.h"

/* No call tells it, and nothing in the file does: what is left is the directory that LLVM installs
 * it to, .../lib/clang/14.0.6/lib/linux. */
static int version(char *text, size_t size)
{
    const char *path = allocator_library("__scudo_print_stats");
    if (!path) {
        return -1;
    }
    const char *found = strstr(path, "/clang/");
    const char *start = found ? found + strlen("/clang/") : "";
    size_t length = strspn(start, "0123456789.");
    snprintf(text, size, length ? "LLVM %.*s" : "not told", (int)length, start);
    return 0;
}

/* -101 is M_PURGE (scudo/standalone/include/scudo/interface.h); under glibc it would be unknown. */
static void release(void)
{
    int (*option)(int, int) = allocator_symbol("mallopt");
    if (option && allocator_symbol("__scudo_print_stats")) {
        option(-101, 0);
    }
}

/* Its own mallinfo2: blocks rounded up to their size class, 9 % more than what is usable (measured
 * with blocks of 600 B to 64 KiB). fordblks is free memory, resident or not (216 MB of it with 6 MB
 * resident), so it tells nothing. malloc_iterate would be exact, but it reads every block of every
 * region, touched or not, with malloc locked: older kernels then count the zero page there. */
static void account(struct allocator_account *account)
{
    struct mallinfo2 (*info)(void) = allocator_symbol("mallinfo2");
    if (info && allocator_symbol("__scudo_print_stats")) {
        account->live = (int64_t)info().uordblks;
    }
}

static void dump(int descriptor)
{
    int (*print)(int, FILE *) = allocator_symbol("malloc_info");
    FILE *stream = fdopen(dup(descriptor), "w");
    if (print && stream) {
        print(0, stream);
    }
    if (stream) {
        fclose(stream);
    }
}

/* It ends the program at a bad value and warns of a name that it does not know. */
static const struct allocator_knob knobs[] = {{"SCUDO_OPTIONS", "NAME=VALUE"}, {0}};

static const char *const complaints[] = {"invalid value for", "unrecognized flag", NULL};

/* scudo/standalone/flags.inc and gwp_asan/options.inc of LLVM 14. */
static const char *const options[] = {"quarantine_size_kb",
                                      "thread_local_quarantine_size_kb",
                                      "quarantine_max_chunk_size",
                                      "dealloc_type_mismatch",
                                      "delete_size_mismatch",
                                      "zero_contents",
                                      "pattern_fill_contents",
                                      "may_return_null",
                                      "release_to_os_interval_ms",
                                      "GWP_ASAN_Enabled",
                                      "GWP_ASAN_MaxSimultaneousAllocations",
                                      "GWP_ASAN_SampleRate",
                                      "GWP_ASAN_InstallSignalHandlers",
                                      "GWP_ASAN_InstallForkHandlers",
                                      NULL};

static const struct allocator_family scudo = {
    .name = "scudo",
    .mark = "__scudo_print_stats",
    .version = version,
    .release = release,
    .account = account,
    .dump = dump,
    .check = ALLOCATOR_COMPLAINS,
    .prefix = "SCUDO_",
    .knobs = knobs,
    .options = options,
    .complaints = complaints,
};

/* In the runtime directory of clang, where ld.so does not look. */
static const char *const sonames[] = {
    "/usr/lib/llvm-*/lib/clang/*/lib/*/libclang_rt.scudo_standalone*.so", NULL};

const struct allocator allocator_scudo = {
    .name = "scudo",
    .summary = "LLVM's hardened allocator, as it comes",
    .family = &scudo,
    .sonames = sonames,
    .package = "libclang-rt-14-dev",
    .is_stock = 1,
};
