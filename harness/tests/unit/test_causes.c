#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "report/causes.h"
#include "report/grid.h"
#include "tests/support/contains.h"
#include "tests/support/records.h"
#include "tests/support/standstills.h"

/* What is printed of the records; they are cleared. */
static char *printed(struct records *records, unsigned width, bool color)
{
    struct summary summary;
    summary_make(&summary, &records->plan, records->items, records->count);
    records_clear(records);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct prose prose = {.out = out, .width = width, .color = color};
    causes_print(&prose, &summary, &summary.workloads[0]);
    fclose(out);
    summary_clear(&summary);
    return text;
}

static void add(struct records *records, size_t setting, const char *family, double pymalloc,
                double releasable, double live)
{
    struct standstills trial;
    standstills_init(&trial, true);
    standstills_add(&trial, PHASE_END, 1);
    standstills_put(&trial, METRIC_OWNER_PYMALLOC_FREE_POOLS, pymalloc);
    standstills_put(&trial, METRIC_OWNER_MALLOC_RELEASABLE, releasable);
    standstills_put(&trial, METRIC_OWNER_MALLOC_IN_USE, live);
    standstills_add_aftermath(&trial);
    records_add_measured(records, setting, family, trial.items, trial.count);
}

static void add_three(struct records *records)
{
    records_init(records);
    add(records, 0, "glibc", 41.2, 20.1, 5.3);
    add(records, 1, "tcmalloc", 41, 40, 2);
    add(records, 2, "jemalloc", 0.1, 0.1, 0.1);
}

static void causes_fit_80_columns(void **state)
{
    (void)state;
    struct records records;
    add_three(&records);
    cleanup_free char *text = printed(&records, 80, false);
    assert_string_equal(
        text, "\n"
              "Why memory is held over start\n"
              "  glibc     cause: pymalloc arenas 41.2 MiB (62 %), malloc releasable 20.1 MiB\n"
              "            (30 %), live objects 5.3 MiB (8 %) of 66.6 MiB held over start\n"
              "  tcmalloc  cause: pymalloc arenas 41.0 MiB (49 %), malloc releasable 40.0 MiB\n"
              "            (48 %), other 2.0 MiB (2 %) of 83.0 MiB held over start\n"
              "  jemalloc  cause: not grown (0.3 MiB over start)\n"
              "\n"
              "What follows\n"
              "  pymalloc arenas: no other malloc reaches these arenas; without pymalloc\n"
              "    (--object-allocator malloc) one that gives back by itself can help, plain\n"
              "    glibc often holds more (glibc, tcmalloc)\n"
              "  malloc releasable: its own release gives it back, and settings that give back\n"
              "    sooner can help (tcmalloc)\n"
              "  malloc releasable: malloc_trim(0) gives it back, but for the tops of thread\n"
              "    arenas; an allocator that gives back by itself can help (glibc)\n");
}

static void causes_use_200_columns(void **state)
{
    (void)state;
    struct records records;
    add_three(&records);
    cleanup_free char *text = printed(&records, 200, false);
    assert_string_equal(
        text,
        "\n"
        "Why memory is held over start\n"
        "  glibc     cause: pymalloc arenas 41.2 MiB (62 %), malloc releasable 20.1 MiB (30 %), "
        "live objects 5.3 MiB (8 %) of 66.6 MiB held over start\n"
        "  tcmalloc  cause: pymalloc arenas 41.0 MiB (49 %), malloc releasable 40.0 MiB (48 %), "
        "other 2.0 MiB (2 %) of 83.0 MiB held over start\n"
        "  jemalloc  cause: not grown (0.3 MiB over start)\n"
        "\n"
        "What follows\n"
        "  pymalloc arenas: no other malloc reaches these arenas; without pymalloc "
        "(--object-allocator malloc) one that gives back by itself can help, plain glibc often "
        "holds more (glibc, tcmalloc)\n"
        "  malloc releasable: its own release gives it back, and settings that give back sooner "
        "can help (tcmalloc)\n"
        "  malloc releasable: malloc_trim(0) gives it back, but for the tops of thread arenas; an "
        "allocator that gives back by itself can help (glibc)\n");
}

static void advice_for_all_names_no_allocator(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add(&records, 0, "glibc", 0, 0, 64);
    add(&records, 1, "tcmalloc", 0, 0, 64);
    cleanup_free char *text = printed(&records, 200, false);
    assert_contains(text, "no allocator can free them\n");
}

static void what_was_not_inspected_is_not_printed(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records_add_ok(&records, 0, 3, 100);
    cleanup_free char *text = printed(&records, 80, false);
    assert_string_equal(text, "");
}

