#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "store/packing.h"

static void texts_survive_packing(void **state)
{
    (void)state;
    struct text_list texts = {0}, read = {0};
    text_list_add(&texts, "plain");
    text_list_add(&texts, "with \"quotes\", \\ and\nlines");
    text_list_add(&texts, "");
    char *packed = packing_of_texts(&texts);
    packing_read_texts(packed, &read);
    assert_int_equal(read.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(read.items[i], texts.items[i]);
    }
    free(packed);
    text_list_clear(&texts);
    text_list_clear(&read);
}

static void text_that_is_not_utf8_is_kept_as_latin1(void **state)
{
    (void)state;
    struct text_list texts = {0}, read = {0};
    text_list_add(&texts, "caf\xe9");
    char *packed = packing_of_texts(&texts);
    packing_read_texts(packed, &read);
    assert_int_equal(read.count, 1);
    assert_string_equal(read.items[0], "caf\xc3\xa9");
    free(packed);
    text_list_clear(&texts);
    text_list_clear(&read);
}

static void a_damaged_list_is_empty(void **state)
{
    (void)state;
    struct text_list read = {0};
    packing_read_texts("{not json", &read);
    assert_int_equal(read.count, 0);
}

static void parameters_survive_packing(void **state)
{
    (void)state;
    char *texts[] = {text_copy("size"), text_copy("67108864"), text_copy("name"),
                     text_copy("a \"b\"")};
    struct parameter parameters[] = {{texts[0], 'i', texts[1]}, {texts[2], 's', texts[3]}};
    struct workload workload = {.parameters = parameters, .parameter_count = 2}, read = {0};
    char *packed = packing_of_parameters(&workload);
    packing_read_parameters(packed, &read);
    assert_int_equal(read.parameter_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(read.parameters[i].name, parameters[i].name);
        assert_string_equal(read.parameters[i].value, parameters[i].value);
        assert_int_equal(read.parameters[i].type, parameters[i].type);
    }
    free(packed);
    workload_clear(&read);
    for (size_t i = 0; i < 4; i++) {
        free(texts[i]);
    }
}

static void a_curve_survives_packing_to_the_microsecond(void **state)
{
    (void)state;
    struct curve_point points[] = {{0.010001, 4096, 8192, 1}, {299.999999, 0x1p40, 0x1p41, 51}};
    size_t size, count;
    void *packed = packing_of_curve(points, 2, &size);
    assert_int_equal(size, 64);
    struct curve_point *read = packing_read_curve(packed, size, &count);
    assert_int_equal(count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_float_equal(read[i].elapsed, points[i].elapsed, 1.5e-6);
        assert_true(read[i].rss == points[i].rss);
        assert_true(read[i].tree_private == points[i].tree_private);
        assert_int_equal(read[i].processes, points[i].processes);
    }
    free(packed);
    free(read);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_survive_packing),
        cmocka_unit_test(text_that_is_not_utf8_is_kept_as_latin1),
        cmocka_unit_test(a_damaged_list_is_empty),
        cmocka_unit_test(parameters_survive_packing),
        cmocka_unit_test(a_curve_survives_packing_to_the_microsecond),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
