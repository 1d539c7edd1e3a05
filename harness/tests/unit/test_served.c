#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "report/served.h"
#include "tests/support/records.h"

static void add(struct records *records, size_t setting, const char *version, const char *python)
{
    struct wire_hello *identity = &records_add(records, setting, OUTCOME_OK)->identity;
    text_place(identity->library, sizeof identity->library, "/lib/libm.so");
    text_place(identity->version, sizeof identity->version, version);
    text_place(identity->python, sizeof identity->python, python);
}

static void a_malloc_that_was_changed_in_between_is_another_one(void **state)
{
    (void)state;
    struct records records;
    const struct wire_hello *identities[RECORDS_MOST];
    records_init(&records);
    records_add(&records, 0, OUTCOME_SKIPPED); /* did not come so far */
    add(&records, 0, "2.36", "3.11.2");
    add(&records, 1, "5.3", "3.11.2");
    add(&records, 0, "2.36", "3.11.2");
    add(&records, 0, "2.37", "3.11.4");
    const struct setting *settings = records.settings;
    assert_int_equal(served_mallocs(records.items, records.count, &settings[0], identities), 2);
    assert_string_equal(identities[0]->version, "2.36");
    assert_string_equal(identities[1]->version, "2.37");
    assert_int_equal(served_mallocs(records.items, records.count, &settings[1], identities), 1);
    assert_int_equal(served_mallocs(records.items, records.count, &settings[2], identities), 0);
    cleanup_free char *pythons = served_pythons(records.items, records.count);
    assert_string_equal(pythons, "3.11.2, 3.11.4");
    records_clear(&records);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_malloc_that_was_changed_in_between_is_another_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
