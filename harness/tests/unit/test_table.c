#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/grid.h"
#include "report/prose.h"
#include "report/table.h"
#include "tests/support/contains.h"
#include "tests/support/expected.h"
#include "tests/support/records.h"
#include "tests/support/showcase.h"

/* The report's run. */
static const struct run_info *info_of(void)
{
    static char id[] = "20260101-000000-abcd", finished[] = "2026-01-01T00:00:00Z";
    static const struct run_info info = {.id = id, .finished = finished};
    return &info;
}

static void make(struct report *report, const struct records *records)
{
    report_make(report, info_of(), &records->plan, records->items, records->count);
}

static char *printed_report(const struct report *report, unsigned width, bool color, bool utf8)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    table_print(report, out, width, color, utf8);
    fclose(out);
    return text;
}

/* What the table of the records looks like; the records are cleared. */
static char *printed(struct records *records, unsigned width, bool color, bool utf8)
{
    struct report report;
    make(&report, records);
    char *text = printed_report(&report, width, color, utf8);
    report_clear(&report);
    records_clear(records);
    return text;
}

/* The words of the line that begins with `word`, joined by one blank; the first such line. */
static char *line_of(const char *text, const char *word)
{
    cleanup_free char *start = text_format("\n%s ", word);
    const char *line = strstr(text, start);
    if (!line) {
        fail_msg("no line begins with '%s' in:\n%s", word, text);
        return NULL;
    }
    cleanup_free char *copy = strndup(line + 1, strcspn(line + 1, "\n"));
    struct text_list words = {0};
    for (char *rest = copy, *next; (next = strsep(&rest, " "));) {
        if (*next != '\0') {
            text_list_add(&words, next);
        }
    }
    char *joined = text_join(&words, " ");
    text_list_clear(&words);
    return joined;
}

static void assert_line(const char *text, const char *word, const char *wanted)
{
    cleanup_free char *line = line_of(text, word);
    assert_string_equal(line, wanted);
}

/* A trial in which everything is measured, `size` MiB large. */
static struct record *add_full(struct records *records, size_t setting, double size)
{
    static const char *const phases[] = {PHASE_START, PHASE_END, PHASE_SETTLED, PHASE_COLLECTED,
                                         PHASE_RELEASED};
    struct record *record = records_add(records, setting, OUTCOME_OK);
    for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
        struct sample *sample = records_add_sample(record, phases[i], 1);
        for (int metric = 0; metric < METRIC_COUNT; metric++) {
            sample->values[metric] = size * 0x1p20;
        }
        sample->values[METRIC_SWAP] = 0;
        sample->values[METRIC_ANON_HUGE] = 0;
        sample->values[METRIC_CPU_SECONDS] = 1234.56;
        sample->values[METRIC_WALL_SECONDS] = 1234.56;
        sample->values[METRIC_TRACKED_OBJECTS] = 1234567;
        sample->values[METRIC_ALLOCATED_BLOCKS] = 12345678;
        sample->values[METRIC_GARBAGE_OBJECTS] = 0;
        sample->values[METRIC_MINOR_FAULTS] = 1234567;
    }
    return record;
}

static void table_shows_memory_in_mib(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    struct record *record = records_add_ok(&records, 0, 3, 300);
    record->samples[1].values[METRIC_PEAK_RSS] = 412.25 * 0x1p20;
    static const double later[] = {290, 280, 120.5};
    static const char *const phases[] = {PHASE_SETTLED, PHASE_COLLECTED, PHASE_RELEASED};
    for (size_t i = 0; i < 3; i++) {
        records_add_sample(record, phases[i], 1)->values[METRIC_ANON] = later[i] * 0x1p20;
    }
    cleanup_free char *text = printed(&records, 80, false, true);
    assert_line(text, "allocator", "allocator ok start (rss) end settled collected released start");
    assert_line(text, "glibc", "glibc 1/1 3.0 412.2 300.0 290.0 280.0 120.5 287.0");
    assert_contains(text, "\nMemory in MiB\n");
}

static void table_shows_objects_and_time(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_full(&records, 0, 10);
    cleanup_free char *text = printed(&records, 80, false, true);
    const char *objects = strstr(text, "\nObjects and time\n");
    assert_non_null(objects);
    assert_line(objects, "allocator",
                "allocator tracked garbage uncollected blocks cpu s wall s faults");
    assert_line(objects, "glibc", "glibc 1234567 0 0 12345678 1234.56 1234.56 1234567");
}

