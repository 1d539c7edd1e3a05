/* The reason why memory is held is found where it is large, and where there are two of them.
 *
 * The mixtures are drawn from the clock, and each says its seed: MEMBENCH_TEST_SEED=N repeats it,
 * under every family. MEMBENCH_TEST_FULL=1: more of them, and every reason in its large form. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/random.h"
#include "base/text.h"
#include "tests/support/answers.h"

static const char *const families[] = {"glibc",    "tcmalloc",  "jemalloc",
                                       "mimalloc", "tbbmalloc", "scudo"};
enum { FAMILIES = sizeof families / sizeof *families };

enum { LARGE_MIB = 512, NEEDED_MIB = 2048 }; /* available, so that nothing is reclaimed */

static bool is_full(void)
{
    const char *full = getenv("MEMBENCH_TEST_FULL");
    return full && strcmp(full, "1") == 0;
}

static double available_mib(void)
{
    FILE *file = fopen("/proc/meminfo", "re");
    char line[256];
    double kib = 0;
    while (file && fgets(line, sizeof line, file)) {
        if (text_starts_with(line, "MemAvailable:")) {
            kib = strtod(line + strlen("MemAvailable:"), NULL);
        }
    }
    if (file) {
        fclose(file);
    }
    return kib / 1024;
}

/* The short form tries of each layer one under glibc, and live blocks under the others. */
static bool is_tried(const char *reason, const char *family)
{
    static const char *const tried[] = {"blocks", "arenas", "releasable", "pinned"};
    size_t count = strcmp(family, "glibc") == 0 ? sizeof tried / sizeof *tried : 1;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(tried[i], reason) == 0) {
            return true;
        }
    }
    return is_full();
}

static void reasons_of_512_mib_are_found(void **state)
{
    struct membench *run = *state;
    if (available_mib() < NEEDED_MIB) {
        print_message("%.0f MiB are available, not %d: skipped\n", available_mib(), NEEDED_MIB);
        skip();
    }
    for (unsigned i = 0; answers_reason(i); i++) {
        struct mixture mixture = {answers_reason(i), LARGE_MIB, NULL, 0};
        for (int family = 0; family < FAMILIES; family++) {
            if (is_tried(mixture.reason, families[family]) &&
                answers_is_known(mixture.reason, families[family])) {
                answers_run(run, families[family], &mixture);
                answers_expect(run, families[family], &mixture, 0.01, 256 * 1024);
            }
        }
    }
}

static unsigned count_reasons(void)
{
    unsigned count = 0;
    while (answers_reason(count)) {
        count++;
    }
    return count;
}

static struct mixture draw(uint64_t seed, const char *family)
{
    enum { STEP_MIB = 2, STEPS = 48 }; /* whole huge pages */
    struct random random = {.state = seed};
    unsigned reasons = count_reasons();
    struct mixture mixture;
    do {
        mixture.reason = answers_reason((unsigned)random_below(&random, reasons));
        mixture.also = answers_reason((unsigned)random_below(&random, reasons));
    } while (!answers_can_mix(mixture.reason, mixture.also, family));
    mixture.mib = STEP_MIB * (1 + (unsigned)random_below(&random, STEPS));
    mixture.also_mib = STEP_MIB * (1 + (unsigned)random_below(&random, STEPS));
    return mixture;
}

static void expect_mixture(struct membench *run, const char *family, uint64_t seed)
{
    struct mixture mixture = draw(seed, family);
    print_message("MEMBENCH_TEST_SEED=%" PRIu64 ": %s: %u MiB %s, %u MiB %s\n", seed, family,
                  mixture.mib, mixture.reason, mixture.also_mib, mixture.also);
    answers_run(run, family, &mixture);
    answers_expect(run, family, &mixture, 0.02, 512 * 1024);
}

static void expect_mixtures(struct membench *run, const char *family, uint64_t offset)
{
    const char *given = getenv("MEMBENCH_TEST_SEED");
    if (given) {
        expect_mixture(run, family, strtoull(given, NULL, 10));
        return;
    }
    uint64_t seed = (uint64_t)time(NULL) * 1000 + offset;
    for (unsigned i = 0; i < (is_full() ? 50 : 6); i++) {
        expect_mixture(run, family, seed + i);
    }
}

#define MIXTURES_ARE_TAKEN_APART_UNDER(family, index)                                              \
    static void mixtures_are_taken_apart_under_##family(void **state)                              \
    {                                                                                              \
        expect_mixtures(*state, #family, 100 * (index));                                           \
    }
MIXTURES_ARE_TAKEN_APART_UNDER(glibc, 0)
MIXTURES_ARE_TAKEN_APART_UNDER(tcmalloc, 1)
MIXTURES_ARE_TAKEN_APART_UNDER(jemalloc, 2)
MIXTURES_ARE_TAKEN_APART_UNDER(mimalloc, 3)
MIXTURES_ARE_TAKEN_APART_UNDER(tbbmalloc, 4)
MIXTURES_ARE_TAKEN_APART_UNDER(scudo, 5)

int main(void)
{
    const struct CMUnitTest tests[] = {
        membench_test(reasons_of_512_mib_are_found),
        membench_test(mixtures_are_taken_apart_under_glibc),
        membench_test(mixtures_are_taken_apart_under_tcmalloc),
        membench_test(mixtures_are_taken_apart_under_jemalloc),
        membench_test(mixtures_are_taken_apart_under_mimalloc),
        membench_test(mixtures_are_taken_apart_under_tbbmalloc),
        membench_test(mixtures_are_taken_apart_under_scudo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
