/* gperftools' tcmalloc. Stock builds since 2.6 keep freed spans; aggressive decommit, on by default
 * in 2.4 and 2.5, gives a span back as soon as it is free (gperftools NEWS). */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "families.h"
#include "residency.h"

typedef int property_function(const char *, size_t *);

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
    property_function *get = allocator_symbol("MallocExtension_GetNumericProperty");
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

/* A span, as MallocExtension::Ranges tells it (gperftools/malloc_extension.h). */
struct range {
    uintptr_t address;
    size_t length;
    int type; /* 0 in use, 1 free, 2 given back */
    double fraction;
};

struct free_spans {
    struct residency residency;
    int64_t resident; /* bytes; -1 once that could not be told */
};

static void add_free_range(void *context, const struct range *range)
{
    enum { FREE = 1 };
    struct free_spans *spans = context;
    if (range->type == FREE && spans->resident >= 0) {
        int64_t added = residency_of(&spans->residency, range->address, range->length);
        spans->resident = added < 0 ? -1 : spans->resident + added;
    }
}

/* Free spans as far as they are resident. pageheap_free_bytes also counts what was never touched:
 * a heap grows by 1 MiB at least, and the tail of a freed block may be fresh. The C++ functions are
 * taken by their mangled names: there are no C ones. -1 where they are missing. */
static int64_t resident_free_spans(void)
{
    void *(*instance)(void) = allocator_symbol("_ZN15MallocExtension8instanceEv");
    void (*ranges)(void *, void *, void (*)(void *, const struct range *)) =
        allocator_symbol("_ZN22TCMallocImplementation6RangesEPvPFvS0_PKN4base11MallocRangeEE");
    if (!instance || !ranges) {
        return -1;
    }
    struct free_spans spans = {.resident = 0};
    residency_open(&spans.residency);
    ranges(instance(), &spans, add_free_range);
    residency_close(&spans.residency);
    return spans.resident;
}

static int64_t property(property_function *get, const char *name)
{
    size_t value;
    return get(name, &value) ? (int64_t)value : 0;
}

/* Metadata is allocated from the system in pieces that are used at once: all of it is resident. The
 * library's static tables are not in it; they are its .bss. */
static void account(struct allocator_account *account)
{
    property_function *get = allocator_symbol("MallocExtension_GetNumericProperty");
    size_t live;
    if (!get || !get("generic.current_allocated_bytes", &live)) {
        return;
    }
    int64_t held =
        property(get, "generic.heap_size") - property(get, "tcmalloc.pageheap_unmapped_bytes");
    int64_t free_spans = resident_free_spans();
    account->live = (int64_t)live;
    account->releasable =
        free_spans >= 0 ? free_spans : property(get, "tcmalloc.pageheap_free_bytes");
    account->pinned = property(get, "tcmalloc.central_cache_free_bytes") +
                      property(get, "tcmalloc.transfer_cache_free_bytes") +
                      property(get, "tcmalloc.thread_cache_free_bytes");
    account->resident = property(get, "generic.total_physical_bytes");
    account->metadata = account->resident - held;
}

static void dump(int descriptor)
{
    static char text[64 * 1024]; /* some 10 KiB; untouched unless it is asked for */
    void (*stats)(char *, int) = allocator_symbol("MallocExtension_GetStats");
    if (stats) {
        stats(text, sizeof text);
        (void)!write(descriptor, text, strlen(text));
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
    .account = account,
    .dump = dump,
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