static void table_shows_what_is_absent_as_a_dash(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records_add_ok(&records, 0, 3, 300);
    cleanup_free char *text = printed(&records, 80, false, true);
    assert_line(text, "glibc", "glibc 1/1 3.0 - 300.0 - - - -");
}

static void table_signs_the_difference_from_the_first(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records_add_ok(&records, 0, 3, 200);
    records_add_ok(&records, 1, 3, 150);
    records_add_ok(&records, 2, 3, 230);
    records_add_ok(&records, 3, 3, 199.99);
    cleanup_free char *text = printed(&records, 80, false, true);
    assert_contains(text, " end vs\n");
    assert_contains(text, " glibc\n");
    assert_line(text, "glibc", "glibc 1/1 3.0 - 200.0 - - - -");
    assert_line(text, "tcmalloc", "tcmalloc 1/1 3.0 - 150.0 - - - - -25.0%");
    assert_line(text, "jemalloc", "jemalloc 1/1 3.0 - 230.0 - - - - +15.0%");
    assert_line(text, "mimalloc", "mimalloc 1/1 3.0 - 200.0 - - - - 0.0%");
}

static void table_shows_spreads_below_where_there_is_no_room_beside(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records_add_ok(&records, 0, 3, 95);
    records_add_ok(&records, 0, 3, 105);
    cleanup_free char *narrow = printed(&records, 80, false, true);
    assert_line(narrow, "glibc", "glibc 2/2 3.0 - 100.0 - - - -");
    assert_line(narrow, "± at most", "± at most ±0.0% - ±5.0% - - - -");

    records_init(&records);
    records_add_ok(&records, 0, 3, 95);
    records_add_ok(&records, 0, 3, 105);
    cleanup_free char *wide = printed(&records, 200, false, true);
    assert_line(wide, "glibc", "glibc 2/2 3.0 ±0.0% - - 100.0 ±5.0% - - - - - - - -");
    assert_lacks(wide, "at most");
}

/* A line may be too wide only for a single word of running text, or if it is quoted. */
static void assert_fits(const char *text, unsigned width)
{
    struct text_list lines = {0};
    text_list_split(&lines, text, '\n');
    for (size_t i = 0; i < lines.count; i++) {
        const char *line = lines.items[i] + strspn(lines.items[i], " ");
        bool may_be = line[0] == '|' || !strchr(line, ' ');
        if (grid_width(lines.items[i]) > width && !may_be) {
            fail_msg("wider than %u columns:\n%s\n\nin:\n%s", width, lines.items[i], text);
        }
    }
    text_list_clear(&lines);
}

/* Sizes from 10 MiB to 400 GiB, in every form of the tables. */
static void table_never_exceeds_its_width(void **state)
{
    (void)state;
    static const double sizes[] = {10, 1000, 4000, 40000, 400000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct records records;
        struct report report;
        records_init(&records);
        records.options.runs = 12;
        records_set(&records.settings[0].name, "tcmalloc-aggressive2");
        for (size_t run = 0; run < 12; run++) {
            add_full(&records, 0, sizes[i] * (1 + 0.1 * (double)run));
            add_full(&records, 1, sizes[i] * 2);
        }
        make(&report, &records);
        for (unsigned width = 40; width <= 200; width++) {
            cleanup_free char *text = printed_report(&report, width, false, true);
            assert_fits(text, width);
        }
        report_clear(&report);
        records_clear(&records);
    }
}

/* Twelve allocators whose names differ in their ends only. */
static void long_names_are_cut_before_figures_are(void **state)
{
    (void)state;
    struct records records;
    struct report report;
    records_init(&records);
    records.options.runs = 2;
    for (size_t setting = 0; setting < RECORDS_SETTINGS; setting++) {
        cleanup_free char *name = text_format(
            "a-definition-of-an-allocator-whose-name-is-of-sixty-four-lett-%02zu", setting);
        assert_int_equal(strlen(name), 64);
        records_set(&records.settings[setting].name, name);
        add_full(&records, setting, 100 + (double)setting);
        add_full(&records, setting, 101 + (double)setting);
    }
    make(&report, &records);
    static const unsigned widths[] = {40, 60, 80, 100, 200};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        cleanup_free char *text = printed_report(&report, widths[i], false, true);
        assert_fits(text, widths[i]);
        assert_contains(text, widths[i] < 200 ? "tt-11 " : "sixty-four-lett-11 ");
        assert_contains(text, " 111.5"); /* with its decimal */
    }
    report_clear(&report);
    records_clear(&records);
}

