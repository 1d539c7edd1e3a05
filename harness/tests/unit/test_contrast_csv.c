#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "report/contrast_csv.h"
#include "tests/support/contains.h"
#include "tests/support/contrasts.h"
#include "tests/support/scratch.h"

static char text[1 << 16];

static void write_contrast(void *const *state, const char *name)
{
    struct contrast contrast;
    struct error err = {0};
    cleanup_free char *path = scratch_path(state, "c.csv");
    contrasts_init(&contrast, name);
    int failed = contrast_csv_write(&contrast, "run-2", path, &err);
    contrast_clear(&contrast);
    if (failed) {
        fail_msg("%s", err.message);
    }
    assert_true(file_read_at(AT_FDCWD, path, text, sizeof text) > 0);
}

static void a_comparison_is_a_row(void **state)
{
    write_contrast(state, "shop");
    assert_contains(text, "baseline,candidate,workload,params,object_allocator,allocator,control,"
                          "figure,unit,level,n,baseline_median,candidate_median,scale,estimate,"
                          "lower,upper,alpha,p,adjusted_p,verdict,reason\r\n");
    assert_contains(text, "\r\nb.txt,run-2,shop,articles=9,pymalloc,glibc,,end.anon,bytes,error,3,"
                          "104857600,115343360,ratio,1.1,1.1,1.1,0.05,,,worse,\r\n");
    assert_contains(text, ",tcmalloc-aggressive,glibc,settled.anon,ratio,error,5,1.22,1.26,ratio,");
}

static void what_could_not_be_compared_has_empty_fields_and_a_reason(void **state)
{
    write_contrast(state, "shop");
    assert_contains(text, ",glibc,,end.tracked_objects,count,error,,,,,,,,,,,not-comparable,"
                          "\"Python 3.11.2, not 3.12.1\"\r\n");
}

static void every_row_has_as_many_fields_as_the_header(void **state)
{
    write_contrast(state, "shop");
    for (char *line = text; *line; line = strstr(line, "\r\n") + 2) {
        size_t commas = 0;
        bool is_quoted = false;
        for (const char *at = line; *at != '\r'; at++) {
            is_quoted ^= *at == '"';
            commas += !is_quoted && *at == ',';
        }
        assert_int_equal(commas, 21);
    }
}

static void a_name_is_no_formula(void **state)
{
    write_contrast(state, "=cmd()");
    assert_contains(text, ",'=cmd(),");
}

static void a_place_that_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    struct contrast contrast = {0};
    struct error err = {0};
    assert_int_equal(contrast_csv_write(&contrast, "r", "/nowhere/c.csv", &err), -1);
    assert_contains(err.message, "/nowhere/c.csv");
    assert_int_equal(contrast_csv_write(&contrast, "r", "/dev/full", &err), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(a_comparison_is_a_row),
        scratch_test(what_could_not_be_compared_has_empty_fields_and_a_reason),
        scratch_test(every_row_has_as_many_fields_as_the_header),
        scratch_test(a_name_is_no_formula),
        cmocka_unit_test(a_place_that_cannot_be_written_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
