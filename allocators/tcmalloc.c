/* gperftools' tcmalloc. Stock builds since 2.6 keep freed spans; aggressive decommit, on by default
 * in 2.4 and 2.5, gives a span back as soon as it is free (gperftools NEWS). */
#include <stdio.h>

#include "families.h"

static int version(char *text, size_t size)
{
    const char *(*tc_version)(int *, int *, const char **) = allocator_symbol("tc_version");
    if (!tc_version) {
        return -1;
    }
    int major, minor;
    const char *patch;
    snprintf(text, size, "%s", tc_version(&major, &minor, &patch));
    return 0;
}

/* The release rate has no C call that reads it back. */
static void settings(char *text, size_t size)
{
    static const struct {
        const char *property, *shown;
    } readable[] = {
        {"tcmalloc.aggressive_memory_decommit", "aggressive_memory_decommit"},
        {"tcmalloc.max_total_thread_cache_bytes", "max_total_thread_cache_bytes"},
        {"tcmalloc.heap_limit_mb", "heap_limit_mb"},
    };
    int (*get)(const char *, size_t *) = allocator_symbol("MallocExtension_GetNumericProperty");
    for (size_t i = 0; get && i < sizeof readable / sizeof *readable; i++) {
        size_t value;
        if (get(readable[i].property, &value)) {
            allocator_setting(text, size, readable[i].shown, (long long)value);
        }
    }
}

static void release(void)
{
    void (*release_free)(void) = allocator_symbol("MallocExtension_ReleaseFreeMemory");
    if (release_free) {
        release_free();
    }
}

/* As getenv is called in gperftools 2.10. A name that is not read is silently ignored, and so is a
 * value that is no number. */
static const struct allocator_knob knobs[] = {
    {"TCMALLOC_AGGRESSIVE_DECOMMIT", "aggressive_memory_decommit"},
    {"TCMALLOC_MAX_TOTAL_THREAD_CACHE_BYTES", "max_total_thread_cache_bytes"},
    {"TCMALLOC_HEAP_LIMIT_MB", "heap_limit_mb"},
    {"TCMALLOC_RELEASE_RATE", NULL},
    {"TCMALLOC_TRANSFER_NUM_OBJ", NULL},
    {"TCMALLOC_LARGE_ALLOC_REPORT_THRESHOLD", NULL},
    {"TCMALLOC_SAMPLE_PARAMETER", NULL},
    {"TCMALLOC_DISABLE_MEMORY_RELEASE", NULL},
    {"TCMALLOC_SKIP_MMAP", NULL},
    {"TCMALLOC_SKIP_SBRK", NULL},
    {"TCMALLOC_DEVMEM_START", NULL},
    {"TCMALLOC_DEVMEM_LIMIT", NULL},
    {"TCMALLOC_MEMFS_MALLOC_PATH", NULL},
    {"TCMALLOC_MEMFS_LIMIT_MB", NULL},
    {"TCMALLOC_MEMFS_ABORT_ON_FAIL", NULL},
    {"TCMALLOC_MEMFS_MAP_PRIVATE", NULL},
    {"TCMALLOC_MEMFS_IGNORE_MMAP_FAIL", NULL},
    {"TCMALLOC_MEMFS_DISABLE_FALLBACK", NULL},
    {"TCMALLOC_STACKTRACE_METHOD", NULL},
    {"TCMALLOC_STACKTRACE_METHOD_VERBOSE", NULL},
    {0},
};

static const struct allocator_family tcmalloc = {
    .name = "tcmalloc",
    .mark = "tc_version",
    .version = version,
    .settings = settings,
    .release = release,
    .check = ALLOCATOR_SILENT,
    .prefix = "TCMALLOC_",
    .knobs = knobs,
};

static const char *const sonames[] = {"libtcmalloc.so.4", NULL};

const struct allocator allocator_tcmalloc = {
    .name = "tcmalloc",
    .summary = "gperftools' tcmalloc, as it comes: freed memory is kept",
    .family = &tcmalloc,
    .sonames = sonames,
    .package = "libgoogle-perftools4",
    .is_stock = 1,
};

static const char *const minimal_sonames[] = {"libtcmalloc_minimal.so.4", NULL};

const struct allocator allocator_tcmalloc_minimal = {
    .name = "tcmalloc-minimal",
    .summary = "tcmalloc without the heap profiler and checker",
    .family = &tcmalloc,
    .sonames = minimal_sonames,
    .package = "libtcmalloc-minimal4",
};

static const char *const aggressive[] = {"TCMALLOC_AGGRESSIVE_DECOMMIT=true", NULL};

const struct allocator allocator_tcmalloc_aggressive = {
    .name = "tcmalloc-aggressive",
    .summary = "tcmalloc that gives freed spans back at once, the default of 2014 to 2017",
    .family = &tcmalloc,
    .sonames = sonames,
    .package = "libgoogle-perftools4",
    .environment = aggressive,
};
