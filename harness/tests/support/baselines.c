#include "tests/support/baselines.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void baselines_set(char **text, const char *value)
{
    free(*text);
    *text = text_copy(value);
}

void baselines_set_host(struct baseline *baseline, const char *name, const char *value)
{
    for (size_t i = 0; i < baseline->host.names.count; i++) {
        if (strcmp(baseline->host.names.items[i], name) == 0) {
            baselines_set(&baseline->host.values.items[i], value);
        }
    }
}

static void add_allocator(struct baseline *baseline, const char *name, const char *build_id)
{
    *baseline_add_allocator(baseline) = (struct baseline_allocator){
        .name = text_copy(name), .build_id = text_copy(build_id), .version = text_copy("1.0")};
}

void baselines_init(struct baseline *baseline)
{
    baseline_init(baseline);
    baselines_set(&baseline->membench, "0.1.0");
    baselines_set(&baseline->run, "20260101-000000-0001");
    baselines_set(&baseline->python, "3.11.2");
    host_add(&baseline->host, "kernel", "6.18.44-cloud-amd64");
    host_add(&baseline->host, "machine", "x86_64");
    host_add(&baseline->host, "processors", "2");
    baseline->settle = 1;
    add_allocator(baseline, "glibc", "aa11");
    add_allocator(baseline, "tcmalloc", "bb22");
    *baseline_add_workload(baseline) =
        (struct baseline_workload){.name = text_copy("shop"),
                                   .sha256 = text_copy("f00d"),
                                   .parameters = text_copy("articles=9")};
}

void baselines_put(struct baseline *baseline, size_t allocator, const char *phase,
                   enum metric metric, const double *values, size_t count)
{
    double *copy = text_allocate((count + 1) * sizeof *copy);
    memcpy(copy, values, count * sizeof *copy);
    *baseline_add_series(baseline) = (struct baseline_series){.allocator = allocator,
                                                              .phase = text_copy(phase),
                                                              .metric = metric,
                                                              .values = copy,
                                                              .count = count};
}

void baselines_put_same(struct baseline *baseline, size_t allocator, const char *phase,
                        enum metric metric, double value)
{
    const double values[] = {value, value, value};
    baselines_put(baseline, allocator, phase, metric, values, 3);
}
