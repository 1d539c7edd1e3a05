#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "report/reproduction.h"
#include "tests/support/contains.h"
#include "tests/support/records.h"

/* Two runs of one plan, made by hand. */
struct pair {
    struct records records[2];
    struct stored_run runs[2];
};

static void init(struct pair *pair)
{
    *pair = (struct pair){0};
    for (int i = 0; i < 2; i++) {
        records_init(&pair->records[i]);
        pair->runs[i].info.id = text_copy(i == 0 ? "first" : "second");
        pair->runs[i].info.version = text_copy("1.0");
        host_add(&pair->runs[i].info.host, "kernel", "6.1");
    }
}

static void finish(struct pair *pair, struct reproduction *reproduction)
{
    for (int i = 0; i < 2; i++) {
        pair->runs[i].plan = pair->records[i].plan;
        pair->runs[i].records = pair->records[i].items;
        pair->runs[i].record_count = pair->records[i].count;
    }
    reproduction_make(reproduction, &pair->runs[0], &pair->runs[1]);
}

static void clear(struct pair *pair, struct reproduction *reproduction)
{
    reproduction_clear(reproduction);
    for (int i = 0; i < 2; i++) {
        run_info_clear(&pair->runs[i].info);
        records_clear(&pair->records[i]);
    }
}

static void add_end(struct pair *pair, int run, size_t setting, double end)
{
    records_add_ok(&pair->records[run], setting, 10, end);
}

static struct sample *last_sample(struct pair *pair, int run)
{
    struct record *record = &pair->records[run].items[pair->records[run].count - 1];
    return &record->samples[record->sample_count - 1];
}

static char *printed(const struct reproduction *reproduction)
{
    char *text = NULL;
    size_t length;
    FILE *stream = open_memstream(&text, &length);
    reproduction_print(reproduction, stream);
    fclose(stream);
    return text;
}