/* An exception among the names does not push all sentences to the right. */
static void long_names_stand_out(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records_set(&records.settings[0].name, "an-allocator-of-more-than-twenty-letters");
    add(&records, 0, "", 0, 0, 64);
    add(&records, 1, "tcmalloc", 0, 0, 0.1);
    cleanup_free char *text = printed(&records, 80, false);
    assert_contains(text,
                    "\n  an-allocator-of-more-than-twenty-letters cause: live objects 64.0 MiB "
                    "(100 %)\n            of 64.0 MiB held over start\n");
    assert_contains(text, "\n  tcmalloc  cause: not grown");
}

static void twelve_allocators_fit_their_width(void **state)
{
    (void)state;
    for (unsigned width = 80; width <= 200; width += 8) {
        struct records records;
        records_init(&records);
        for (size_t setting = 0; setting < RECORDS_SETTINGS; setting++) {
            add(&records, setting, "glibc", 12345.6, 12345.6 * (double)setting, 23456.7);
        }
        cleanup_free char *text = printed(&records, width, false);
        assert_true(grid_width(text) <= width);
        assert_lacks(text, " \n");
    }
}

static void color_only_repeats_what_the_text_says(void **state)
{
    (void)state;
    struct records records;
    add_three(&records);
    records.options.settle = 5;
    cleanup_free char *plain = printed(&records, 80, false);
    assert_lacks(plain, "\033");
    add_three(&records);
    records.options.settle = 5;
    cleanup_free char *colored = printed(&records, 80, true);
    assert_contains(colored, PROSE_BOLD "Why memory is held over start" PROSE_PLAIN "\n");
}

static void hostile_names_are_tamed(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records_set(&records.settings[0].name, "x\033]0;t\007y");
    records.options.settle = 5;
    add(&records, 0, "", 0, 0, 64);
    add(&records, 1, "", 64, 0, 0);
    cleanup_free char *text = printed(&records, 80, false);
    assert_contains(text, "  x?]0;t?y  cause: ");
    assert_contains(text, "(x?]0;t?y)");
    assert_contains(text, "\nx?]0;t?y ");
    assert_lacks(text, "\033");
}

/* ---- decay ---- */

static void times_are_printed_after_a_long_idle_time_only(void **state)
{
    (void)state;
    static const double settles[] = {1, 4.9, 5, 12};
    for (size_t i = 0; i < 4; i++) {
        struct records records;
        records_init(&records);
        records.options.settle = settles[i];
        add(&records, 0, "glibc", 0, 64, 0);
        add(&records, 1, "tcmalloc", 0, 0, 0);
        cleanup_free char *text = printed(&records, 80, false);
        assert_true((strstr(text, "Seconds until") != NULL) == (settles[i] >= 5));
    }
}

static void times_that_were_not_reached_are_longer(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records.options.settle = 12;
    add(&records, 0, "glibc", 0, 100, 0);
    add(&records, 1, "tcmalloc", 0, 0, 0); /* held nothing */
    struct standstills trial;
    standstills_init(&trial, true);
    standstills_add(&trial, PHASE_END, 1);
    standstills_put(&trial, METRIC_OWNER_MALLOC_RELEASABLE, 100);
    standstills_add(&trial, PHASE_SETTLED, 1);
    standstills_put(&trial, METRIC_OWNER_MALLOC_RELEASABLE, -70);
    trial.items[2].elapsed = trial.items[1].elapsed + 2.25;
    records_add_measured(&records, 2, "jemalloc", trial.items, trial.count);
    cleanup_free char *text = printed(&records, 80, false);
    assert_contains(text, "\nSeconds until it went back by itself, idle for 12 s\n"
                          "allocator   50%   90%\n"
                          "glibc      > 12  > 12\n"
                          "tcmalloc      -     -\n"
                          "jemalloc   2.25  > 12\n");
}

int main(void)
{
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        print_error("the locale C.UTF-8 is missing\n");
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(causes_fit_80_columns),
        cmocka_unit_test(causes_use_200_columns),
        cmocka_unit_test(advice_for_all_names_no_allocator),
        cmocka_unit_test(what_was_not_inspected_is_not_printed),
        cmocka_unit_test(long_names_stand_out),
        cmocka_unit_test(twelve_allocators_fit_their_width),
        cmocka_unit_test(color_only_repeats_what_the_text_says),
        cmocka_unit_test(hostile_names_are_tamed),
        cmocka_unit_test(times_are_printed_after_a_long_idle_time_only),
        cmocka_unit_test(times_that_were_not_reached_are_longer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