/* ---- all sections ---- */

static char *printed_showcase(unsigned width, bool color, bool utf8)
{
    struct records records;
    struct report report;
    showcase_make(&records);
    make(&report, &records);
    char *text = printed_report(&report, width, color, utf8);
    report_clear(&report);
    showcase_clear(&records);
    return text;
}

static void all_sections_fit_80_columns(void **state)
{
    (void)state;
    cleanup_free char *text = printed_showcase(80, false, true);
    assert_true(grid_width(text) <= 80);
    expected_check(text, "table-80.txt");
}

static void all_sections_use_200_columns(void **state)
{
    (void)state;
    cleanup_free char *text = printed_showcase(200, false, true);
    assert_true(grid_width(text) <= 200);
    expected_check(text, "table-200.txt");
}

static void all_sections_fit_40_columns(void **state)
{
    (void)state;
    cleanup_free char *text = printed_showcase(40, false, true);
    assert_fits(text, 40);
    expected_check(text, "table-40.txt");
}

/* Without its escape sequences; in place. */
static void strip_colors(char *text)
{
    char *to = text;
    for (const char *from = text; *from;) {
        if (*from == '\033') {
            from += strcspn(from, "m") + 1;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
}

static void in_colour_all_sections_say_the_same(void **state)
{
    (void)state;
    static const unsigned widths[] = {80, 200};
    for (size_t i = 0; i < 2; i++) {
        cleanup_free char *colored = printed_showcase(widths[i], true, true);
        cleanup_free char *plain = printed_showcase(widths[i], false, true);
        assert_contains(colored, PROSE_BOLD PROSE_RED "✗ refuted");
        assert_contains(colored, PROSE_BOLD PROSE_GREEN "✓ confirmed");
        assert_lacks(plain, "\033");
        strip_colors(colored);
        assert_string_equal(colored, plain);
    }
}

static char *replaced(const char *text, const char *from, const char *to)
{
    char *result = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&result, &size);
    for (const char *next; (next = strstr(text, from)); text = next + strlen(from)) {
        fwrite(text, 1, (size_t)(next - text), out);
        fputs(to, out);
    }
    fputs(text, out);
    fclose(out);
    return result;
}

static void add_words(struct text_list *words, const char *text)
{
    for (size_t length; text += strspn(text, " \n"), (length = strcspn(text, " \n")) > 0;
         text += length) {
        cleanup_free char *word = strndup(text, length);
        text_list_add(words, word);
    }
}

/* The same words and figures: only signs and bars are others. */
static void in_ascii_all_sections_say_the_same(void **state)
{
    (void)state;
    static const char *const others[][2] = {
        {"±", "+-"}, {"✗", "x"}, {"✓", "+"}, {"↓", "-"}, {"↑", "+"}, {"▁", "."}, {"▂", ":"},
        {"▃", "-"},  {"▄", "="}, {"▅", "+"}, {"▆", "*"}, {"▇", "#"}, {"█", "@"}};
    setlocale(LC_CTYPE, "C");
    cleanup_free char *ascii = printed_showcase(200, false, false);
    setlocale(LC_CTYPE, "C.UTF-8");
    for (const char *c = ascii; *c; c++) {
        assert_true((unsigned char)*c < 0x7f);
    }
    char *utf8 = printed_showcase(200, false, true);
    struct text_list words = {0}, wanted = {0};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        cleanup_free char *former = utf8;
        utf8 = replaced(former, others[i][0], others[i][1]);
    }
    add_words(&words, ascii);
    add_words(&wanted, utf8);
    assert_int_equal(words.count, wanted.count);
    for (size_t i = 0; i < words.count; i++) {
        assert_string_equal(words.items[i], wanted.items[i]);
    }
    text_list_clear(&words);
    text_list_clear(&wanted);
    free(utf8);
}

static void the_result_is_the_end(void **state)
{
    (void)state;
    cleanup_free char *text = printed_showcase(80, false, true);
    const char *words = strstr(text, "\nWords\n"), *mind = strstr(text, "\nMind\n"),
               *result = strstr(text, "\nResult: 1 not measured, 2 refuted, ");
    assert_true(words && mind && result && words < mind && mind < result);
    assert_lacks(result + 1, "\n\n");
}

