/* Whatever a store holds, every format of its report is well-formed: the page and the pictures as
 * XML, CSV files by RFC 4180, JSON, a short record, a table without escapes.
 *
 * Runs are drawn: of one allocator or twelve, of no trial or many, with phases, metrics and curves
 * that are missing, with values of any size, and with texts of an enemy in place of any text. With
 * MEMBENCH_TEST_FULL=1 there are many more of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "base/utf8.h"
#include "page/page.h"
#include "report/csv.h"
#include "report/decision.h"
#include "report/decision_picture.h"
#include "report/document.h"
#include "report/summary_csv.h"
#include "report/table.h"
#include "report/verdicts_csv.h"
#include "tests/support/contains.h"
#include "tests/support/draws.h"
#include "tests/support/elements.h"
#include "tests/support/fixture.h"
#include "tests/support/scratch.h"

enum { ROUNDS = 40, ROUNDS_FULL = 2000, LONG_NAME = 10000 };

/* ---- drawing a run ---- */

static size_t below(struct random *random, size_t limit)
{
    return (size_t)random_below(random, limit);
}

static bool happens(struct random *random, double chance)
{
    return draws_uniform(random) < chance;
}

/* Another text each time, of which the last one is 10 kB long. */
static char *draw_text(struct random *random)
{
    static const char *const texts[] = {
        "plain",
        "<script>alert(1)</script>",
        "</script></style></title></svg>]]>-->",
        "\"' onload='alert(1)' x=\"",
        "=cmd|' /C calc'!A0",
        "+1,-2;@SUM(A1)",
        "a|b\\|c`d``e```f",
        "@everyone #1 http://x.example [l](javascript:alert(1)) ![i](x)",
        "&amp;&#60;&lt;&nosuch;",
        "\x1b[31mred\x07\x08\r\n\tx",
        "\xE2\x80\xAEreversed\xE2\x81\xA6",
        "\xFF\xFE\xC0\x80\xED\xA0\x80 broken",
        "\xEF\xBF\xBE\xEF\xBF\xBF",
        "",
        " ",
        "\xF0\x9F\x90\x8D\xE6\xBC\xA2\xE5\xAD\x97",
    };
    enum { COUNT = sizeof texts / sizeof *texts };
    size_t index = below(random, COUNT + 1);
    if (index < COUNT) {
        return text_copy(texts[index]);
    }
    char *text = text_allocate(LONG_NAME + 1);
    memset(text, "x<|`\xC3"[below(random, 5)], LONG_NAME);
    text[LONG_NAME] = '\0';
    return text;
}

static void replace(struct random *random, char **text, double chance)
{
    if (happens(random, chance)) {
        free(*text);
        *text = draw_text(random);
    }
}

/* Of any size that a metric may have. */
static double draw_value(struct random *random)
{
    switch (below(random, 6)) {
    case 0:
        return METRIC_ABSENT;
    case 1:
        return 0;
    case 2:
        return (double)below(random, 1000);
    case 3:
        return 0x1p53 - 1;
    default:
        return (double)below(random, 1U << 20) * 4096;
    }
}

static void draw_samples(struct random *random, struct record *record, unsigned cycles)
{
    static const char *const phases[] = {PHASE_START,    "loaded",        PHASE_END,
                                         PHASE_SETTLED,  PHASE_COLLECTED, PHASE_RELEASED,
                                         "served-by-any"};
    double elapsed = 0;
    for (unsigned cycle = 1; cycle <= cycles; cycle++) {
        for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
            if (happens(random, 0.3)) {
                continue;
            }
            struct sample *sample = records_add_sample(record, phases[i], cycle);
            for (int metric = 0; metric < METRIC_COUNT; metric++) {
                sample->values[metric] = draw_value(random);
            }
            elapsed += draws_uniform(random);
            sample->elapsed = elapsed;
            sample->moved = happens(random, 0.1) ? -4096 : 0;
        }
    }
}

static void draw_curve(struct random *random, struct record *record)
{
    size_t count = below(random, 3) == 0 ? 0 : below(random, 2000);
    record->curve = text_grow(record->curve, count + 1, sizeof *record->curve);
    for (size_t i = 0; i < count; i++) {
        record->curve[record->curve_count++] = (struct curve_point){
            .elapsed = 0.01 * (double)i, .rss = draw_value(random), .processes = 1};
    }
}

