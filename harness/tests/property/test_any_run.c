/* Whatever a store holds, every format of its report is well-formed: the page and the pictures as
 * XML, CSV files by RFC 4180, JSON, a short record, a table without escapes.
 *
 * The runs are drawn (tests/support/drawn.h). With MEMBENCH_TEST_FULL=1 there are many more of
 * them. */
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
#include "tests/support/drawn.h"
#include "tests/support/draws.h"
#include "tests/support/elements.h"
#include "tests/support/scratch.h"

enum { ROUNDS = 20, ROUNDS_FULL = 300, FILED_TRIALS = 3 };

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

/* What every trial adds to the files of a run; a few tell, as a name of 10 kB is in every row. */
static void check_trial_files(void **state, const struct fixture *fixture, unsigned round)
{
    static const char *const names[] = {"samples.csv", "curve.csv", "trials.csv", "census.csv"};
    cleanup_free char *name = text_format("run-%u", round);
    cleanup_free char *directory = scratch_path(state, name);
    struct csv_files files;
    struct error err;
    assert_int_equal(csv_open(&files, directory, fixture->info.id, &err), 0);
    const struct records *records = &fixture->records;
    for (size_t i = 0; i < records->count && i < FILED_TRIALS; i++) {
        assert_int_equal(csv_add(&files, &records->plan, &records->items[i], &err), 0);
    }
    size_t count = sizeof names / sizeof *names - (files.census.stream ? 0 : 1);
    assert_int_equal(csv_close(&files, &err), 0);
    for (size_t i = 0; i < count; i++) {
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
        struct drawn drawn;
        drawn_make(&drawn, &random);
        const struct fixture *fixture = &drawn.fixture;
        const struct records *records = &fixture->records;
        struct report report;
        report_make(&report, &fixture->info, &records->plan, records->items, records->count);
        check_report(&report);
        if (round % 8 == 0) {
            check_trial_files(state, fixture, round);
        }
        report_clear(&report);
        drawn_clear(&drawn);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(every_format_of_any_run_is_well_formed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