static void table_names_a_first_whose_name_is_too_long_for_a_heading(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records_set(&records.settings[0].name, "tcmalloc-aggressive2");
    records_add_ok(&records, 0, 3, 100);
    records_add_ok(&records, 1, 3, 100);
    cleanup_free char *text = printed(&records, 80, false, true);
    assert_contains(text, " first\n");
    assert_contains(text, "\nfirst: tcmalloc-aggressive2\n");
}

static void table_shows_the_first_and_the_last_of_many_cycles(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records.options.cycles = 100;
    struct record *record = records_add(&records, 0, OUTCOME_OK);
    for (unsigned cycle = 1; cycle <= 100; cycle++) {
        records_add_sample(record, PHASE_END, cycle)->values[METRIC_ANON] = cycle * 0x1p20;
    }
    cleanup_free char *text = printed(&records, 80, false, true);
    const char *cycles = strstr(text, "\nMemory in MiB at the end of each cycle\n");
    assert_non_null(cycles);
    cleanup_free char *line = line_of(cycles, "glibc");
    assert_ptr_equal(strstr(line, "glibc 1.0 "), line);
    assert_string_equal(line + strlen(line) - strlen(" 100.0"), " 100.0");
    assert_true(grid_width(text) <= 80);
}

static void table_shows_why_a_trial_was_not_ok(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records_add_ok(&records, 0, 3, 100);
    struct record *record = records_add(&records, 0, OUTCOME_WORKLOAD_ERROR);
    records_set(&record->summary, "ValueError: no");
    records_set(&record->hint, "run it under python3");
    records_set(&record->traceback, "Traceback:\n  line 1\nValueError: no\n");
    records_set(&record->output, "hello\n");
    record->output_length = strlen("hello\n");
    cleanup_free char *text = printed(&records, 80, false, true);
    assert_contains(text, "\nNot ok\n"
                          "  glibc: workload-error in 1 of 2 runs: ValueError: no\n"
                          "    hint: run it under python3\n"
                          "    trial 2, the end of its traceback:\n"
                          "    | Traceback:\n"
                          "    |   line 1\n"
                          "    | ValueError: no\n"
                          "    trial 2, the end of its output:\n"
                          "    | hello\n");
}

static void table_shows_only_the_end_of_a_long_output(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    struct record *record = records_add(&records, 0, OUTCOME_CRASHED);
    struct text_list lines = {0};
    for (int i = 1; i <= 30; i++) {
        cleanup_free char *line = text_format("line %d", i);
        text_list_add(&lines, line);
    }
    free(record->output);
    record->output = text_join(&lines, "\n");
    record->output_length = strlen(record->output);
    text_list_clear(&lines);
    cleanup_free char *text = printed(&records, 80, false, true);
    assert_contains(text, "    | ...\n    | line 21\n");
    assert_contains(text, "    | line 30\n");
    assert_lacks(text, "line 20\n");
}

static void table_shows_the_same_failure_once(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    for (size_t setting = 0; setting < 2; setting++) {
        struct record *record = records_add(&records, setting, OUTCOME_WORKLOAD_ERROR);
        records_set(&record->summary, "ValueError: no");
        records_set(&record->traceback, "Traceback:\n");
    }
    cleanup_free char *text = printed(&records, 80, false, true);
    const char *first = strstr(text, "| Traceback:");
    assert_non_null(first);
    assert_lacks(first + 1, "| Traceback:");
    assert_contains(text, "tcmalloc: workload-error in 1 of 1 run: ValueError: no\n"
                          "    as in trial 1 above\n");
    assert_contains(text, "No run was ok, so there are no figures.");
}

static void table_calls_an_expected_outcome_expected(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records.workload.expect = OUTCOME_TIMED_OUT;
    struct record *record = records_add(&records, 0, OUTCOME_TIMED_OUT);
    records_set(&record->stacks, "waiting\n");
    cleanup_free char *text = printed(&records, 80, false, true);
    assert_contains(text, "glibc: timed-out, as expected, in 1 of 1 run\n");
    assert_lacks(text, "| waiting");
}

static void table_counts_warnings(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    for (size_t setting = 0; setting < 2; setting++) {
        struct record *record = records_add_ok(&records, setting, 3, 100);
        record->samples[1].values[METRIC_SWAP] = 0x1p20;
    }
    cleanup_free char *text = printed(&records, 80, false, true);
    assert_contains(text, "\nWarnings\n"
                          "  glibc, tcmalloc: end: 1.0 MiB are in swap, so rss is too low (2 "
                          "times)\n");
}