static void draw_trial(struct random *random, struct fixture *fixture)
{
    struct records *records = &fixture->records;
    bool is_ok = happens(random, 0.8);
    struct record *record =
        records_add(records, below(random, records->plan.setting_count),
                    is_ok ? OUTCOME_OK : (enum outcome)below(random, OUTCOME_COUNT));
    records->trials[records->count - 1].block = 1 + (unsigned)below(random, 8);
    records->trials[records->count - 1].object_allocator =
        (enum object_allocator)below(random, happens(random, 0.2) ? OBJECT_ALLOCATOR_COUNT : 1);
    if (happens(random, 0.9)) {
        fixture_set_identity(record);
        text_place(record->identity.family, sizeof record->identity.family,
                   happens(random, 0.5) ? "glibc" : "<i>");
        draw_samples(random, record, records->options.cycles);
        draw_curve(random, record);
    }
    char **const texts[] = {&record->summary, &record->hint, &record->traceback, &record->stacks,
                            &record->output};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        replace(random, texts[i], is_ok ? 0.1 : 0.9);
    }
    record->output_length = strlen(record->output);
    if (happens(random, 0.2)) {
        cleanup_free char *warning = draw_text(random);
        text_list_add(&record->warnings, warning);
    }
}

static void draw_claims(struct random *random, struct options *options)
{
    static const char *const claims[] = {"settled.anon <= 0.8 * glibc",
                                         "tcmalloc end.anon <= 300MiB",
                                         "glibc end.cpu_seconds >= 0.5 * tcmalloc",
                                         "nobody end.anon <= 1MiB",
                                         "glibc released.anon <= 1.2 * start.anon",
                                         "nowhere.rss <= 1"};
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        if (happens(random, 0.3)) {
            cleanup_free char *title = draw_text(random), *source = draw_text(random);
            struct error err;
            assert_int_equal(options_add_claim(options, claims[i], title, source, &err), 0);
        }
    }
}

static void draw_run(struct random *random, struct fixture *fixture)
{
    struct records *records = &fixture->records;
    fixture_init(fixture);
    records->plan.setting_count = 1 + below(random, RECORDS_SETTINGS);
    records->options.cycles = 1 + (unsigned)below(random, 4);
    records->options.runs = 1 + (unsigned)below(random, 8);
    records->options.layout = happens(random, 0.2) ? LAYOUT_FIXED : LAYOUT_RANDOM;
    draw_claims(random, &records->options);
    for (size_t i = 0; i < records->plan.setting_count; i++) {
        replace(random, &records->settings[i].name, 0.1);
    }
    char **const texts[] = {&fixture->info.id,          &fixture->info.started,
                            &fixture->info.finished,    &fixture->info.version,
                            &fixture->info.directory,   &records->workload.name,
                            &records->workload.summary, &records->workload.path};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        replace(random, texts[i], 0.2);
    }
    cleanup_free char *fact = draw_text(random), *argument = draw_text(random);
    host_add(&fixture->info.host, fact, fact);
    text_list_add(&fixture->info.command, argument);
    for (size_t left = below(random, 60); left > 0; left--) {
        draw_trial(random, fixture);
    }
}

static void clear_run(struct fixture *fixture)
{
    struct options *options = &fixture->records.options;
    for (size_t i = 0; i < options->claim_count; i++) {
        claim_clear(&options->claims[i]);
    }
    free(options->claims);
    fixture_clear(fixture);
}

/* ---- reading what was written ---- */

static char *printed(void (*print)(const struct report *, FILE *), const struct report *report)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    print(report, out);
    fclose(out);
    assert_int_equal(strlen(text), size);
    return text;
}

/* No control characters but line ends (and tabs), and valid UTF-8. */
static void check_characters(const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        uint32_t character;
        size_t taken = utf8_decode(text, left, &character);
        bool is_replacement = taken == 3; /* U+FFFD itself */
        bool is_line = character == '\n' || character == '\r' || character == '\t';
        if ((character == UTF8_BROKEN && !is_replacement) ||
            (utf8_is_control(character) && !is_line)) {
            fail_msg("a character that must not be, at '%.40s'", text);
        }
        text += taken;
        left -= taken;
    }
}

