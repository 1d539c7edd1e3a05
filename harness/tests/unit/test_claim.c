#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/random.h"
#include "base/text.h"
#include "plan/claim_print.h"
#include "tests/support/contains.h"

/* How many random claims: a fifth of them is enough for what is tried often. */
static int rounds(int full)
{
    return getenv("MEMBENCH_TEST_FULL") ? full : full / 5;
}

static struct claim parse(const char *text)
{
    struct claim claim;
    struct error err;
    if (claim_parse(&claim, text, NULL, &err)) {
        fail_msg("'%s': %s", text, err.message);
    }
    return claim;
}

/* ---- what a claim says ---- */

static void one_allocator_is_held_against_another(void **state)
{
    (void)state;
    struct claim claim = parse("tcmalloc end.anon <= 0.80 * glibc");
    assert_string_equal(claim.text, "tcmalloc end.anon <= 0.80 * glibc");
    assert_string_equal(claim.left.allocator, "tcmalloc");
    assert_string_equal(claim.left.phase, "end");
    assert_int_equal(claim.left.metric, METRIC_ANON);
    assert_int_equal(claim.relation, CLAIM_AT_MOST);
    assert_false(claim.is_budget);
    assert_true(claim.factor == 0.8);
    assert_string_equal(claim.right.allocator, "glibc");
    assert_string_equal(claim.right.phase, "end");
    assert_int_equal(claim.right.metric, METRIC_ANON);
    assert_string_equal(claim.workload, "");
    claim_clear(&claim);
}

static void a_budget_is_a_number_of_the_metrics_unit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double bound;
        enum metric metric;
    } budgets[] = {{"end.anon <= 300MiB", 300 * 0x1p20, METRIC_ANON},
                   {"end.anon <= 300 MiB", 300 * 0x1p20, METRIC_ANON},
                   {"end.anon<=0.5GiB", 0x1p29, METRIC_ANON},
                   {"end.anon >= 4KiB", 4096, METRIC_ANON},
                   {"end.anon >= 4096", 4096, METRIC_ANON},
                   {"end.anon <= 0", 0, METRIC_ANON},
                   {"end.cpu_seconds <= 2.5", 2.5, METRIC_CPU_SECONDS},
                   {"settled.tracked_objects <= 10000", 10000, METRIC_TRACKED_OBJECTS}};
    for (size_t i = 0; i < sizeof budgets / sizeof *budgets; i++) {
        struct claim claim = parse(budgets[i].text);
        assert_true(claim.is_budget);
        assert_true(claim.bound == budgets[i].bound);
        assert_int_equal(claim.left.metric, budgets[i].metric);
        assert_string_equal(claim.left.allocator, "");
        claim_clear(&claim);
    }
}

static void a_phase_is_held_against_another(void **state)
{
    (void)state;
    struct claim claim = parse("glibc released.anon >= 1.2 * start.rss");
    assert_int_equal(claim.relation, CLAIM_AT_LEAST);
    assert_true(claim.factor == 1.2);
    assert_string_equal(claim.right.allocator, "");
    assert_string_equal(claim.right.phase, "start");
    assert_int_equal(claim.right.metric, METRIC_RSS);
    claim_clear(&claim);
}

static void the_right_side_may_name_both(void **state)
{
    (void)state;
    struct claim claim = parse("je-5 end.anon <= 2 * my.glibc settled.anon");
    assert_string_equal(claim.left.allocator, "je-5");
    assert_string_equal(claim.right.allocator, "my.glibc");
    assert_string_equal(claim.right.phase, "settled");
    claim_clear(&claim);
}

static void a_workload_is_the_rest_of_the_text(void **state)
{
    (void)state;
    static const char *const texts[] = {"end.anon <= 3MiB on my app", "end.anon <= 3 on my app",
                                        "end.anon<=0.5*glibc on my app  ",
                                        "end.anon <= 2 * glibc start.anon  on\tmy app\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct claim claim = parse(texts[i]);
        assert_string_equal(claim.workload, "my app");
        assert_int_equal(strncmp(texts[i] + claim.workload_place, "my app", 6), 0);
        claim_clear(&claim);
    }
}

