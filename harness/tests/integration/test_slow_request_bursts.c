/* The shipped server load is right when it behaves as real servers were measured to: how much it
 * grows, how much of that stays, and how much a release gives back. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/accounting.h"

/* Threads run freely: single trials differ by 10 %, medians of seven by 3. */
enum { RUNS = 7 };

static int compare(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return (first > second) - (first < second);
}

static double median(double values[RUNS])
{
    qsort(values, RUNS, sizeof *values, compare);
    return values[RUNS / 2];
}

struct server {
    double base, peak, kept, returned; /* bytes of anonymous memory */
    double pymalloc;                   /* free in its arenas, in parts of what is kept */
    double malloc;                     /* free in malloc, likewise */
};

static double value_of(struct membench *run, const char *phase, const char *metric, unsigned trial)
{
    bool is_last_end = phase[0] == 'e';
    return membench_value(run, phase, metric, .trial = trial, .cycle = is_last_end ? 5 : 0);
}

static struct server measure_trial(struct membench *run, unsigned trial)
{
    double base = value_of(run, "start", "anon", trial);
    double files = value_of(run, "start", "rss", trial) - base;
    struct cause cause;
    accounting_find(run, (struct membench_where){.trial = trial}, &cause);
    return (struct server){
        .base = base,
        /* The peak is known as rss only; the pages of files hardly change after the start. */
        .peak = value_of(run, "end", "peak_rss", trial) - files,
        .kept = value_of(run, "settled", "anon", trial) - base,
        .returned =
            value_of(run, "collected", "anon", trial) - value_of(run, "released", "anon", trial),
        .pymalloc = cause_bytes(&cause, CAUSE_PYMALLOC) / cause.held,
        .malloc = (cause_bytes(&cause, CAUSE_MALLOC_RELEASABLE) +
                   cause_bytes(&cause, CAUSE_MALLOC_PINNED)) /
                  cause.held,
    };
}

/* Medians over the trials of one allocator. */
static struct server measure(struct membench *run, const char *allocator)
{
    double base[RUNS], peak[RUNS], kept[RUNS], returned[RUNS], pymalloc[RUNS], malloc[RUNS];
    size_t found = 0;
    for (size_t row = 1; row < run->trials.count; row++) {
        unsigned trial = (unsigned)row;
        if (strcmp(membench_field(run, "allocator", .trial = trial), allocator) == 0) {
            assert_true(found < RUNS);
            struct server server = measure_trial(run, trial);
            base[found] = server.base;
            peak[found] = server.peak;
            kept[found] = server.kept;
            returned[found] = server.returned;
            pymalloc[found] = server.pymalloc;
            malloc[found] = server.malloc;
            found++;
        }
    }
    assert_int_equal(found, RUNS);
    return (struct server){median(base),     median(peak),     median(kept),
                           median(returned), median(pymalloc), median(malloc)};
}

static void assert_within(const char *what, double value, double low, double high)
{
    if (!(value >= low && value <= high)) {
        fail_msg("%s is %.3f, not within %.2f and %.2f", what, value, low, high);
    }
}

static void expect_forecasts(struct membench *run)
{
    for (unsigned trial = 1; trial < run->trials.count; trial++) {
        struct membench_where where = {.trial = trial};
        if (strcmp(membench_field_where(run, "allocator", where), "glibc") == 0) {
            accounting_expect_forecast(run, where);
        }
    }
}

/* The bands were measured on eight real applications: web servers, workers, batches. */
static void request_bursts_behaves_as_real_servers_do(void **state)
{
    struct membench *run = *state;
    run->seconds = 600;
    membench_run(run, "-a", "glibc,tcmalloc", "-n", "7", "--cycles", "5", "request_bursts");
    membench_expect(run, 0);
    accounting_expect_complete(run);
    expect_forecasts(run);
    struct server glibc = measure(run, "glibc");
    assert_within("peak over base", glibc.peak / glibc.base, 2.5, 7);
    assert_within("share of the growth that stays", glibc.kept / (glibc.peak - glibc.base), 0.75,
                  1);
    assert_within("share that a trim returns", glibc.returned / glibc.kept, 0.08, 0.35);
    assert_within("share of pymalloc's arenas", glibc.pymalloc, 0.28, 0.60);
    assert_within("share of malloc's free memory", glibc.malloc, 0.08, 0.60);
    double tcmalloc = measure(run, "tcmalloc").kept / glibc.kept;
    assert_within("what tcmalloc keeps, of what glibc keeps", tcmalloc, 0.90, 2);

    /* It gives back over its decay time of 2 s, where the others give back nothing. */
    membench_run(run, "-a", "jemalloc-background", "-n", "7", "--cycles", "5", "--settle", "5",
                 "request_bursts");
    membench_expect(run, 0);
    double background = measure(run, "jemalloc-background").kept / glibc.kept;
    assert_within("what jemalloc-background keeps, of what glibc keeps", background, 0.40, 0.75);
}

int main(void)
{
    const struct CMUnitTest tests[] = {membench_test(request_bursts_behaves_as_real_servers_do)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