static void table_tames_what_others_wrote(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records_set(&records.workload.summary, "a\033[2Jb");
    records_set(&records.settings[0].name, "x\033]0;t\007y");
    struct record *record = records_add(&records, 0, OUTCOME_CRASHED);
    records_set(&record->summary, "c\rd");
    records_set(&record->hint, "csi \xC2\x9B");
    records_set(&record->output, "e\033[1mf \xFF\n");
    record->output_length = strlen(record->output);
    text_list_add(&record->warnings, "g\bh");
    records_add_ok(&records, 0, 3, 100);
    cleanup_free char *text = printed(&records, 80, false, true);
    for (const char *c = text; *c; c++) {
        assert_true((unsigned char)*c >= 0x20 || *c == '\n');
    }
    assert_lacks(text, "\xC2\x9B");
    assert_lacks(text, "\xFF");
    assert_contains(text, "a?[2Jb");
    assert_contains(text, "x?]0;t?y");
    assert_contains(text, "    | e?[1mf ?\n");
}

static void table_colors_only_if_asked(void **state)
{
    (void)state;
    for (int color = 0; color < 2; color++) {
        struct records records;
        records_init(&records);
        records_add_ok(&records, 0, 3, 100);
        records_add_ok(&records, 0, 3, 101);
        records_add_ok(&records, 1, 3, 200);
        records_add(&records, 1, OUTCOME_CRASHED);
        cleanup_free char *text = printed(&records, 120, color, true);
        assert_int_equal(strchr(text, '\033') != NULL, color);
    }
}

static void table_is_ascii_where_the_charset_is_not_utf8(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    records_set(&records.workload.summary, "caf\xC3\xA9");
    records_add_ok(&records, 0, 3, 95);
    records_add_ok(&records, 0, 3, 105);
    records_add(&records, 0, OUTCOME_CRASHED);
    setlocale(LC_CTYPE, "C");
    cleanup_free char *text = printed(&records, 80, false, false);
    setlocale(LC_CTYPE, "C.UTF-8");
    for (const char *c = text; *c; c++) {
        assert_true((unsigned char)*c < 0x7f);
    }
    assert_line(text, "+- at most", "+- at most +-0.0% - +-5.0% - - - -");
    assert_contains(text, "caf?");
}

static void table_ends_no_line_in_a_blank(void **state)
{
    (void)state;
    struct records records;
    records_init(&records);
    add_full(&records, 0, 100);
    add_full(&records, 0, 101);
    add_full(&records, 1, 200);
    cleanup_free char *text = printed(&records, 80, false, true);
    assert_lacks(text, " \n");
}

int main(void)
{
    if (!setlocale(LC_CTYPE, "C.UTF-8")) {
        print_error("the locale C.UTF-8 is missing\n");
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_shows_memory_in_mib),
        cmocka_unit_test(table_shows_objects_and_time),
        cmocka_unit_test(table_shows_what_is_absent_as_a_dash),
        cmocka_unit_test(table_signs_the_difference_from_the_first),
        cmocka_unit_test(table_shows_spreads_below_where_there_is_no_room_beside),
        cmocka_unit_test(table_never_exceeds_its_width),
        cmocka_unit_test(long_names_are_cut_before_figures_are),
        cmocka_unit_test(all_sections_fit_80_columns),
        cmocka_unit_test(all_sections_use_200_columns),
        cmocka_unit_test(all_sections_fit_40_columns),
        cmocka_unit_test(in_colour_all_sections_say_the_same),
        cmocka_unit_test(in_ascii_all_sections_say_the_same),
        cmocka_unit_test(the_result_is_the_end),
        cmocka_unit_test(table_names_a_first_whose_name_is_too_long_for_a_heading),
        cmocka_unit_test(table_shows_the_first_and_the_last_of_many_cycles),
        cmocka_unit_test(table_shows_why_a_trial_was_not_ok),
        cmocka_unit_test(table_shows_only_the_end_of_a_long_output),
        cmocka_unit_test(table_shows_the_same_failure_once),
        cmocka_unit_test(table_calls_an_expected_outcome_expected),
        cmocka_unit_test(table_counts_warnings),
        cmocka_unit_test(table_tames_what_others_wrote),
        cmocka_unit_test(table_colors_only_if_asked),
        cmocka_unit_test(table_is_ascii_where_the_charset_is_not_utf8),
        cmocka_unit_test(table_ends_no_line_in_a_blank),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
