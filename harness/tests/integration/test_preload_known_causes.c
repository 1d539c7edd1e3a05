/* The reason why memory is held is found under the mallocs that come by a preload, as far as each
 * tells: all of it under tcmalloc and jemalloc; under mimalloc, tbbmalloc and scudo what is not
 * malloc's, and of malloc the whole and what a release gives. */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/support/answers.h"

static const char *const families[] = {"tcmalloc", "jemalloc", "mimalloc", "tbbmalloc", "scudo"};
enum { FAMILIES = sizeof families / sizeof *families };

static char *who_knows(const char *reason)
{
    struct text_list known = {0};
    for (int i = 0; i < FAMILIES; i++) {
        if (answers_is_known(reason, families[i])) {
            text_list_add(&known, families[i]);
        }
    }
    char *text = text_join(&known, ",");
    text_list_clear(&known);
    return text;
}

static void every_reason_of_64_mib_is_found(void **state)
{
    struct membench *run = *state;
    unsigned found = 0;
    for (unsigned reason = 0; answers_reason(reason); reason++) {
        struct mixture mixture = {answers_reason(reason), 64, NULL, 0};
        cleanup_free char *known = who_knows(mixture.reason);
        if (*known) {
            answers_run(run, known, &mixture);
        }
        for (int i = 0; i < FAMILIES; i++) {
            if (answers_is_known(mixture.reason, families[i])) {
                answers_expect(run, families[i], &mixture, 0.01, 256 * 1024);
                found++;
            }
        }
    }
    assert_int_equal(found, 2 * 12 + 3 * 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {membench_test(every_reason_of_64_mib_is_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