static void a_phase_may_be_the_workloads_own(void **state)
{
    (void)state;
    struct claim claim = parse("loaded-2.anon <= 1 * 3rd_phase.anon");
    assert_string_equal(claim.left.phase, "loaded-2");
    assert_string_equal(claim.right.phase, "3rd_phase");
    claim_clear(&claim);
}

/* ---- what is no claim ---- */

static const struct {
    const char *text;
    size_t place;
    const char *message, *hint;
} wrong_claims[] = {
    {"", 0, "PHASE.METRIC or an allocator", "a claim is [ALLOCATOR] PHASE.METRIC"},
    {"  ", 2, "PHASE.METRIC or an allocator", ""},
    {"<= 3", 0, "PHASE.METRIC or an allocator", ""},
    {"glibc <= 3", 0, "'glibc' is not PHASE.METRIC", ""},
    {"anon <= 3", 0, "'anon' stands without a phase", "'end.anon'"},
    {"glibc end.anno <= 3", 10, "unknown metric 'anno'", "'anon'"},
    {"end.a.b <= 3", 4, "unknown metric 'a.b'", ""},
    {"end. <= 3", 4, "unknown metric ''", ""},
    {".anon <= 3", 0, "'' cannot be a phase", ""},
    {"Settled.anon <= 3", 0, "'Settled' cannot be a phase", "'settled'"},
    {"-x end.anon <= 3", 0, "'-x' cannot be the name of an allocator", ""},
    {"end.anon glibc <= 3", 9, "'glibc' is not PHASE.METRIC", ""},
    {"end.anon", 8, "a relation", "'<=' or '>='"},
    {"end.anon < 3", 9, "a relation", "'<=' or '>='"},
    {"end.anon == 3", 9, "a relation", ""},
    {"glibc end.anon end.rss <= 3", 15, "a relation", ""},
    {"end.anon <=", 11, "should stand a number", ""},
    {"end.anon <= glibc", 12, "should stand a number", "'1 * glibc'"},
    {"end.anon <= -3", 12, "no sign", ""},
    {"end.anon <= .5", 12, "begins with a digit", ""},
    {"end.anon <= 5.MiB", 13, "no digit", ""},
    {"end.anon <= 1e3", 13, "no exponent", ""},
    {"end.anon <= 1234567890123456", 12, "at most 15 digits", ""},
    {"end.anon <= 3MB", 13, "unknown unit 'MB'", "'KiB', 'MiB' or 'GiB'"},
    {"end.anon <= 3 mib", 14, "unknown unit 'mib'", "'MiB'"},
    {"end.cpu_seconds <= 3MiB", 20, "of unit 'seconds'", ""},
    {"end.anon <= 3MiB * glibc", 17, "at its end", ""},
    {"end.anon <= 3MiB idle", 17, "at its end", ""},
    {"end.anon <= 0 * glibc", 12, "above 0", ""},
    {"end.anon <= 0.8 *", 17, "an allocator or PHASE.METRIC", ""},
    {"end.anon <= 0.8 * on idle", 18, "an allocator or PHASE.METRIC", ""},
    {"end.anon <= 0.8 * * glibc", 18, "an allocator or PHASE.METRIC", ""},
    {"end.anon <= 0.8 * glibc jemalloc", 24, "'jemalloc' is not PHASE.METRIC", ""},
    {"end.anon <= 0.8 * start.anno", 24, "unknown metric 'anno'", "'anon'"},
    {"end.anon <= 0.8 * end.cpu_seconds", 18, "'anon' is in bytes", ""},
    {"end.anon <= 0.8 * end.anon", 18, "compares a figure with itself", ""},
    {"glibc end.anon <= 0.8 * glibc", 24, "compares a figure with itself", ""},
    {"glibc end.anon <= 0.8 * glibc end.anon", 24, "compares a figure with itself", ""},
    {"end.anon <= 3 on", 16, "no workload", ""},
    {"end.anon <= 3 on  ", 18, "no workload", ""},
    {"end.anon <= 3 on a\33b", 18, "control characters", ""},
    {"end.anon <= 3 only", 14, "unknown unit 'only'", ""},
};