/* Of RFC 4180: returns what is behind the field. Text that a spreadsheet would run fails. */
static const char *read_field(const char *at)
{
    bool is_quoted = *at == '"';
    const char *begin = at + is_quoted;
    bool is_number = strchr("-+", *begin) && begin[1] >= '0' && begin[1] <= '9' && !is_quoted &&
                     begin[strspn(begin + 1, "0123456789.") + 1] != '\0' &&
                     strchr(",\r", begin[strspn(begin + 1, "0123456789.") + 1]);
    if (*begin && strchr("=+-@\t\r", *begin) && *begin != '\r' && !is_number) {
        fail_msg("a formula at '%.40s'", begin);
    }
    if (!is_quoted) {
        return at + strcspn(at, ",\r\n\"");
    }
    for (at++; *at != '\0'; at++) {
        if (*at == '"' && *++at != '"') {
            return at;
        }
    }
    fail_msg("a field that does not end: '%.40s'", begin);
    return at;
}

/* Every record has as many fields as the first. */
static void check_csv(const char *text)
{
    size_t wanted = 0, count = 1;
    check_characters(text);
    while (*text != '\0') {
        text = read_field(text);
        if (*text == ',') {
            count++;
            text++;
            continue;
        }
        if (!text_starts_with(text, "\r\n")) {
            fail_msg("no end of a field or a record at '%.40s'", text);
        }
        wanted = wanted ? wanted : count;
        assert_int_equal(count, wanted);
        count = 1;
        text += 2;
    }
    assert_true(wanted > 1);
}

static void print_summary(const struct report *report, FILE *out)
{
    summary_csv_print(&report->summary, report->info->id, out);
}

static void print_verdicts(const struct report *report, FILE *out)
{
    verdicts_csv_print(&report->verdicts, report->info->id, out);
}

static void print_narrow(const struct report *report, FILE *out)
{
    table_print(report, out, 60, false, true);
}

static void check_document(const char *text)
{
    json_error_t error;
    json_t *document = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!document) {
        fail_msg("line %d of the document: %s", error.line, error.text);
    }
    json_decref(document);
}

static size_t lines_of(const char *text)
{
    return elements_count(text, "\n");
}

static char *read_whole(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *in = fopen(path, "re");
    assert_non_null(in);
    ssize_t length = getdelim(&text, &size, '\0', in);
    fclose(in);
    assert_true(length > 0);
    return text;
}

/* What every trial adds to the files of a run. */
static void check_trial_files(void **state, const struct fixture *fixture, unsigned round)
{
    static const char *const names[] = {"samples.csv", "curve.csv", "trials.csv"};
    cleanup_free char *name = text_format("run-%u", round);
    cleanup_free char *directory = scratch_path(state, name);
    struct csv_files files;
    struct error err;
    assert_int_equal(csv_open(&files, directory, fixture->info.id, &err), 0);
    for (size_t i = 0; i < fixture->records.count; i++) {
        const struct records *records = &fixture->records;
        assert_int_equal(csv_add(&files, &records->plan, &records->items[i], &err), 0);
    }
    assert_int_equal(csv_close(&files, &err), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cleanup_free char *path = text_format("%s/%s", directory, names[i]);
        cleanup_free char *text = read_whole(path);
        check_csv(text);
    }
}

static void check_report(const struct report *report)
{
    cleanup_free char *page = printed(page_print, report);
    elements_check(page);
    assert_true(strlen(page) < PAGE_LARGEST);
    cleanup_free char *picture = printed(decision_picture_print, report);
    elements_check(picture);
    cleanup_free char *record = printed(decision_print, report);
    check_characters(record);
    assert_true(lines_of(record) < DECISION_LINES);
    cleanup_free char *document = printed(document_print, report);
    check_document(document);
    cleanup_free char *summary = printed(print_summary, report);
    check_csv(summary);
    cleanup_free char *verdicts = printed(print_verdicts, report);
    check_csv(verdicts);
    cleanup_free char *table = printed(print_narrow, report);
    check_characters(table);
    assert_lacks(table, "\033");
}

static void every_format_of_any_run_is_well_formed(void **state)
{
    struct random random = draws_begin();
    const char *full = getenv("MEMBENCH_TEST_FULL");
    unsigned rounds = full && strcmp(full, "1") == 0 ? ROUNDS_FULL : ROUNDS;
    for (unsigned round = 0; round < rounds; round++) {
        struct fixture fixture;
        draw_run(&random, &fixture);
        struct records *records = &fixture.records;
        struct report report;
        report_make(&report, &fixture.info, &records->plan, records->items, records->count);
        check_report(&report);
        if (round % 8 == 0) {
            check_trial_files(state, &fixture, round);
        }
        report_clear(&report);
        clear_run(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(every_format_of_any_run_is_well_formed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
