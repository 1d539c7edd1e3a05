/* jemalloc. Freed pages decay: they are given back some time after they were freed, but the clock
 * is looked at only when the arena is used, or by a background thread where one is switched on.
 * That thread does not survive fork(). */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "families.h"
#include "jemalloc_account.h"

static int version(char *text, size_t size)
{
    mallctl_function *control = allocator_symbol("mallctl");
    const char *value;
    size_t length = sizeof value;
    if (!control || control("version", &value, &length, NULL, 0)) {
        return -1;
    }
    snprintf(text, size, "%s", value);
    return 0;
}

static void show_flag(char *text, size_t size, mallctl_function *control, const char *name,
                      const char *shown)
{
    bool value;
    size_t length = sizeof value;
    if (control(name, &value, &length, NULL, 0) == 0) {
        allocator_setting(text, size, shown, value);
    }
}

static void settings(char *text, size_t size)
{
    mallctl_function *control = allocator_symbol("mallctl");
    if (!control) {
        return;
    }
    unsigned arenas;
    size_t length = sizeof arenas;
    if (control("opt.narenas", &arenas, &length, NULL, 0) == 0) {
        allocator_setting(text, size, "narenas", arenas);
    }
    show_flag(text, size, control, "background_thread", "background_thread");
    static const char *const decays[][2] = {{"opt.dirty_decay_ms", "dirty_decay_ms"},
                                            {"opt.muzzy_decay_ms", "muzzy_decay_ms"}};
    for (size_t i = 0; i < sizeof decays / sizeof *decays; i++) {
        ssize_t milliseconds;
        length = sizeof milliseconds;
        if (control(decays[i][0], &milliseconds, &length, NULL, 0) == 0) {
            allocator_setting(text, size, decays[i][1], milliseconds);
        }
    }
    show_flag(text, size, control, "opt.tcache", "tcache");
    show_flag(text, size, control, "opt.retain", "retain");
}

/* 4096 is MALLCTL_ARENAS_ALL. */
static void release(void)
{
    mallctl_function *control = allocator_symbol("mallctl");
    if (control) {
        control("thread.tcache.flush", NULL, NULL, NULL, 0);
        control("arena.4096.purge", NULL, NULL, NULL, 0);
    }
}

static void write_text(void *context, const char *text)
{
    (void)!write(*(int *)context, text, strlen(text));
}

static void dump(int descriptor)
{
    void (*print)(void (*)(void *, const char *), void *, const char *) =
        allocator_symbol("malloc_stats_print");
    if (print) {
        print(write_text, &descriptor, NULL);
    }
}

/* The pairs of MALLOC_CONF are wrong one by one; the others of the same text still count. */
static const struct allocator_knob knobs[] = {{"MALLOC_CONF", "NAME:VALUE"}, {0}};

static const char *const complaints[] = {"Invalid conf", "Out-of-range conf", "Malformed conf",
                                         "Conf string ends", NULL};

/* opt.* of jemalloc 5.3.0. */
static const char *const options[] = {"abort",
                                      "abort_conf",
                                      "background_thread",
                                      "bin_shards",
                                      "cache_oblivious",
                                      "confirm_conf",
                                      "dirty_decay_ms",
                                      "dss",
                                      "hpa",
                                      "junk",
                                      "lg_extent_max_active_fit",
                                      "lg_prof_interval",
                                      "lg_prof_sample",
                                      "lg_tcache_max",
                                      "lg_tcache_nslots_mul",
                                      "max_background_threads",
                                      "metadata_thp",
                                      "muzzy_decay_ms",
                                      "mutex_max_spin",
                                      "narenas",
                                      "narenas_ratio",
                                      "oversize_threshold",
                                      "percpu_arena",
                                      "prof",
                                      "prof_accum",
                                      "prof_active",
                                      "prof_final",
                                      "prof_gdump",
                                      "prof_leak",
                                      "prof_prefix",
                                      "retain",
                                      "stats_interval",
                                      "stats_print",
                                      "stats_print_opts",
                                      "tcache",
                                      "tcache_max",
                                      "thp",
                                      "trust_madvise",
                                      "utrace",
                                      "xmalloc",
                                      "zero",
                                      "zero_realloc",
                                      NULL};

static const struct allocator_family jemalloc = {
    .name = "jemalloc",
    .mark = "mallctlbymib",
    .version = version,
    .settings = settings,
    .release = release,
    .account = jemalloc_account,
    .dump = dump,
    .check = ALLOCATOR_COMPLAINS,
    .prefix = "MALLOC_",
    .knobs = knobs,
    .options = options,
    .complaints = complaints,
};

static const char *const sonames[] = {"libjemalloc.so.2", NULL};

const struct allocator allocator_jemalloc = {
    .name = "jemalloc",
    .summary = "jemalloc, as it comes: gives back 10 s after, if it is called then",
    .family = &jemalloc,
    .sonames = sonames,
    .package = "libjemalloc2",
    .is_stock = 1,
};

static const char *const background[] = {
    "MALLOC_CONF=background_thread:true,dirty_decay_ms:2000,muzzy_decay_ms:0", NULL};

const struct allocator allocator_jemalloc_background = {
    .name = "jemalloc-background",
    .summary = "jemalloc with a thread that gives freed pages back after 2 s",
    .family = &jemalloc,
    .sonames = sonames,
    .package = "libjemalloc2",
    .environment = background,
};