static void errors_show_the_place_and_what_may_have_been_meant(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong_claims / sizeof *wrong_claims; i++) {
        struct claim claim;
        struct error err;
        size_t place = 999;
        print_message("%s\n", wrong_claims[i].text);
        assert_int_equal(claim_parse(&claim, wrong_claims[i].text, &place, &err), -1);
        assert_contains(err.message, wrong_claims[i].message);
        assert_contains(err.hint, wrong_claims[i].hint);
        assert_contains(err.hint, "FACTOR * [ALLOCATOR] [PHASE.METRIC]");
        assert_int_equal(place, wrong_claims[i].place);
        assert_int_equal(err.caret, place);
        assert_int_equal(strncmp(err.excerpt, wrong_claims[i].text, 76), 0);
    }
}

static void a_claim_of_many_bytes_is_refused(void **state)
{
    (void)state;
    char text[CLAIM_LENGTH + 2];
    struct claim claim;
    struct error err;
    memset(text, 'x', sizeof text);
    memcpy(text, "end.anon <= 3 on ", 17);
    text[CLAIM_LENGTH] = '\0';
    claim = parse(text);
    claim_clear(&claim);
    text[CLAIM_LENGTH] = 'x';
    text[CLAIM_LENGTH + 1] = '\0';
    size_t place = 0;
    assert_int_equal(claim_parse(&claim, text, &place, &err), -1);
    assert_contains(err.message, "longer than 400 bytes");
    assert_int_equal(place, CLAIM_LENGTH);
}

/* ---- printing ---- */

static void a_claim_is_printed_in_its_shortest_form(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {" tcmalloc  end.anon<=0.80*glibc ", "tcmalloc end.anon <= 0.8 * glibc"},
        {"a end.anon <= 1.0 * b end.anon", "a end.anon <= 1 * b"},
        {"a end.anon <= 1.0 * b.c end.anon", "a end.anon <= 1 * b.c end.anon"},
        {"a end.anon >= 1.50 * start.anon", "a end.anon >= 1.5 * start.anon"},
        {"end.anon <= 314572800", "end.anon <= 300MiB"},
        {"end.anon <= 1024MiB", "end.anon <= 1GiB"},
        {"end.anon <= 1536 MiB", "end.anon <= 1.5GiB"},
        {"end.anon <= 0.5MiB", "end.anon <= 512KiB"},
        {"end.anon <= 1000000", "end.anon <= 1000000"},
        {"end.anon <= 0.1GiB", "end.anon <= 0.1GiB"},
        {"end.anon <= 0GiB", "end.anon <= 0"},
        {"end.anon <= 1024", "end.anon <= 1KiB"},
        {"end.cpu_seconds <= 002.50 on  a b ", "end.cpu_seconds <= 2.5 on a b"},
        {"end.tracked_objects <= 1024", "end.tracked_objects <= 1024"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct claim claim = parse(pairs[i][0]);
        cleanup_free char *printed = claim_print(&claim);
        assert_string_equal(printed, pairs[i][1]);
        claim_clear(&claim);
    }
}

static void assert_same_figure(const struct claim_figure *a, const struct claim_figure *b)
{
    assert_string_equal(a->allocator, b->allocator);
    assert_string_equal(a->phase, b->phase);
    assert_int_equal(a->metric, b->metric);
}

static void assert_same_claim(const struct claim *a, const struct claim *b)
{
    assert_same_figure(&a->left, &b->left);
    assert_int_equal(a->relation, b->relation);
    assert_int_equal(a->is_budget, b->is_budget);
    assert_true(a->bound == b->bound);
    assert_true(a->factor == b->factor);
    if (!a->is_budget) {
        assert_same_figure(&a->right, &b->right);
    }
    assert_string_equal(a->workload, b->workload);
}

