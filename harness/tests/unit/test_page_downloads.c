#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "base/cleanup.h"
#include "page/page_downloads.h"
#include "picture/markup.h"
#include "report/verdicts_csv.h"
#include "tests/support/contains.h"
#include "tests/support/elements.h"
#include "tests/support/judged.h"

static char *printed(const struct report *report, enum page_detail detail)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    page_downloads_print(out, report, detail);
    fclose(out);
    elements_check(text);
    return text;
}

/* comparisons.csv as a URL of data. */
static char *encoded(const struct report *report)
{
    char *csv = NULL, *text = NULL;
    size_t size = 0, length = 0;
    FILE *out = open_memstream(&csv, &size);
    verdicts_csv_print(&report->verdicts, report->info->id, out);
    fclose(out);
    out = open_memstream(&text, &length);
    fputs("href=\"data:text/csv;base64,", out);
    markup_put_base64(out, csv, size);
    fputs("\"", out);
    fclose(out);
    free(csv);
    return text;
}

static void small_files_are_in_the_page_and_large_ones_beside_it(void **state)
{
    (void)state;
    static const char *const none[] = {NULL};
    struct judged judged;
    judged_make(&judged, 8, none);
    struct records *records = &judged.records;
    struct run_info info = {.id = text_copy("r"), .finished = text_copy("now")};
    struct report report;
    report_make(&report, &info, &records->plan, records->items, records->count);

    cleanup_free char *small = printed(&report, PAGE_WHOLE), *data = encoded(&report);
    assert_contains(small, data);
    assert_contains(small, "<a href=\"samples.csv\">samples.csv</a>");

    cleanup_free char *short_of_room = printed(&report, PAGE_NO_TABLES);
    assert_lacks(short_of_room, "data:");
    assert_contains(short_of_room, "<a href=\"comparisons.csv\">comparisons.csv</a>");

    enum { LONG = 40000 };
    cleanup_free char *name = text_allocate(LONG + 1);
    memset(name, 'x', LONG);
    name[LONG] = '\0';
    records_set(&report.verdicts.groups[0].workload, name);
    cleanup_free char *large = printed(&report, PAGE_WHOLE);
    assert_contains(large, "<a href=\"comparisons.csv\">comparisons.csv</a>");
    assert_true(strlen(large) < 20000);

    report_clear(&report);
    judged_clear(&judged);
    run_info_clear(&info);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_files_are_in_the_page_and_large_ones_beside_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
