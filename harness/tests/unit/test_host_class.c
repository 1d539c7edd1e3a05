#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "measure/host_class.h"

static void make(struct host *host, const char *kernel, const char *processors)
{
    *host = (struct host){0};
    host_add(host, "machine", "x86_64");
    host_add(host, "kernel", kernel);
    host_add(host, "processors", processors);
    host_add(host, "memory", processors); /* is not of the class */
}

static void check(const char *kernel, const char *processors, const char *difference)
{
    struct host one, other;
    make(&one, "6.18.44-cloud-amd64", "2");
    make(&other, kernel, processors);
    cleanup_free char *found = host_class_difference(&one, &other);
    if (difference) {
        assert_string_equal(found, difference);
    } else {
        assert_null(found);
    }
    host_clear(&one);
    host_clear(&other);
}

static void a_kernels_patch_level_makes_no_class(void **state)
{
    (void)state;
    check("6.18.44-cloud-amd64", "2", NULL);
    check("6.18.0", "2", NULL);
    check("6.18", "2", NULL);
    check("6.180.44", "2", "kernel 6.18, not 6.180");
    check("6.1.44", "2", "kernel 6.18, not 6.1");
    check("7.18.44", "2", "kernel 6.18, not 7.18");
}

static void a_kernel_without_numbers_is_its_whole_text(void **state)
{
    (void)state;
    check("rolling", "2", "kernel 6.18, not rolling");
    check("6.x", "2", "kernel 6.18, not 6.x");
}

static void each_difference_is_told(void **state)
{
    (void)state;
    check("6.1", "4", "kernel 6.18, not 6.1; processors 2, not 4");
}

static void what_only_one_tells_is_a_difference(void **state)
{
    (void)state;
    struct host one, other = {0};
    make(&one, "6.18", "2");
    cleanup_free char *found = host_class_difference(&one, &other);
    assert_string_equal(found, "kernel 6.18, not unknown; machine x86_64, not unknown; "
                               "processors 2, not unknown");
    host_clear(&one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kernels_patch_level_makes_no_class),
        cmocka_unit_test(a_kernel_without_numbers_is_its_whole_text),
        cmocka_unit_test(each_difference_is_told),
        cmocka_unit_test(what_only_one_tells_is_a_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