static const char *pick(struct random *random, const char *const *from, size_t count)
{
    return from[random_below(random, count)];
}
#define PICK(random, ...)                                                                          \
    pick(random, (const char *const[]){__VA_ARGS__},                                               \
         sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static char *draw_number(struct random *random)
{
    int digits = 1 + (int)random_below(random, 15);
    int behind = (int)random_below(random, (uint64_t)digits);
    char *number = text_copy("");
    for (int i = 0; i < digits; i++) {
        char *longer = text_format("%s%s%d", number, i > 0 && i == digits - behind ? "." : "",
                                   (int)random_below(random, 10));
        free(number);
        number = longer;
    }
    return number;
}

/* Something that looks like a claim, and mostly is one. */
static char *draw_claim(struct random *random)
{
    cleanup_free char *number = draw_number(random);
    const char *left = PICK(random, "", "glibc ", "je-5.3 ", "on ");
    const char *phase = PICK(random, "end", "settled", "my-own_1", "start");
    const char *metric = PICK(random, "anon", "rss", "cpu_seconds", "tracked_objects");
    const char *relation = PICK(random, " <= ", ">=", "\t<=\n");
    const char *right =
        PICK(random, "", "KiB", "MiB", " GiB", "* glibc", " * mi start.anon", " * end.anon",
             " * a.b end.cpu_seconds", "*x", " * settled.tracked_objects");
    const char *workload = PICK(random, "", "", " on app", " on my app ", " on \xc3\xa9");
    return text_format("%s%s.%s%s%s%s%s", left, phase, metric, relation, number, right, workload);
}

static void what_is_printed_parses_to_the_same_claim(void **state)
{
    (void)state;
    const int count = rounds(20000);
    struct random random = {.state = 20261123};
    unsigned parsed = 0;
    for (int round = 0; round < count; round++) {
        struct claim claim;
        struct error err;
        cleanup_free char *text = draw_claim(&random);
        if (claim_parse(&claim, text, NULL, &err)) {
            continue;
        }
        parsed++;
        cleanup_free char *printed = claim_print(&claim);
        struct claim again;
        if (claim_parse(&again, printed, NULL, &err)) {
            fail_msg("'%s' is printed '%s': %s", text, printed, err.message);
        }
        assert_same_claim(&claim, &again);
        cleanup_free char *twice = claim_print(&again);
        assert_string_equal(printed, twice);
        claim_clear(&claim);
        claim_clear(&again);
    }
    assert_in_range(parsed, count / 4, count - 1);
}

/* ---- whatever comes ---- */

/* Parses a text of which nothing is known. */
static void expose(const char *text)
{
    struct claim claim;
    struct error err = {0};
    size_t place = SIZE_MAX;
    if (claim_parse(&claim, text, &place, &err) == 0) {
        claim_clear(&claim);
        return;
    }
    assert_in_range(place, 0, strlen(text));
    assert_true(err.message[0] && err.hint[0]);
    assert_in_range(strlen(err.excerpt), 0, sizeof err.excerpt - 1);
    assert_in_range(err.caret, 0, strlen(err.excerpt));
}

static void random_bytes_are_refused_with_a_place(void **state)
{
    (void)state;
    struct random random = {.state = 7};
    for (int round = 0, count = rounds(20000); round < count; round++) {
        char text[CLAIM_LENGTH + 40];
        size_t length = random_below(&random, round % 10 == 0 ? sizeof text : 40);
        for (size_t i = 0; i < length; i++) {
            text[i] = (char)(1 + random_below(&random, 255));
        }
        text[length] = '\0';
        expose(text);
    }
}

/* Nearer to what is parsed: one byte of a claim is another one, is gone, or cuts the rest off. */
static void damaged_claims_are_read_or_refused_with_a_place(void **state)
{
    (void)state;
    struct random random = {.state = 8};
    for (int round = 0, count = rounds(50000); round < count; round++) {
        cleanup_free char *text = draw_claim(&random);
        size_t length = strlen(text), at = random_below(&random, length);
        switch (random_below(&random, 3)) {
        case 0:
            text[at] = (char)(1 + random_below(&random, 255));
            break;
        case 1:
            memmove(text + at, text + at + 1, length - at);
            break;
        default:
            text[at] = '\0';
        }
        expose(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_allocator_is_held_against_another),
        cmocka_unit_test(a_budget_is_a_number_of_the_metrics_unit),
        cmocka_unit_test(a_phase_is_held_against_another),
        cmocka_unit_test(the_right_side_may_name_both),
        cmocka_unit_test(a_workload_is_the_rest_of_the_text),
        cmocka_unit_test(a_phase_may_be_the_workloads_own),
        cmocka_unit_test(errors_show_the_place_and_what_may_have_been_meant),
        cmocka_unit_test(a_claim_of_many_bytes_is_refused),
        cmocka_unit_test(a_claim_is_printed_in_its_shortest_form),
        cmocka_unit_test(what_is_printed_parses_to_the_same_claim),
        cmocka_unit_test(random_bytes_are_refused_with_a_place),
        cmocka_unit_test(damaged_claims_are_read_or_refused_with_a_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
