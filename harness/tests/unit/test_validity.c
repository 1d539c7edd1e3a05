#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report/validity.h"
#include "tests/support/contains.h"
#include "tests/support/records.h"

struct fixture {
    struct records records;
    struct run_info info;
    struct findings findings;
};

static void begin(struct fixture *fixture)
{
    *fixture = (struct fixture){.info = {.id = text_copy("r-1"), .finished = text_copy("now")}};
    records_init(&fixture->records);
    fixture->records.plan.setting_count = 2;
}

/* Sound, and the same in every run; the settings lie 10 % apart. */
static void add_run(struct fixture *fixture, size_t setting, unsigned block, double mebibytes)
{
    struct record *record = records_add_ok(&fixture->records, setting, 1, mebibytes);
    fixture->records.trials[fixture->records.count - 1].block = block;
    struct sample *settled = records_add_sample(record, PHASE_SETTLED, 1);
    settled->values[METRIC_ANON] = settled->values[METRIC_RSS] = mebibytes * 0x1p20;
}

static void add_runs(struct fixture *fixture, unsigned runs)
{
    for (unsigned i = 0; i < runs; i++) {
        add_run(fixture, 0, i + 1, 100 + 0.01 * i);
        add_run(fixture, 1, i + 1, 110 + 0.01 * i);
    }
}

static void judge(struct fixture *fixture)
{
    struct records *records = &fixture->records;
    struct summary summary;
    struct verdicts verdicts;
    summary_make(&summary, &records->plan, records->items, records->count);
    verdicts_make(&verdicts, &records->plan, records->items, records->count);
    validity_find(&fixture->findings, &fixture->info, &summary, &verdicts);
    verdicts_clear(&verdicts);
    summary_clear(&summary);
}

static void end(struct fixture *fixture)
{
    findings_clear(&fixture->findings);
    run_info_clear(&fixture->info);
    records_clear(&fixture->records);
}

/* What it says of that subject; fails if there is not just that. */
static const char *only(const struct fixture *fixture, const char *subject)
{
    assert_int_equal(fixture->findings.count, 1);
    assert_string_equal(fixture->findings.items[0].subject, subject);
    assert_non_null(fixture->findings.items[0].hint);
    return fixture->findings.items[0].text;
}

static void a_sound_run_has_nothing_to_say(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    host_add(&fixture.info.host, "huge pages", "madvise");
    host_add(&fixture.info.host, "address randomisation", "2");
    host_add(&fixture.info.host, "processors", "2");
    add_runs(&fixture, 8);
    judge(&fixture);
    assert_int_equal(fixture.findings.count, 0);
    end(&fixture);
}

static void failed_trials_are_counted(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    add_runs(&fixture, 8);
    records_add(&fixture.records, 0, OUTCOME_CRASHED);
    judge(&fixture);
    assert_string_equal(only(&fixture, "failed trials"),
                        "1 of 17 trials failed and are in no figure");
    assert_int_equal(fixture.findings.items[0].grade, FINDING_WARN);
    end(&fixture);
}

static void a_run_of_failures_is_worth_nothing(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    records_add(&fixture.records, 0, OUTCOME_CRASHED);
    judge(&fixture);
    only(&fixture, "failed trials");
    assert_int_equal(fixture.findings.items[0].grade, FINDING_FAIL);
    end(&fixture);
}

static void an_expected_failure_is_none(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    fixture.records.workload.expect = OUTCOME_TIMED_OUT;
    records_add(&fixture.records, 0, OUTCOME_TIMED_OUT);
    judge(&fixture);
    assert_int_equal(fixture.findings.count, 0);
    end(&fixture);
}

static void a_run_that_has_not_finished_says_how_to_go_on(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    add_runs(&fixture, 8);
    fixture.info.finished[0] = '\0';
    judge(&fixture);
    only(&fixture, "not finished");
    assert_string_equal(fixture.findings.items[0].hint, "go on with --resume r-1");
    end(&fixture);
}

static void a_fixed_layout_speaks_of_itself_alone(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    add_runs(&fixture, 8);
    fixture.records.options.layout = LAYOUT_FIXED;
    judge(&fixture);
    only(&fixture, "fixed layout");
    end(&fixture);
}

