#include "tests/support/golden.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

json_t *golden_load(const char *section)
{
    json_error_t error;
    json_t *all = json_load_file(MEMBENCH_FIXTURES "/stats/golden.json", 0, &error);
    if (!all) {
        fail_msg("golden.json:%d: %s", error.line, error.text);
    }
    json_t *cases = json_incref(json_object_get(all, section));
    json_decref(all);
    assert_true(json_array_size(cases) > 0);
    return cases;
}

size_t golden_numbers(const json_t *item, const char *key, double *numbers, size_t most)
{
    const json_t *array = json_object_get(item, key);
    size_t count = json_array_size(array);
    assert_in_range(count, 1, most);
    for (size_t i = 0; i < count; i++) {
        numbers[i] = json_number_value(json_array_get(array, i));
    }
    return count;
}

double golden_number(const json_t *item, const char *key, double absent)
{
    const json_t *number = json_object_get(item, key);
    return json_is_number(number) ? json_number_value(number) : absent;
}