static void medians_within_three_per_cent_are_reproduced(void **state)
{
    (void)state;
    static const struct {
        double end;
        bool is_reproduced;
    } cases[] = {{100, true}, {102.9, true}, {97.1, true}, {103.1, false}, {96.9, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pair pair;
        struct reproduction reproduction;
        init(&pair);
        add_end(&pair, 0, 0, 90);
        add_end(&pair, 0, 0, 100);
        add_end(&pair, 0, 0, 500);
        add_end(&pair, 1, 0, cases[i].end);
        finish(&pair, &reproduction);
        assert_int_equal(reproduction.row_count, 1);
        assert_int_equal(reproduction.rows[0].is_reproduced, cases[i].is_reproduced);
        assert_int_equal(reproduction.reproduced, cases[i].is_reproduced);
        clear(&pair, &reproduction);
    }
}

static void a_difference_below_what_can_be_read_is_none(void **state)
{
    (void)state;
    static const struct {
        enum metric metric;
        double first, second;
        bool is_reproduced;
    } cases[] = {{METRIC_WALL_SECONDS, 0.001, 0.0105, true},
                 {METRIC_WALL_SECONDS, 1, 1.09, true},
                 {METRIC_WALL_SECONDS, 1, 1.11, false},
                 {METRIC_CPU_SECONDS, 0.02, 0.031, false},
                 {METRIC_PEAK_RSS, 8 * 0x1p20, 8.5 * 0x1p20, true},
                 {METRIC_PEAK_RSS, 8 * 0x1p20, 8.7 * 0x1p20, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pair pair;
        struct reproduction reproduction;
        init(&pair);
        add_end(&pair, 0, 0, 100);
        last_sample(&pair, 0)->values[cases[i].metric] = cases[i].first;
        add_end(&pair, 1, 0, 100);
        last_sample(&pair, 1)->values[cases[i].metric] = cases[i].second;
        finish(&pair, &reproduction);
        assert_int_equal(reproduction.rows[0].is_reproduced, cases[i].is_reproduced);
        clear(&pair, &reproduction);
    }
}

static void what_one_run_did_not_measure_is_not_reproduced(void **state)
{
    (void)state;
    struct pair pair;
    struct reproduction reproduction;
    init(&pair);
    add_end(&pair, 0, 0, 100);
    last_sample(&pair, 0)->values[METRIC_WALL_SECONDS] = 1;
    add_end(&pair, 1, 0, 100);
    finish(&pair, &reproduction);
    assert_false(reproduction.rows[0].is_reproduced);
    cleanup_free char *text = printed(&reproduction);
    assert_contains(text, "not reproduced: time 1 s, now -\n");
    clear(&pair, &reproduction);
}

static void a_row_without_an_ok_trial_is_not_comparable(void **state)
{
    (void)state;
    struct pair pair;
    struct reproduction reproduction;
    init(&pair);
    add_end(&pair, 0, 0, 100);
    add_end(&pair, 0, 1, 100);
    add_end(&pair, 0, 2, 100);
    records_add(&pair.records[1], 0, OUTCOME_CRASHED);
    add_end(&pair, 1, 1, 100);
    finish(&pair, &reproduction);
    assert_int_equal(reproduction.row_count, 3);
    assert_int_equal(reproduction.reproduced, 1);
    cleanup_free char *text = printed(&reproduction);
    assert_contains(text, "This run repeats first: 1 of 3 rows reproduced\n");
    assert_contains(text, "bursts, glibc: not comparable");
    assert_contains(text, "bursts, tcmalloc: reproduced");
    assert_contains(text, "bursts, jemalloc: not comparable");
    clear(&pair, &reproduction);
}

static void what_differs_is_told_by_how_much(void **state)
{
    (void)state;
    struct pair pair;
    struct reproduction reproduction;
    init(&pair);
    add_end(&pair, 0, 0, 100);
    add_end(&pair, 1, 0, 150);
    finish(&pair, &reproduction);
    cleanup_free char *text = printed(&reproduction);
    assert_contains(text, "not reproduced: end 100.0 MiB, now 150.0 MiB (+50.0 %)\n");
    assert_contains(text, "Medians only");
    clear(&pair, &reproduction);
}

/* ---- what has changed ---- */

static void set_identity(struct record *record, const char *build_id, const char *version)
{
    text_place(record->identity.family, sizeof record->identity.family, "glibc");
    text_place(record->identity.build_id, sizeof record->identity.build_id, build_id);
    text_place(record->identity.version, sizeof record->identity.version, version);
    text_place(record->identity.python, sizeof record->identity.python, "3.11.2");
}

static void nothing_has_changed_between_two_runs_of_one_plan(void **state)
{
    (void)state;
    struct pair pair;
    struct reproduction reproduction;
    init(&pair);
    add_end(&pair, 0, 0, 100);
    add_end(&pair, 1, 0, 100);
    set_identity(&pair.records[0].items[0], "abc", "2.36");
    set_identity(&pair.records[1].items[0], "abc", "2.36");
    finish(&pair, &reproduction);
    assert_int_equal(reproduction.changes.count + reproduction.notes.count, 0);
    clear(&pair, &reproduction);
}

static void every_change_is_found(void **state)
{
    (void)state;
    struct pair pair;
    struct reproduction reproduction;
    init(&pair);
    add_end(&pair, 0, 0, 100);
    add_end(&pair, 0, 1, 100);
    add_end(&pair, 1, 0, 100);
    add_end(&pair, 1, 1, 100);
    set_identity(&pair.records[0].items[0], "abc", "2.36");
    set_identity(&pair.records[1].items[0], "abd", "2.36");
    set_identity(&pair.records[0].items[1], "", "2.10");
    set_identity(&pair.records[1].items[1], "", "2.11");
    text_place(pair.records[1].items[1].identity.python, 8, "3.11.3");
    records_set(&pair.records[1].workload.sha256, "abd");
    text_list_add(&pair.records[1].settings[2].environment, "A=1");
    pair.records[1].settings[3].is_available = false;
    free(pair.runs[1].info.version);
    pair.runs[1].info.version = text_copy("1.1");
    host_clear(&pair.runs[1].info.host);
    host_add(&pair.runs[1].info.host, "kernel", "6.2");
    finish(&pair, &reproduction);
    cleanup_free char *changes = text_join(&reproduction.changes, "\n");
    cleanup_free char *notes = text_join(&reproduction.notes, "\n");
    assert_int_equal(reproduction.changes.count, 6);
    assert_contains(changes, "the file '/w/bursts.py' has changed");
    assert_contains(changes, "the library of 'glibc' has changed: build-id abc, now abd");
    assert_contains(changes, "the library of 'tcmalloc' has changed: version 2.10, now 2.11");
    assert_contains(changes, "Python under 'tcmalloc' has changed: 3.11.2, now 3.11.3");
    assert_contains(changes, "the variables of 'jemalloc' have changed");
    assert_contains(changes, "the allocator 'mimalloc' is missing now");
    assert_string_equal(notes, "membench was 1.0, and is 1.1\nkernel was 6.1, and is 6.2");
    clear(&pair, &reproduction);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(medians_within_three_per_cent_are_reproduced),
        cmocka_unit_test(a_difference_below_what_can_be_read_is_none),
        cmocka_unit_test(what_one_run_did_not_measure_is_not_reproduced),
        cmocka_unit_test(a_row_without_an_ok_trial_is_not_comparable),
        cmocka_unit_test(what_differs_is_told_by_how_much),
        cmocka_unit_test(nothing_has_changed_between_two_runs_of_one_plan),
        cmocka_unit_test(every_change_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