/* With the default of one second the best of them looks like the others. */
static void a_malloc_that_gives_back_late_needs_time_to(void **state)
{
    (void)state;
    static const struct {
        const char *family;
        double settle;
        bool is_told;
    } cases[] = {{"jemalloc", 1, true},
                 {"scudo", 4.9, true},
                 {"jemalloc", 5, false},
                 {"tcmalloc", 1, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture fixture;
        begin(&fixture);
        add_runs(&fixture, 8);
        fixture.records.options.settle = cases[i].settle;
        for (size_t j = 0; j < fixture.records.count; j++) {
            struct wire_hello *identity = &fixture.records.items[j].identity;
            text_place(identity->family, sizeof identity->family, cases[i].family);
        }
        judge(&fixture);
        assert_int_equal(fixture.findings.count, cases[i].is_told);
        if (cases[i].is_told) {
            only(&fixture, "short settling");
        }
        end(&fixture);
    }
}

static void too_few_runs_say_how_many_it_takes(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    add_runs(&fixture, 3);
    judge(&fixture);
    assert_string_equal(only(&fixture, "few runs"),
                        "2 of 2 comparisons cannot be decided by 3 runs: 4 is the least");
    end(&fixture);
}

/* Time is compared in pairs, which takes more of them. */
static void what_five_runs_decide_is_not_called_undecided(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    add_runs(&fixture, 5);
    for (size_t i = 0; i < fixture.records.count; i++) {
        fixture.records.items[i].samples[1].values[METRIC_CPU_SECONDS] = 1 + 0.001 * (double)i;
    }
    judge(&fixture);
    assert_string_equal(only(&fixture, "few runs"),
                        "1 of 3 comparisons cannot be decided by 5 runs: 6 is the least");
    end(&fixture);
}

static void what_was_skipped_has_not_failed(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    add_runs(&fixture, 8);
    records_add(&fixture.records, 0, OUTCOME_SKIPPED);
    judge(&fixture);
    assert_string_equal(only(&fixture, "skipped trials"), "1 of 17 trials did not run");
    end(&fixture);
}

static void noise_says_whose_it_is(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    for (unsigned i = 0; i < 8; i++) {
        add_run(&fixture, 0, i + 1, 100);
        add_run(&fixture, 1, i + 1, 93 + 2 * i); /* 93 to 107 around 100 */
    }
    judge(&fixture);
    assert_string_equal(only(&fixture, "noise"), "memory of the same setting varies: settled by "
                                                 "\xC2\xB1"
                                                 "7.0 % under tcmalloc on bursts");
    end(&fixture);
}

static void time_noise_is_told_as_well(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    add_runs(&fixture, 8);
    for (size_t i = 0; i < fixture.records.count; i++) {
        struct record *record = &fixture.records.items[i];
        record->samples[1].values[METRIC_CPU_SECONDS] = 1 + 0.04 * (double)(i / 2);
    }
    judge(&fixture);
    assert_contains(only(&fixture, "noise"), "time of the same setting varies: cpu by");
    end(&fixture);
}

static void two_modes_are_told(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    for (unsigned i = 0; i < 8; i++) {
        add_run(&fixture, 0, i + 1, 100 + 0.1 * i);
        add_run(&fixture, 1, i + 1, 100 + (i % 2 ? 6 : 0) + 0.1 * i);
    }
    judge(&fixture);
    /* of end.anon and settled.anon */
    assert_string_equal(only(&fixture, "outliers"),
                        "2 of 2 comparisons of memory have outliers or two modes");
    end(&fixture);
}

static void doubtful_samples_are_counted_by_kind(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    add_runs(&fixture, 8);
    fixture.records.items[0].samples[1].values[METRIC_SWAP] = 4096;
    fixture.records.items[1].samples[1].moved = 4096;
    fixture.records.items[2].samples[1].moved = -4096;
    fixture.records.items[3].samples[2].values[METRIC_ANON_HUGE] = 60 * 0x1p20;
    judge(&fixture);
    assert_int_equal(fixture.findings.count, 3);
    assert_contains(fixture.findings.items[0].text, "1 sample with memory in swap");
    assert_contains(fixture.findings.items[1].text, "2 samples while memory moved");
    assert_contains(fixture.findings.items[2].text, "1 sample with more than 5 % of rss in huge");
    end(&fixture);
}

static void huge_pages_that_are_always_on_are_told_unless_trials_had_none(void **state)
{
    (void)state;
    for (int off = 0; off < 2; off++) {
        struct fixture fixture;
        begin(&fixture);
        add_runs(&fixture, 8);
        host_add(&fixture.info.host, "huge pages", "always");
        host_add(&fixture.info.host, HOST_TRIALS_HUGE_PAGES, off ? "off" : "host");
        judge(&fixture);
        assert_int_equal(fixture.findings.count, off ? 0 : 1);
        end(&fixture);
    }
}

static void a_host_without_randomisation_or_with_one_processor_is_told(void **state)
{
    (void)state;
    struct fixture fixture;
    begin(&fixture);
    add_runs(&fixture, 8);
    host_add(&fixture.info.host, "address randomisation", "0");
    host_add(&fixture.info.host, "processors", "1");
    judge(&fixture);
    assert_int_equal(fixture.findings.count, 2);
    end(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_run_has_nothing_to_say),
        cmocka_unit_test(failed_trials_are_counted),
        cmocka_unit_test(a_run_of_failures_is_worth_nothing),
        cmocka_unit_test(an_expected_failure_is_none),
        cmocka_unit_test(a_run_that_has_not_finished_says_how_to_go_on),
        cmocka_unit_test(a_fixed_layout_speaks_of_itself_alone),
        cmocka_unit_test(a_malloc_that_gives_back_late_needs_time_to),
        cmocka_unit_test(too_few_runs_say_how_many_it_takes),
        cmocka_unit_test(what_five_runs_decide_is_not_called_undecided),
        cmocka_unit_test(what_was_skipped_has_not_failed),
        cmocka_unit_test(noise_says_whose_it_is),
        cmocka_unit_test(time_noise_is_told_as_well),
        cmocka_unit_test(two_modes_are_told),
        cmocka_unit_test(doubtful_samples_are_counted_by_kind),
        cmocka_unit_test(huge_pages_that_are_always_on_are_told_unless_trials_had_none),
        cmocka_unit_test(a_host_without_randomisation_or_with_one_processor_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
